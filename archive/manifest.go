package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"syncer/catalog"
)

const manifestName = "manifest.json"

// manifest says what a snapshot's folder must hold.
type manifest struct {
	List           string         `json:"list"`
	TakenAt        time.Time      `json:"taken_at"`
	DecoderVersion int            `json:"decoder_version"`
	Parts          []manifestPart `json:"parts"`
}

// manifestPart is one file, named without its compression, so that an archive
// may be compressed later.
type manifestPart struct {
	File    string `json:"file"`
	Request string `json:"request"`
	SHA256  string `json:"sha256"` // of the body before compression, in hex
}

// describe takes from the manifest what the snapshot shows of itself, if the
// two agree.
func (s *Snapshot) describe() error {
	read, err := readManifest(*s.manifest)
	if err != nil {
		return fmt.Errorf("%s: %w", manifestName, err)
	}
	s.List, s.DecoderVersion = read.List, read.DecoderVersion
	return read.agrees(s)
}

func readManifest(f file) (*manifest, error) {
	text, err := readAll(f, "")
	if err != nil {
		return nil, err
	}
	read := &manifest{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(read); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("holds more than one JSON value")
	}
	_, err = catalog.ParseListID(read.List)
	return read, err
}

// agrees holds the manifest against the folder: the moment and the files.
func (m *manifest) agrees(s *Snapshot) error {
	if !m.TakenAt.Equal(s.TakenAt) {
		return fmt.Errorf("%s: taken_at is %s, the folder's name says otherwise", manifestName, momentText(m.TakenAt))
	}
	there := make(map[string]bool, len(s.parts))
	for _, p := range s.parts {
		there[p.plainName()] = true
	}
	for _, named := range m.Parts {
		if !there[named.File] {
			return fmt.Errorf("%s: names %s, which is not there", manifestName, shown(named.File))
		}
		delete(there, named.File)
	}
	for _, p := range s.parts {
		if there[p.plainName()] {
			return fmt.Errorf("%s: does not name %s", manifestName, p.file.name)
		}
	}
	return nil
}

// stated is what the manifest says of each file; nil without a manifest, when
// requests are not known.
type stated map[string]manifestPart

func (s *Snapshot) stated() (stated, error) {
	if s.manifest == nil {
		return nil, nil
	}
	read, err := readManifest(*s.manifest)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %s: %w", s.Name, manifestName, err)
	}
	all := make(stated, len(read.Parts))
	for _, named := range read.Parts {
		all[named.File] = named
	}
	return all, nil
}

// request is what was asked for the part, after its body was checked.
func (all stated) request(at place, body []byte) (string, error) {
	if all == nil {
		return "", nil
	}
	named, found := all[at.plainName()]
	switch {
	case !found:
		return "", fmt.Errorf("%s does not name it", manifestName)
	case named.SHA256 != bodySum(body):
		return "", fmt.Errorf("is not what %s says: its sha256 is %s", manifestName, bodySum(body))
	}
	return named.Request, nil
}

func bodySum(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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

func (s *Snapshot) readManifest(f file) error {
	text, err := readAll(f, "")
	if err != nil {
		return fmt.Errorf("%s: %w", manifestName, err)
	}
	read := &manifest{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(read); err != nil {
		return fmt.Errorf("%s: %w", manifestName, err)
	}
	if _, err := catalog.ParseListID(read.List); err != nil {
		return fmt.Errorf("%s: %w", manifestName, err)
	}
	s.manifest, s.List, s.DecoderVersion = read, read.List, read.DecoderVersion
	return nil
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
			return fmt.Errorf("%s: names %s, which is not there", manifestName, named.File)
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

// request is what was asked for the part, after its body was checked. Without
// a manifest it is not known and stays empty.
func (m *manifest) request(at place, body []byte) (string, error) {
	if m == nil {
		return "", nil
	}
	for _, named := range m.Parts {
		if named.File != at.plainName() {
			continue
		}
		if named.SHA256 != bodySum(body) {
			return "", fmt.Errorf("is not what %s says: its sha256 is %s", manifestName, bodySum(body))
		}
		return named.Request, nil
	}
	return "", fmt.Errorf("%s does not name it", manifestName)
}

func bodySum(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"syncer/catalog"
)

// decisionsName is the file beside the snapshots that holds what persons decided.
const decisionsName = "decisions.json"

// Decision is what a person decided about a snapshot that is history, or an entry of
// it, in the words of the database.
type Decision struct {
	Kind    string          `json:"kind"`            // retract or believe
	TakenAt time.Time       `json:"taken_at"`        // of the snapshot, UTC
	Key     *string         `json:"key,omitempty"`   // of the entry; nil: the whole snapshot
	Price   json.RawMessage `json:"price,omitempty"` // that is believed; nil: all of the entry
	Actor   string          `json:"actor"`
	Reason  string          `json:"reason"`
	// DecidedAt is when it was decided, UTC.
	DecidedAt time.Time `json:"decided_at"`
}

// decided is the file of decisions.
type decided struct {
	List      string     `json:"list"`
	Decisions []Decision `json:"decisions"` // in the order in which they were made
	SHA256    string     `json:"sha256"`    // of the decisions as compact JSON, in hex
}

// WriteDecisions makes the file beside the snapshots of a folder hold these decisions,
// which stand, in the order in which they were made. Without any there is no file. The
// file appears whole and synced to disk.
func WriteDecisions(dir string, list catalog.ListID, decisions []Decision) error {
	if err := writeDecisions(filepath.Join(dir, decisionsName), list, decisions); err != nil {
		return fmt.Errorf("write what was decided of %s: %w", list, err)
	}
	return nil
}

func writeDecisions(path string, list catalog.ListID, decisions []Decision) error {
	if len(decisions) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	sum, err := sumOf(decisions)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(decided{list.String(), decisions, sum}, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err := makeFolders(filepath.Dir(path)); err != nil {
		return err
	}
	unfinished := filepath.Join(filepath.Dir(path), unfinishedName+decisionsName)
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // of a writer that died
	}
	if err := writeSynced(unfinished, text); err != nil {
		return err
	}
	if err := os.Rename(unfinished, path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

func sumOf(decisions []Decision) (string, error) {
	text, err := json.Marshal(decisions)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// Decisions returns what persons decided of the archive's list, in the order in which
// they did; none where the archive has no file of it. The list is "" then.
func (a *Archive) Decisions() (list string, decisions []Decision, err error) {
	if a.decisions == nil {
		return "", nil, nil
	}
	read, err := readDecisions(*a.decisions)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", decisionsName, err)
	}
	return read.List, read.Decisions, nil
}

func readDecisions(f file) (decided, error) {
	var read decided
	if f.problem != nil {
		return read, f.problem
	}
	text, err := readAll(f, "")
	if err != nil {
		return read, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return read, err
	}
	if _, err := catalog.ParseListID(read.List); err != nil {
		return read, err
	}
	for i := range read.Decisions { // indented in the file
		if price := read.Decisions[i].Price; price != nil {
			var compact bytes.Buffer
			if err := json.Compact(&compact, price); err != nil {
				return read, err
			}
			read.Decisions[i].Price = compact.Bytes()
		}
	}
	sum, err := sumOf(read.Decisions)
	if err == nil && sum != read.SHA256 {
		err = errors.New("its sha256 is another one than it states: it was changed")
	}
	return read, err
}

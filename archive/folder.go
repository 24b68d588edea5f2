package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Moments returns when the snapshots in a folder were taken, by their names
// alone, as Unix microseconds; none where there is no such folder.
func Moments(dir string) (map[int64]bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look into archive: %w", err)
	}
	moments := make(map[int64]bool, len(entries))
	for _, entry := range entries {
		if takenAt, err := parseMoment(entry.Name()); err == nil && entry.IsDir() {
			moments[takenAt.UnixMicro()] = true
		}
	}
	return moments, nil
}

// Tidy removes what writers that died before a moment left unfinished in a
// folder. The moment has to be so long ago that no living writer is meant.
func Tidy(dir string, before time.Time) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("tidy archive: %w", err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), unfinishedName) {
			continue
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue // gone already, or at work
		}
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return fmt.Errorf("tidy archive: %w", err)
		}
	}
	return nil
}

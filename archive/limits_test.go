package archive

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// smallTar holds n pages of one snapshot.
func smallTar(t *testing.T, n int) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for page := range n {
		header := &tar.Header{Name: "2026-01-05T00:00:00Z/" + (place{page: page + 1, mediaType: "json"}).plainName(), Mode: 0o600, Size: 2}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &out
}

func nothing(*tar.Header, io.Reader) (func() (io.ReadCloser, error), error) { return nil, nil }

func TestTarOfTooManyFiles(t *testing.T) {
	if found, err := indexTar(smallTar(t, 3), nothing, 3); err != nil || len(found.files) != 3 {
		t.Errorf("as many as may be: %d files, %v", len(found.files), err)
	}
	if _, err := indexTar(smallTar(t, 4), nothing, 3); err == nil || !strings.Contains(err.Error(), "holds more than 3 files") {
		t.Errorf("one more: %v", err)
	}
}

func TestTarOfTooManyBytes(t *testing.T) {
	whole := smallTar(t, 3)
	source := &watched{reader: whole, left: int64(whole.Len()) - 1}
	_, err := io.Copy(io.Discard, source)
	if err == nil || source.err == nil || !strings.Contains(err.Error(), "too large when unpacked") {
		t.Errorf("got %v, remembered %v", err, source.err)
	}
}

// TestSpoolLeavesNoFile wants the temporary file to have no name while it is
// in use, so that a killed program leaves nothing behind.
func TestSpoolLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	kept, err := newSpool()
	if err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err := errors.Join(err, kept.Close()); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// locked is a file system in which one folder cannot be read, as for a user
// without the right to (which root always has).
type locked struct {
	fstest.MapFS
	folder string
}

func (l locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == l.folder {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.ReadDir(name)
}

func TestUnreadableFolderSparesTheRest(t *testing.T) {
	tree := locked{fstest.MapFS{
		"2026-01-05T00:00:00Z/page-0001.json": {Data: []byte("{}")},
		"2026-01-06T00:00:00Z/page-0001.json": {Data: []byte("{}")},
	}, "2026-01-05T00:00:00Z"}
	found, err := listTree(tree)
	if err != nil {
		t.Fatal(err)
	}
	all := group(found.files, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
	if len(all) != 2 {
		t.Fatalf("%d snapshots, want 2", len(all))
	}
	if problem := all[0].Problem; problem == nil || !strings.Contains(problem.Error(), "snapshot 2026-01-05T00:00:00Z: cannot be read: open 2026-01-05T00:00:00Z: permission denied") {
		t.Errorf("the locked folder: %v", problem)
	}
	if pages, err := all[1].Load(); err != nil || len(pages) != 1 {
		t.Errorf("the other folder: %d pages, %v", len(pages), err)
	}
	if _, err := listTree(locked{tree.MapFS, "."}); err == nil {
		t.Error("an archive that cannot be read was listed")
	}
}

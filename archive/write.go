package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"syncer/catalog"
)

// Content is a snapshot for Write.
type Content struct {
	List           catalog.ListID
	TakenAt        time.Time // kept to the microsecond
	DecoderVersion int
	Pages          iter.Seq2[catalog.Page, error]
}

// Write writes a snapshot's folder into dir, which is created if need be:
// pages, compressed with zstd, and a manifest. The folder appears whole and
// synced to disk, or not at all. A folder that is there already is left alone
// when it holds the same, else it is an error.
func Write(dir string, content Content) error {
	content.TakenAt = content.TakenAt.UTC().Truncate(time.Microsecond)
	if err := write(dir, content); err != nil {
		return fmt.Errorf("write snapshot %s of %s: %w", momentText(content.TakenAt), content.List, err)
	}
	return nil
}

func write(dir string, content Content) (err error) {
	target := filepath.Join(dir, momentText(content.TakenAt))
	if _, err := os.Lstat(target); err == nil {
		return sameContent(target, content)
	}
	if err := makeFolders(dir); err != nil {
		return err
	}
	unfinished, err := os.MkdirTemp(dir, unfinishedName)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(unfinished)) }()
	w, err := newWriter(unfinished)
	if err != nil {
		return err
	}
	if err := w.fill(content); err != nil {
		return err
	}
	return publish(unfinished, target, content, w.parts)
}

// sameContent refuses a folder that holds something else than would be written.
func sameContent(target string, content Content) error {
	var w writer
	w.keep = func(string, []byte) error { return nil }
	if err := w.take(content); err != nil {
		return err
	}
	return sameFolder(target, content, w.parts)
}

// unfinishedName begins the names of folders that are being written, and of
// those whose writer died. They are hidden, so nobody reads them.
const unfinishedName = ".unfinished-"

// makeFolders makes a folder and those above it, each synced into its parent.
func makeFolders(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeFolders(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncPath(parent)
}

// publish gives the folder its name. Folder and parent are synced, so that the
// name survives a power cut only together with the content.
func publish(unfinished, target string, content Content, parts []manifestPart) error {
	if err := syncPath(unfinished); err != nil {
		return err
	}
	if err := os.Rename(unfinished, target); err != nil {
		if _, there := os.Lstat(target); there == nil { // another writer was faster
			return sameFolder(target, content, parts)
		}
		return err
	}
	return syncPath(filepath.Dir(target))
}

// sameFolder holds the folder's manifest against the content, and reads what is
// there to be sure that it still is what its manifest says. The decoder's
// version may have grown meanwhile; pages do not depend on it.
func sameFolder(target string, content Content, parts []manifestPart) error {
	root, err := os.OpenRoot(filepath.Dir(target))
	if err != nil {
		return err
	}
	defer root.Close()
	name := filepath.Base(target)
	old, err := folderManifest(root.FS(), name)
	if err != nil || old.List != content.List.String() || !slices.Equal(old.Parts, parts) {
		return fmt.Errorf("%s is there already and holds something else", target)
	}
	_, err = newSnapshot(name, listSnapshot(root.FS(), name).files, bounds{until: content.TakenAt}).Load()
	return err
}

func folderManifest(tree fs.FS, folder string) (*manifest, error) {
	path := folder + "/" + manifestName
	return readManifest(file{open: func() (io.ReadCloser, error) { return tree.Open(path) }})
}

// writer takes pages apart into files, which keep receives.
type writer struct {
	keep  func(name string, body []byte) error
	parts []manifestPart
}

// newWriter returns a writer of compressed files in a folder.
func newWriter(dir string) (*writer, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	return &writer{keep: func(name string, body []byte) error {
		path := filepath.Join(dir, name)
		if name == manifestName {
			return writeSynced(path, body)
		}
		return writeSynced(path+".zst", encoder.EncodeAll(body, nil))
	}}, err
}

// fill writes the pages and the manifest.
func (w *writer) fill(content Content) error {
	if err := w.take(content); err != nil {
		return err
	}
	text, err := json.MarshalIndent(manifest{
		List: content.List.String(), TakenAt: content.TakenAt,
		DecoderVersion: content.DecoderVersion, Parts: w.parts,
	}, "", "  ")
	if err != nil {
		return err
	}
	return w.keep(manifestName, append(text, '\n'))
}

// take takes the pages apart; keep receives each part under its plain name.
func (w *writer) take(content Content) error {
	for page, err := range content.Pages {
		if err != nil {
			return err
		}
		for i, body := range page.Parts {
			at := place{page: page.Number, mediaType: body.MediaType}
			if len(page.Parts) > 1 {
				at.part = i + 1
			}
			name := at.plainName()
			if _, err := parsePartName(name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if err := w.keep(name, body.Body); err != nil {
				return err
			}
			w.parts = append(w.parts, manifestPart{File: name, Request: body.Request, SHA256: bodySum(body.Body)})
		}
	}
	if len(w.parts) == 0 {
		return errors.New("it has no page")
	}
	return nil
}

func writeSynced(path string, body []byte) error {
	target, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = target.Write(body)
	return errors.Join(err, target.Sync(), target.Close())
}

func syncPath(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

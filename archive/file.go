package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// file is one file of an archive, wherever it lies.
type file struct {
	folder  string // the snapshot's folder, without what is above it
	name    string // within the folder; "" stands for an empty folder
	size    int64
	problem error // why it must not be read
	open    func() (io.ReadCloser, error)
}

// path names the file in errors.
func (f file) path() string { return f.folder + "/" + f.name }

var (
	errSymlink = errors.New("is a symbolic link, which is not followed")
	errSpecial = errors.New("is neither a file nor a folder")
	errNested  = errors.New("is a folder inside a snapshot")
	errStray   = errors.New("stands outside of a snapshot's folder")
)

// listFolder lists ARCHIVE/<moment>/<file>. It reads through os.Root, so that
// nothing outside of the folder is reached even if it changes meanwhile.
func listFolder(path string) ([]file, io.Closer, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, nil, err
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, nil, errors.Join(err, root.Close())
	}
	var files []file
	for _, entry := range entries {
		inside, err := listSnapshot(root, entry)
		if err != nil {
			return nil, nil, errors.Join(err, root.Close())
		}
		files = append(files, inside...)
	}
	return files, root, nil
}

func listSnapshot(root *os.Root, entry fs.DirEntry) ([]file, error) {
	switch {
	case hidden(entry.Name()):
		return nil, nil
	case !entry.IsDir():
		return []file{{folder: entry.Name(), problem: kindProblem(entry.Type(), errStray)}}, nil
	}
	entries, err := fs.ReadDir(root.FS(), entry.Name())
	if err != nil {
		return nil, err
	}
	files := []file{{folder: entry.Name()}}
	for _, inner := range entries {
		if hidden(inner.Name()) {
			continue
		}
		one, err := folderFile(root, entry.Name(), inner)
		if err != nil {
			return nil, err
		}
		files = append(files, one)
	}
	return files, nil
}

func folderFile(root *os.Root, folder string, entry fs.DirEntry) (file, error) {
	info, err := entry.Info()
	if err != nil {
		return file{}, fmt.Errorf("%s/%s: %w", folder, entry.Name(), err)
	}
	one := file{folder: folder, name: entry.Name(), size: info.Size()}
	if entry.IsDir() {
		one.problem = errNested
	} else {
		one.problem = kindProblem(entry.Type(), nil)
	}
	one.open = func() (io.ReadCloser, error) { return root.Open(filepath.Join(folder, entry.Name())) }
	return one, nil
}

// kindProblem refuses what is not a regular file; regular is the answer for
// one that is.
func kindProblem(mode fs.FileMode, regular error) error {
	switch {
	case mode&fs.ModeSymlink != 0:
		return errSymlink
	case !mode.IsRegular():
		return errSpecial
	}
	return regular
}

// hidden names are left alone: .DS_Store, ._page-0001.json, and the unfinished
// folders of Write.
func hidden(name string) bool { return strings.HasPrefix(name, ".") }

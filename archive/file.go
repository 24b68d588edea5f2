package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// file is one file of an archive, in a folder or in a tar.
type file struct {
	folder  string // the snapshot's folder, without what is above it
	name    string // within the folder; "" stands for the folder itself
	size    int64
	problem error // why it must not be read
	open    func() (io.ReadCloser, error)
}

// path names the file in errors.
func (f file) path() string { return f.folder + "/" + f.name }

// flat reports whether the file is a snapshot by itself: ARCHIVE/<moment>.jsonl.
func (f file) flat() bool { return f.folder == f.name }

var (
	errSymlink  = errors.New("is a symbolic link, which is not followed")
	errHardLink = errors.New("is a hard link, which is not followed")
	errSpecial  = errors.New("is neither a file nor a folder")
	errNested   = errors.New("is a folder inside a snapshot")
	errStray    = errors.New("stands outside of a snapshot's folder")
	errInner    = errors.New("is an archive within the archive, which is not opened; load it by itself")
	errOutside  = errors.New("names a path outside of the archive")
)

// listing is all that was found in an archive.
type listing struct {
	files  []file
	hidden []string
}

// listFolder lists an archive that is a folder. It reads through os.Root, so
// that nothing outside of the folder is reached even if it changes meanwhile.
func listFolder(path string) (listing, io.Closer, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return listing{}, nil, err
	}
	found, err := listTree(root.FS())
	if err != nil {
		return listing{}, nil, errors.Join(err, root.Close())
	}
	return found, root, nil
}

// listTree lists <moment>/<file> and <moment>.jsonl of a file system.
func listTree(tree fs.FS) (listing, error) {
	var found listing
	entries, err := fs.ReadDir(tree, ".")
	if err != nil {
		return found, err
	}
	for _, entry := range entries {
		switch name := entry.Name(); {
		case hidden(name):
			found.hidden = append(found.hidden, name)
		case entry.IsDir():
			found.add(listSnapshot(tree, name))
		default:
			found.files = append(found.files, topFile(tree, entry))
		}
	}
	return found, nil
}

func (l *listing) add(inside listing) {
	l.files = append(l.files, inside.files...)
	l.hidden = append(l.hidden, inside.hidden...)
}

// topFile is a file beside the folders: a snapshot by itself, or a stray.
func topFile(tree fs.FS, entry fs.DirEntry) file {
	if _, _, flat := flatMoment(entry.Name()); (flat || entry.Name() == decisionsName) && entry.Type().IsRegular() {
		return treeFile(tree, entry.Name(), entry.Name(), entry)
	}
	return file{folder: entry.Name(), problem: kindProblem(entry.Type(), strayProblem(entry.Name()))}
}

func strayProblem(name string) error {
	if isTar(name) {
		return errInner
	}
	return errStray
}

// listSnapshot lists one folder. One that cannot be read is a problem of its
// snapshot alone.
func listSnapshot(tree fs.FS, folder string) listing {
	entries, err := fs.ReadDir(tree, folder)
	if err != nil {
		return listing{files: []file{{folder: folder, problem: fmt.Errorf("cannot be read: %w", err)}}}
	}
	found := listing{files: []file{{folder: folder}}}
	for _, entry := range entries {
		if hidden(entry.Name()) {
			found.hidden = append(found.hidden, folder+"/"+entry.Name())
			continue
		}
		found.files = append(found.files, treeFile(tree, folder, folder+"/"+entry.Name(), entry))
	}
	return found
}

func treeFile(tree fs.FS, folder, path string, entry fs.DirEntry) file {
	f := file{folder: folder, name: entry.Name()}
	f.open = func() (io.ReadCloser, error) { return tree.Open(path) }
	info, err := entry.Info()
	switch {
	case err != nil:
		f.problem = fmt.Errorf("cannot be read: %w", err)
	case entry.IsDir():
		f.problem = errNested
	default:
		f.size, f.problem = info.Size(), kindProblem(info.Mode(), nil)
	}
	return f
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

package archive

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// maxTarFiles bounds the index of a tar: 100,000 snapshots of ten pages.
const maxTarFiles = 1_000_000

// listTar indexes a tar. Snapshots are read in time order, not in the order of
// the tar, so a compressed one is first spooled to a temporary file.
func listTar(name string) (listing, io.Closer, error) {
	raw, err := os.Open(name)
	if err != nil {
		return listing{}, nil, err
	}
	compression := strings.TrimPrefix(path.Ext(name), ".")
	if compression != "tar" {
		defer raw.Close()
		return listPacked(raw, compression)
	}
	found, err := indexTar(raw, inPlace(raw), maxTarFiles)
	if err == nil {
		err = endMark(raw)
	}
	if err != nil {
		return listing{}, nil, errors.Join(err, raw.Close())
	}
	return found, raw, nil
}

// keep makes the body at the reader's place available for later.
type keep func(header *tar.Header, body io.Reader) (func() (io.ReadCloser, error), error)

// inPlace leaves bodies where they are.
func inPlace(source *os.File) keep {
	return func(header *tar.Header, _ io.Reader) (func() (io.ReadCloser, error), error) {
		offset, err := source.Seek(0, io.SeekCurrent)
		return func() (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(source, offset, header.Size)), nil
		}, err
	}
}

func indexTar(source io.Reader, keep keep, most int) (listing, error) {
	index := tarIndex{keep: keep, seen: make(map[string]bool)}
	reader := tar.NewReader(source)
	for n := 0; ; n++ {
		header, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF):
			return index.found, nil
		case err != nil:
			return listing{}, fmt.Errorf("is no whole .tar file; was it cut short?: %w", err)
		case n == most:
			return listing{}, fmt.Errorf("holds more than %d files", most)
		}
		if err := index.add(header, reader); err != nil {
			return listing{}, err
		}
	}
}

type tarIndex struct {
	keep  keep
	found listing
	above *string // the folder above all snapshots, once one is found
	seen  map[string]bool
}

// add takes one file in. What leaves a doubt is a problem of its snapshot; only
// a body that cannot be kept is an error of the whole.
func (t *tarIndex) add(header *tar.Header, body io.Reader) error {
	name := strings.TrimSuffix(strings.TrimPrefix(header.Name, "./"), "/")
	switch {
	case name == "":
		return nil
	case !fs.ValidPath(name) || strings.Contains(name, `\`):
		t.found.files = append(t.found.files, file{folder: header.Name, problem: errOutside})
		return nil
	case hidden(path.Base(name)):
		t.found.hidden = append(t.found.hidden, name)
		return nil
	case header.Typeflag == tar.TypeDir:
		return nil
	}
	f, above := tarPlace(name)
	f.size = header.Size
	t.doubt(&f, header, above)
	if f.problem == nil && f.size <= MaxPartBytes {
		var err error
		if f.open, err = t.keep(header, body); err != nil {
			return fmt.Errorf("%s: %w", shown(header.Name), err)
		}
	}
	t.found.files = append(t.found.files, f)
	return nil
}

// doubt notes why a file must not be read, if that shows already.
func (t *tarIndex) doubt(f *file, header *tar.Header, above string) {
	switch {
	case f.problem != nil:
	case t.above != nil && *t.above != above:
		*f = file{folder: header.Name, problem: fmt.Errorf("snapshots stand in two places, %q and %q", *t.above, above)}
	case t.seen[f.path()]:
		f.problem = errors.New("stands twice")
	default:
		f.problem = typeProblem(header)
	}
	if t.above == nil && f.problem == nil {
		t.above = &above
	}
	t.seen[f.path()] = true
}

// tarPlace finds the snapshot of a file and names the folder above it: `tar cf
// x.tar pages` puts one there, `tar -C pages .` does not.
func tarPlace(name string) (f file, above string) {
	folder, base := path.Split(name)
	folder = path.Clean(folder)
	if base == decisionsName {
		return file{folder: base, name: base}, folder
	}
	if moment, _, flat := flatMoment(base); flat {
		if _, err := parseMoment(moment); err == nil || folder == "." {
			return file{folder: base, name: base}, folder
		}
	}
	if folder == "." {
		return file{folder: name, problem: strayProblem(name)}, "."
	}
	return file{folder: path.Base(folder), name: base}, path.Dir(folder)
}

func typeProblem(header *tar.Header) error {
	switch {
	case header.Typeflag == tar.TypeSymlink:
		return errSymlink
	case header.Typeflag == tar.TypeLink:
		return errHardLink
	case header.Typeflag != tar.TypeReg || sparse(header):
		return errSpecial
	}
	return nil
}

// sparse files have other bytes on disk than they have in the tar.
func sparse(header *tar.Header) bool {
	for name := range header.PAXRecords {
		if strings.HasPrefix(name, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// markBytes are the zero blocks that end a tar: one that was cut between two
// files reads well without them.
const markBytes = 1024

func endMark(source *os.File) error {
	info, err := source.Stat()
	if err != nil {
		return err
	}
	last := make([]byte, markBytes)
	_, err = source.ReadAt(last, max(info.Size()-markBytes, 0))
	return errors.Join(err, isMark(last))
}

func isMark(last []byte) error {
	if !bytes.Equal(last, make([]byte, markBytes)) {
		return errors.New("is no whole .tar file: it has no end mark; was it cut short?")
	}
	return nil
}

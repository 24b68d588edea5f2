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

// maxTarBytes bounds a compressed tar, which is unpacked beside the program:
// ten years of a list read hourly, at 2 MiB an answer, stay below.
const maxTarBytes = 256 << 30

// listTar indexes a tar without unpacking its files. A compressed one is first
// spooled to a temporary file, because snapshots are read in time order, not
// in the order of the tar.
func listTar(name string) ([]file, io.Closer, error) {
	spool, err := openTar(name)
	if err != nil {
		return nil, nil, err
	}
	files, err := indexTar(spool.File)
	if err == nil {
		err = endMark(spool.File)
	}
	if err != nil {
		return nil, nil, errors.Join(err, spool.Close())
	}
	return files, spool, nil
}

// spooled is a file that goes away when it is closed, if it is a copy.
type spooled struct {
	*os.File
	copied bool
}

// Close closes the file and removes it if it is a copy.
func (s spooled) Close() error {
	err := s.File.Close()
	if s.copied {
		err = errors.Join(err, os.Remove(s.Name()))
	}
	return err
}

func openTar(name string) (spooled, error) {
	raw, err := os.Open(name)
	if err != nil {
		return spooled{}, err
	}
	compression := strings.TrimPrefix(path.Ext(name), ".")
	if compression == "tar" {
		return spooled{File: raw}, nil
	}
	defer raw.Close()
	if compression == "tgz" {
		compression = "gz"
	}
	return spool(raw, compression)
}

func spool(raw io.Reader, compression string) (spooled, error) {
	plain, err := decompress(raw, compression)
	if err != nil {
		return spooled{}, damaged(compression, err)
	}
	defer plain.Close()
	target, err := os.CreateTemp("", "syncer-archive-*.tar")
	if err != nil {
		return spooled{}, err
	}
	copied := spooled{File: target, copied: true}
	n, err := io.Copy(target, io.LimitReader(plain, maxTarBytes+1))
	switch {
	case err != nil:
		return spooled{}, errors.Join(damaged(compression, err), copied.Close())
	case n > maxTarBytes:
		return spooled{}, errors.Join(errors.New("is too large when unpacked"), copied.Close())
	}
	_, err = target.Seek(0, io.SeekStart)
	return copied, err
}

func indexTar(source *os.File) ([]file, error) {
	var files []file
	seen := make(map[string]bool)
	above := ""
	reader := tar.NewReader(source)
	for {
		header, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF):
			return files, nil
		case err != nil:
			return nil, fmt.Errorf("is no whole .tar file; was it cut short?: %w", err)
		case header.Typeflag == tar.TypeDir || hidden(path.Base(header.Name)):
			continue
		}
		found, parent, err := tarFile(source, header)
		switch {
		case err != nil:
			return nil, err
		case len(files) > 0 && parent != above:
			return nil, fmt.Errorf("%s: snapshots stand in two places, %q and %q", header.Name, above, parent)
		case seen[found.path()]:
			return nil, fmt.Errorf("%s: stands twice", header.Name)
		}
		above, seen[found.path()] = parent, true
		files = append(files, found)
	}
}

// tarFile describes the file at the reader's place and names the folder above
// its snapshot: `tar cf x.tar pages` puts one there, `tar -C pages .` does not.
func tarFile(source *os.File, header *tar.Header) (file, string, error) {
	name := strings.TrimPrefix(header.Name, "./")
	if !fs.ValidPath(name) || strings.Contains(name, `\`) {
		return file{}, "", fmt.Errorf("%q: names a path outside of the archive", header.Name)
	}
	offset, err := source.Seek(0, io.SeekCurrent)
	if err != nil {
		return file{}, "", err
	}
	folder := path.Dir(name)
	found := file{folder: path.Base(folder), name: path.Base(name), size: header.Size}
	found.open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(source, offset, header.Size)), nil
	}
	found.problem = tarProblem(header)
	if folder == "." {
		return file{folder: name, problem: errStray}, ".", nil
	}
	return found, path.Dir(folder), nil
}

func tarProblem(header *tar.Header) error {
	switch {
	case header.Typeflag == tar.TypeSymlink || header.Typeflag == tar.TypeLink:
		return errSymlink
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

// endMark looks for the zero blocks that end a tar: a tar cut between two
// files reads well without them.
func endMark(source *os.File) error {
	const mark = 1024
	info, err := source.Stat()
	if err != nil {
		return err
	}
	tail := make([]byte, mark)
	if _, err := source.ReadAt(tail, max(info.Size()-mark, 0)); err != nil || !bytes.Equal(tail, make([]byte, mark)) {
		return errors.New("is no whole .tar file: it has no end mark; was it cut short?")
	}
	return nil
}

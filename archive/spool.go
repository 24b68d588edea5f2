package archive

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// maxTarBytes bounds a compressed tar once it is unpacked: ten years of a list
// read hourly, at 2 MiB an answer, stay below.
const maxTarBytes = 256 << 30

// listPacked indexes a compressed tar and keeps its files, each compressed by
// itself, in a temporary file: a bomb costs time, and no room.
func listPacked(raw io.Reader, compression string) (listing, io.Closer, error) {
	if compression == "tgz" {
		compression = "gz"
	}
	plain, err := decompress(raw, compression)
	if err != nil {
		return listing{}, nil, damaged(compression, err)
	}
	defer plain.Close()
	kept, err := newSpool()
	if err != nil {
		return listing{}, nil, err
	}
	source := &watched{reader: plain, left: maxTarBytes}
	found, err := indexTar(source, kept.keep, maxTarFiles)
	if err == nil {
		_, err = io.Copy(io.Discard, source) // the checksum stands at the end
	}
	if source.err != nil {
		err = damaged(compression, source.err) // the cause of whatever else was found
	}
	if err == nil {
		err = isMark(source.last)
	}
	if err != nil {
		return listing{}, nil, errors.Join(err, kept.Close())
	}
	return found, kept, nil
}

// spool is a temporary file of compressed bodies.
type spool struct {
	file    *os.File
	size    int64
	encoder *zstd.Encoder
}

// newSpool makes a file that has no name any more where the system allows
// that: it goes away however the program ends.
func newSpool() (*spool, error) {
	target, err := os.CreateTemp("", "syncer-archive-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(target.Name()) // else Close does it
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	return &spool{file: target, encoder: encoder}, err
}

// Close frees the disk space.
func (s *spool) Close() error {
	err := s.file.Close()
	_ = os.Remove(s.file.Name()) // it is gone already where open files may be removed
	return err
}

func (s *spool) keep(header *tar.Header, body io.Reader) (func() (io.ReadCloser, error), error) {
	text, err := io.ReadAll(io.LimitReader(body, MaxPartBytes+1))
	if err != nil {
		return nil, fmt.Errorf("is no whole .tar file; was it cut short?: %w", err)
	}
	packed := s.encoder.EncodeAll(text, nil)
	offset, length := s.size, int64(len(packed))
	if _, err := s.file.WriteAt(packed, offset); err != nil {
		return nil, fmt.Errorf("unpack beside the program: %w", err)
	}
	s.size += length
	return func() (io.ReadCloser, error) {
		return decompress(io.NewSectionReader(s.file, offset, length), "zst")
	}, nil
}

// watched reads no more than left bytes, and remembers the last bytes that it
// read and the error that stopped it.
type watched struct {
	reader io.Reader
	left   int64
	last   []byte
	err    error
}

// Read implements io.Reader.
func (w *watched) Read(into []byte) (int, error) {
	n, err := w.reader.Read(into)
	w.left -= int64(n)
	if n >= markBytes {
		w.last = append(w.last[:0], into[n-markBytes:n]...)
	} else {
		w.last = append(w.last, into[:n]...)
		w.last = w.last[max(len(w.last)-markBytes, 0):]
	}
	switch {
	case w.left < 0:
		w.err = errors.New("is too large when unpacked")
		return n, w.err
	case err != nil && !errors.Is(err, io.EOF):
		w.err = err
	}
	return n, err
}

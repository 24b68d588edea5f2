package archive

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/klauspost/compress/zstd"

	"syncer/catalog"
)

// MaxPartBytes bounds one file, before and after decompression. The largest
// answer of a provider is a few MiB; beyond this a file is a mistake or a bomb.
const MaxPartBytes = 64 << 20

var (
	errEmpty = errors.New("is empty")
	errLarge = fmt.Errorf("is larger than %d MiB", MaxPartBytes>>20)
)

// mediaEntries marks a file of entries, one JSON object a line, which any
// list can be given as.
const mediaEntries = "jsonl"

// Pages reads the pages in order, one at a time. An error comes at most once,
// last; the pages before it are then to be discarded.
func (s *Snapshot) Pages() iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		if s.Problem != nil {
			yield(catalog.Page{}, s.Problem)
			return
		}
		stated, err := s.stated()
		if err != nil {
			yield(catalog.Page{}, err)
			return
		}
		for start := 0; start < len(s.parts); {
			page, err := s.page(start, stated)
			if !yield(page, err) || err != nil {
				return
			}
			start += len(page.Parts)
		}
	}
}

// Load reads all pages at once.
func (s *Snapshot) Load() ([]catalog.Page, error) {
	var pages []catalog.Page
	for page, err := range s.Pages() {
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// page reads the page whose first part is at start.
func (s *Snapshot) page(start int, stated stated) (catalog.Page, error) {
	page := catalog.Page{Number: s.parts[start].page}
	for _, p := range s.parts[start:] {
		if p.page != page.Number {
			break
		}
		body, err := p.read()
		if err != nil {
			return catalog.Page{}, fmt.Errorf("snapshot %s: %s: %w", s.Name, p.file.name, err)
		}
		request, err := stated.request(p.place, body)
		if err != nil {
			return catalog.Page{}, fmt.Errorf("snapshot %s: %s: %w", s.Name, p.file.name, err)
		}
		page.Parts = append(page.Parts, catalog.Part{Request: request, MediaType: p.mediaType, Body: body})
	}
	return page, nil
}

func (p part) read() ([]byte, error) {
	body, err := readAll(p.file, p.compression)
	switch {
	case err != nil:
		return nil, err
	case p.mediaType == mediaEntries && isEmptyList(body):
		return body, nil
	case len(bytes.TrimSpace(body)) == 0:
		return nil, errEmpty
	case p.mediaType == "json" && !json.Valid(body):
		return nil, errors.New("is no whole JSON value; was it cut short?")
	case p.mediaType == mediaEntries:
		return body, wholeLastLine(body)
	case p.mediaType == "xml":
		return body, wholeXML(body)
	}
	return body, nil
}

// isEmptyList reports a file of entries that says on purpose that there are none: it
// is one empty line. A file of no byte was more likely cut short.
func isEmptyList(body []byte) bool {
	switch string(bytes.TrimPrefix(body, []byte("\ufeff"))) {
	case "\n", "\r\n":
		return true
	}
	return false
}

// wholeLastLine refuses a file of entries that was cut within a line; what the
// lines say is the decoder's matter.
func wholeLastLine(body []byte) error {
	last := bytes.TrimRight(bytes.TrimPrefix(body, []byte("\ufeff")), "\r\n")
	if !json.Valid(last[bytes.LastIndexByte(last, '\n')+1:]) {
		return errors.New("its last line is no whole JSON value; was it cut short?")
	}
	return nil
}

// readAll returns the decompressed bytes; a damaged tail is an error.
func readAll(f file, compression string) ([]byte, error) {
	raw, err := f.open()
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	plain, err := decompress(raw, compression)
	if err != nil {
		return nil, damaged(compression, err)
	}
	defer plain.Close()
	body, err := io.ReadAll(io.LimitReader(plain, MaxPartBytes+1))
	if err != nil {
		return nil, damaged(compression, err)
	}
	if len(body) > MaxPartBytes {
		return nil, errLarge
	}
	return body, nil
}

func damaged(compression string, err error) error {
	if compression == "" {
		return err
	}
	return fmt.Errorf("is no whole .%s file; was it cut short?: %w", compression, err)
}

func decompress(raw io.Reader, compression string) (io.ReadCloser, error) {
	switch compression {
	case "gz":
		return gzip.NewReader(raw)
	case "zst":
		decoder, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(MaxPartBytes*2))
		if err != nil {
			return nil, err
		}
		return decoder.IOReadCloser(), nil
	}
	return io.NopCloser(raw), nil
}

// wholeXML refuses a document that ends before its root element does.
func wholeXML(body []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	elements := 0
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && elements > 0:
			return nil
		case errors.Is(err, io.EOF):
			return errors.New("holds no XML element; was it cut short?")
		case err != nil:
			return fmt.Errorf("is no whole XML document; was it cut short?: %w", err)
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
}

// equalContent compares the bodies of two snapshots of one moment.
func equalContent(a, b *Snapshot) bool {
	first, err := a.Load()
	if err != nil {
		return false
	}
	second, err := b.Load()
	if err != nil {
		return false
	}
	return slices.EqualFunc(first, second, func(x, y catalog.Page) bool {
		return slices.EqualFunc(x.Parts, y.Parts, func(p, q catalog.Part) bool {
			return p.MediaType == q.MediaType && bytes.Equal(p.Body, q.Body)
		})
	})
}

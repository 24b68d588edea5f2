package catalog

import (
	"crypto/sha256"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// StoredPage is a page as evidence keeps it.
type StoredPage struct {
	Number int
	Parts  []StoredPart
}

// StoredPart is one answer, compressed with zstd.
type StoredPart struct {
	Request   string
	MediaType string
	SHA256    [32]byte // of the body before compression
	Size      int      // bytes before compression
	Zstd      []byte
}

func storePart(encoder *zstd.Encoder, part Part) StoredPart {
	return StoredPart{
		Request: part.Request, MediaType: part.MediaType, SHA256: sha256.Sum256(part.Body),
		Size: len(part.Body), Zstd: encoder.EncodeAll(part.Body, nil),
	}
}

// Open returns the page as it was received; a body that is not what was
// stored is an error.
func (p StoredPage) Open() (Page, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return Page{}, fmt.Errorf("open page %d: %w", p.Number, err)
	}
	defer decoder.Close()
	page := Page{Number: p.Number}
	for i, stored := range p.Parts {
		body, err := decoder.DecodeAll(stored.Zstd, make([]byte, 0, stored.Size))
		if err != nil {
			return Page{}, fmt.Errorf("open page %d, part %d: %w", p.Number, i+1, err)
		}
		if sha256.Sum256(body) != stored.SHA256 {
			return Page{}, fmt.Errorf("open page %d, part %d: the stored body is not what was received", p.Number, i+1)
		}
		page.Parts = append(page.Parts, Part{Request: stored.Request, MediaType: stored.MediaType, Body: body})
	}
	return page, nil
}

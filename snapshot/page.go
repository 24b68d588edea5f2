package snapshot

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"syncer/catalog"
)

// Page is a page as a snapshot keeps it, and evidence after it.
type Page struct {
	Number int // from 1
	Parts  []Part
	// Reading is what the page decoded to; the zero Reading of a page that is
	// kept and was not read.
	Reading Reading
}

// Part is one answer of a page, compressed with zstd.
type Part struct {
	Request   string
	MediaType string
	SHA256    [32]byte // of the body before compression
	Size      int      // bytes before compression
	Zstd      []byte
}

// Reading is what a page decoded to, but for the entries themselves: those are
// decoded again when they are needed.
type Reading struct {
	Rows []Row // in the page's order, without duplicates within the snapshot
	End  catalog.End
	// Until is the moment from which on the same page may read otherwise; zero:
	// it always reads the same.
	Until time.Time
}

// Row is one entry of a page.
type Row struct {
	Key    string
	Digest catalog.Digest // of the whole entry
}

func compress(encoder *zstd.Encoder, part catalog.Part) Part {
	return Part{
		Request: part.Request, MediaType: part.MediaType, SHA256: sha256.Sum256(part.Body),
		Size: len(part.Body), Zstd: encoder.EncodeAll(part.Body, nil),
	}
}

// Open returns the page as it was received; a body that is not what was
// stored is an error.
func (p Page) Open() (catalog.Page, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return catalog.Page{}, fmt.Errorf("open page %d: %w", p.Number, err)
	}
	defer decoder.Close()
	page := catalog.Page{Number: p.Number}
	for i, stored := range p.Parts {
		body, err := decoder.DecodeAll(stored.Zstd, make([]byte, 0, stored.Size))
		if err != nil {
			return catalog.Page{}, fmt.Errorf("open page %d, part %d: %w", p.Number, i+1, err)
		}
		if sha256.Sum256(body) != stored.SHA256 || len(body) != stored.Size {
			return catalog.Page{}, fmt.Errorf("open page %d, part %d: the stored body is not what was received", p.Number, i+1)
		}
		page.Parts = append(page.Parts, catalog.Part{Request: stored.Request, MediaType: stored.MediaType, Body: body})
	}
	return page, nil
}

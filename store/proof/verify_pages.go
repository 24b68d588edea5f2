package proof

import (
	"bytes"
	"context"
	"fmt"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store/record"
)

// parts wants the parts of each page to be numbered as they came.
func (v *verify) parts(ctx context.Context) error {
	rows, err := v.q.EvidenceMisnumbered(ctx, v.db, v.list.RowID)
	if err != nil {
		return fmt.Errorf("read the numbers of pages: %w", err)
	}
	for _, row := range rows {
		v.contradict("snapshot_pages", "", row.TakenAt, "part %d of page %d is not the one that is due", row.Part, row.Number)
	}
	return nil
}

// intact wants pages to be those that came: their bytes, numbers and requests, and
// each body to be what its media type says.
func (v *verify) intact(stored record.Snapshot, pages []snapshot.Page) bool {
	for i, page := range pages {
		opened, err := page.Open()
		if err == nil && page.Number != i+1 {
			err = fmt.Errorf("page %d: want page %d", page.Number, i+1)
		}
		if err == nil {
			err = isAsMarked(opened)
		}
		if err != nil {
			v.contradict("pages", "", stored.TakenAt, "%v", err)
			return false
		}
	}
	if snapshot.DigestOfPages(pages) != stored.PagesDigest {
		v.contradict("snapshots", "", stored.TakenAt, "its pages have another digest than the one that is noted")
		return false
	}
	return true
}

// asMarked is isAsMarked of stored pages.
func (v *verify) asMarked(pages []snapshot.Page) error {
	for _, page := range pages {
		opened, err := page.Open()
		if err == nil {
			err = isAsMarked(opened)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isAsMarked is an error where a part begins as no body of its media type does; the
// rest is the decoder's to say.
func isAsMarked(page catalog.Page) error {
	for i, part := range page.Parts {
		isXML := bytes.HasPrefix(bytes.TrimLeft(part.Body, "\ufeff \t\r\n"), []byte("<")) // as answers are marked
		switch {
		case part.MediaType == "xml" && isXML, (part.MediaType == "json" || part.MediaType == "jsonl") && !isXML:
		default:
			return fmt.Errorf("page %d, part %d: it is not %s, as it is noted", page.Number, i+1, part.MediaType)
		}
	}
	return nil
}

package report

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// Proof is one stored page that proves one version of a product or contract:
// a line of bi.provenance or bi.contract_provenance.
type Proof struct {
	Name       string    `json:"name"`
	From       time.Time `json:"valid_from"`
	To         time.Time `json:"valid_to,omitzero"` // zero while current
	RecordedAt time.Time `json:"recorded_at"`       // of the version
	TakenAt    time.Time `json:"taken_at"`          // of the snapshot at From
	// PagesTakenAt is the snapshot with which the pages are kept: an earlier
	// one where the provider had answered byte for byte the same.
	PagesTakenAt time.Time `json:"pages_taken_at"`
	Page         int       `json:"page_number"` // from 1; 0 where the pages are no longer kept
	Part         int       `json:"page_part"`   // from 1
	// Known reports that this page shows the version; else one of the pages
	// listed for it does.
	Known   bool   `json:"page_is_known"`
	BaseURL string `json:"base_url"`
	Request string `json:"request"` // method and path with query
	SHA256  string `json:"sha256"`  // of the page's bytes, in hex
	Size    int    `json:"size"`    // bytes
}

// Provenance returns the stored pages that prove every version of a product or
// contract, oldest version first; ErrNotFound if the list never held the key.
func (r *Reader) Provenance(ctx context.Context, list catalog.ListID, key string) ([]Proof, error) {
	rows, err := r.q.BIProvenance(ctx, r.pool, sqlcgen.BIProvenanceParams{Source: list.Source, List: list.Name, Key: key})
	if err != nil {
		return nil, fmt.Errorf("%s: read provenance of %q: %w", list, key, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: entry %q: %w", list, key, ErrNotFound)
	}
	all := make([]Proof, len(rows))
	for i, row := range rows {
		all[i] = Proof{
			Name: row.Name, From: row.ValidFrom.UTC(), To: row.ValidTo.UTC(), RecordedAt: row.RecordedAt.UTC(), TakenAt: row.TakenAt.UTC(),
			PagesTakenAt: row.PagesTakenAt.UTC(), Page: int(row.PageNumber), Part: int(row.PagePart), Known: row.PageIsKnown,
			BaseURL: row.BaseUrl, Request: row.Request, SHA256: row.Sha256, Size: int(row.Size),
		}
	}
	return all, nil
}

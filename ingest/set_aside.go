package ingest

import (
	"errors"
	"fmt"

	"syncer/catalog"
	"syncer/snapshot"
)

// SetAside bounds how many rows of a snapshot may be set aside: one always may.
type SetAside struct{ MaxPercent int }

// DefaultSetAside is the limit of the design.
func DefaultSetAside() SetAside { return SetAside{MaxPercent: 2} }

// Judge refuses a snapshot of which too many rows could not be read. The error names
// page and field of the first.
func (l SetAside) Judge(shown *snapshot.Snapshot) error {
	aside, rows := shown.RowsSetAside(), shown.Rows()
	if aside <= 1 || aside*100 <= rows*l.MaxPercent {
		return nil
	}
	first := shown.SetAside()[0]
	return fmt.Errorf("%w (and %d of %d rows in all, where at most %d %% may be set aside)",
		&catalog.DecodeError{List: shown.List.ID, Page: first.Page, Err: errors.New(first.Detail)}, aside, rows, l.MaxPercent)
}

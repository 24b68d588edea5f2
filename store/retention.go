package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/record"
)

// Keep is the rule by which the pages of committed snapshots are kept. The zero
// value keeps all of them forever.
type Keep struct {
	// Boundaries keeps those of snapshots at which a version, a price or an
	// absence begins, ends or is confirmed.
	Boundaries bool
	// Age keeps those of snapshots that are not older; 0 is no limit.
	Age time.Duration
}

// Forever reports that nothing is ever given up.
func (k Keep) Forever() bool { return !k.Boundaries && k.Age == 0 }

// String reads "boundaries", or as the age of a configuration does.
func (k Keep) String() string {
	switch {
	case k.Boundaries:
		return "boundaries"
	case k.Forever():
		return "forever"
	}
	return k.Age.String()
}

// GivenUp is what a rule of keeping evidence cost.
type GivenUp struct {
	Parts int // of snapshots, that nothing shows any more
	Pages int // bodies that were deleted: many snapshots may share one
}

// ErrEvidenceMoved means that more would be given up than was looked at.
var ErrEvidenceMoved = errors.New("other evidence would be given up than a moment ago")

// ToGiveUp returns the committed snapshots that GiveUp would leave without pages,
// in time order. It gives them up, and then lets that not stand.
func (s *Store) ToGiveUp(ctx context.Context, list record.List, keep Keep) ([]Moment, error) {
	if keep.Forever() {
		return nil, nil
	}
	var lost []Moment
	err := s.locked(ctx, list.RowID, func(tx pgx.Tx) (err error) {
		if lost, _, err = unlinkPages(ctx, s.q, tx, list, keep); err != nil {
			return err
		}
		return errPreview
	})
	if !errors.Is(err, errPreview) {
		return nil, fmt.Errorf("%s: look at old evidence: %w", list.ID, err)
	}
	return lost, nil
}

// GiveUp deletes the pages of a list that the rule does not keep, in a
// transaction of its own under the list's lock. The pages of held and rejected
// snapshots, of the newest committed one, and those that prove another
// snapshot which keeps its pages, always stay. History is not touched. Whoever
// looked at what ToGiveUp returns says so, and nothing else is given up:
// ErrEvidenceMoved if that were more.
func (s *Store) GiveUp(ctx context.Context, list record.List, keep Keep, looked []Moment) (GivenUp, error) {
	var given GivenUp
	if len(looked) == 0 {
		return given, nil
	}
	err := s.locked(ctx, list.RowID, func(tx pgx.Tx) error {
		lost, parts, err := unlinkPages(ctx, s.q, tx, list, keep)
		if err != nil {
			return err
		}
		if !slices.Equal(lost, looked) {
			return ErrEvidenceMoved
		}
		pages, err := s.q.EvidenceForget(ctx, tx, list.RowID)
		if err != nil {
			return fmt.Errorf("delete pages: %w", err)
		}
		given = GivenUp{Parts: int(parts), Pages: int(pages)}
		return nil
	})
	if err != nil {
		return GivenUp{}, fmt.Errorf("%s: give up evidence: %w", list.ID, err)
	}
	return given, nil
}

// unlinkPages unlinks pages by the rule, and returns which committed snapshots
// that leaves without proof, and how many parts it unlinked.
func unlinkPages(ctx context.Context, q *sqlcgen.Queries, tx pgx.Tx, list record.List, keep Keep) (lost []Moment, parts int64, err error) {
	before, err := proven(ctx, q, tx, list)
	if err != nil {
		return nil, 0, err
	}
	rule := keep.String()
	if keep.Boundaries {
		parts, err = q.EvidenceGiveUpInner(ctx, tx, sqlcgen.EvidenceGiveUpInnerParams{ListID: list.RowID, Rule: &rule})
	} else {
		parts, err = q.EvidenceGiveUpOld(ctx, tx, sqlcgen.EvidenceGiveUpOldParams{ListID: list.RowID, Age: keep.Age, Rule: &rule})
	}
	if err != nil {
		return nil, 0, fmt.Errorf("unlink pages: %w", err)
	}
	after, err := proven(ctx, q, tx, list)
	stay := make(map[Moment]bool, len(after))
	for _, moment := range after {
		stay[moment] = true
	}
	return slices.DeleteFunc(before, func(m Moment) bool { return stay[m] }), parts, err
}

// proven are the committed snapshots whose pages are there, in time order.
func proven(ctx context.Context, q *sqlcgen.Queries, tx pgx.Tx, list record.List) ([]Moment, error) {
	rows, err := q.EvidenceProven(ctx, tx, list.RowID)
	if err != nil {
		return nil, fmt.Errorf("find kept pages: %w", err)
	}
	all := make([]Moment, len(rows))
	for i, row := range rows {
		all[i] = Moment{row.TakenAt.UTC(), catalog.DecoderOf(row.DecoderVersion)}
	}
	return all, nil
}

package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// retire closes and supersedes rows.
func (c *changes) retire(ctx context.Context, q *sqlcgen.Queries, tx pgx.Tx) error {
	c.supersedePrices.ListID, c.supersedePrices.RunID = c.list, &c.run
	c.supersedeAbsences.ListID, c.supersedeAbsences.RunID = c.list, &c.run
	steps := []step{
		{"close versions", len(c.closeVersions), func() error {
			return c.shelf.close(ctx, tx, c.list, c.closeVersions, c.newest)
		}},
		{"supersede versions", len(c.supersedeIDs), func() error {
			return c.shelf.supersede(ctx, tx, c.list, c.run, c.supersedeIDs, c.supersedeFroms)
		}},
		{"close prices", len(c.closePrices), func() error {
			return q.PriceHistoryClose(ctx, tx, sqlcgen.PriceHistoryCloseParams{ListID: c.list, PriceIds: c.closePrices, ValidTo: &c.newest})
		}},
		{"supersede prices", len(c.supersedePrices.PriceIds), func() error {
			return q.PriceHistorySupersede(ctx, tx, c.supersedePrices)
		}},
		{"confirm absences", len(c.confirmAbsences), func() error {
			return q.AbsenceConfirm(ctx, tx, sqlcgen.AbsenceConfirmParams{ListID: c.list, EntryIds: c.confirmAbsences, At: c.newest})
		}},
		{"end absences", len(c.endAbsences), func() error {
			return q.AbsenceEnd(ctx, tx, sqlcgen.AbsenceEndParams{ListID: c.list, EntryIds: c.endAbsences, At: c.newest})
		}},
		{"supersede absences", len(c.supersedeAbsences.EntryIds), func() error {
			return q.AbsenceSupersede(ctx, tx, c.supersedeAbsences)
		}},
		{"supersede status changes", len(c.supersedeEvents), func() error {
			return q.StatusChangeSupersede(ctx, tx, sqlcgen.StatusChangeSupersedeParams{ListID: c.list, Ids: c.supersedeEvents, RunID: &c.run})
		}},
	}
	return inOrder(steps)
}

func (c *changes) insert(ctx context.Context, q *sqlcgen.Queries, tx pgx.Tx) error {
	return inOrder([]step{
		{"write versions", len(c.insertVersions), func() error {
			return c.shelf.insert(ctx, tx, c.list, c.run, c.insertVersions)
		}},
		{"write price history", len(c.insertPrices), func() error {
			_, err := q.PriceHistoryCopy(ctx, tx, c.insertPrices)
			return err
		}},
		{"write absences", len(c.insertAbsences), func() error {
			_, err := q.AbsenceCopy(ctx, tx, c.insertAbsences)
			return err
		}},
	})
}

func (c *changes) insertStatus(ctx context.Context, q *sqlcgen.Queries, tx pgx.Tx) error {
	if len(c.insertEvents) == 0 {
		return nil
	}
	ids, err := q.StatusChangeIDs(ctx, tx, postgres.Count(len(c.insertEvents)))
	if err != nil {
		return fmt.Errorf("number status changes: %w", err)
	}
	for i := range c.insertEvents {
		c.insertEvents[i].ID = ids[i]
	}
	if _, err := q.StatusChangeCopy(ctx, tx, c.insertEvents); err != nil {
		return fmt.Errorf("write status changes: %w", err)
	}
	return nil
}

// step is one statement that is left out when it has nothing to do.
type step struct {
	what string
	rows int
	do   func() error
}

func inOrder(steps []step) error {
	for _, s := range steps {
		if s.rows == 0 {
			continue
		}
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
	}
	return nil
}

package proof

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store/history"
	"syncer/store/record"
)

// figure is a row of contract_usage, or a statement of a page, to compare.
type figure struct {
	key, name, resource, unit string
	from, to                  int64 // microseconds
	quantity                  string
}

func figureOf(usage history.Usage) figure {
	return figure{
		usage.Key, usage.Name, usage.Resource, usage.Unit, usage.From.UnixMicro(), usage.To.UnixMicro(), usage.Quantity.String(),
	}
}

// usageMove is what the figures that are noted of a snapshot lack, and have too
// many, against what its pages state. ever are all that were noted, superseded ones
// too.
type usageMove struct{ ever, lacking, untrue []history.Usage }

func usageMoved(ctx context.Context, tables history.Tables, at time.Time, shown *snapshot.Snapshot) (moved usageMove, err error) {
	statements, err := history.UsageIn(shown)
	if err != nil {
		return moved, err
	}
	if moved.ever, err = tables.UsageAt(ctx, at); err != nil {
		return moved, err
	}
	stated, noted := make(map[figure]bool, len(statements)), make(map[figure]bool, len(moved.ever))
	for _, statement := range statements {
		stated[figureOf(statement)] = true
	}
	for _, row := range moved.ever {
		if row.Until != 0 {
			continue
		}
		noted[figureOf(row)] = true
		if !stated[figureOf(row)] {
			moved.untrue = append(moved.untrue, row)
		}
	}
	for _, statement := range statements {
		if !noted[figureOf(statement)] {
			moved.lacking = append(moved.lacking, statement)
		}
	}
	slices.SortFunc(moved.lacking, inOrderOfFigures)
	slices.SortFunc(moved.untrue, inOrderOfFigures)
	return moved, nil
}

func inOrderOfFigures(a, b history.Usage) int {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Resource, b.Resource), a.From.Compare(b.From))
}

// noteUsage notes of a snapshot that is read whether its figures have to be written
// anew.
func (r *rebuild) noteUsage(ctx context.Context, of record.Snapshot, shown *snapshot.Snapshot) error {
	if r.list.Kind != catalog.Contracts || !of.PagesOf.Equal(of.TakenAt) {
		return nil
	}
	moved, err := usageMoved(ctx, r.tables, of.TakenAt, shown)
	if len(moved.lacking)+len(moved.untrue) > 0 {
		r.misread = append(r.misread, of)
	}
	return err
}

// rewriteUsage writes the figures of those snapshots anew, from their pages.
func (r *rebuild) rewriteUsage(ctx context.Context) error {
	for _, of := range r.misread {
		at := of.TakenAt
		i, _ := slices.BinarySearchFunc(r.replay.moments, at, time.Time.Compare)
		shown, err := r.replay.read(ctx, i)
		if err != nil {
			return fmt.Errorf("snapshot %s: %w", at.Format(time.RFC3339Nano), err)
		}
		moved, err := usageMoved(ctx, r.tables, at, shown)
		if err != nil {
			return err
		}
		if err := r.tables.RestateUsage(ctx, moved.untrue, moved.lacking, at, r.run); err != nil {
			return err
		}
		r.report.Superseded.Usage += len(moved.untrue)
		r.report.Inserted.Usage += len(moved.lacking)
		for _, figure := range slices.Concat(moved.untrue, moved.lacking) {
			r.changed[figure.Key] = true
		}
	}
	return nil
}

package proof

import (
	"context"
	"maps"
	"slices"
	"strings"
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

// usage compares the figures that a snapshot's own pages state with those that
// are noted. What was written before the last rebuild was read by a decoder
// that is not known any more.
func (v *verify) usage(ctx context.Context, of record.Snapshot, shown *snapshot.Snapshot) error {
	at := of.TakenAt
	run, known := v.wroteSince[at.UnixMicro()]
	if v.list.Kind != catalog.Contracts || !known || !of.PagesOf.Equal(at) {
		return nil
	}
	statements, err := history.UsageIn(shown)
	if err != nil {
		return err
	}
	rows, err := v.tables.UsageAt(ctx, at)
	if err != nil {
		return err
	}
	stated, noted := make(map[figure]bool, len(statements)), make(map[figure]bool, len(rows))
	for _, statement := range statements {
		stated[figureOf(statement)] = true
	}
	for _, row := range rows {
		if row.Run != run {
			v.contradict("contract_usage", row.Key, at, "run %d wrote this snapshot, not %d", run, row.Run)
		}
		noted[figureOf(row)] = true
	}
	v.compareUsage(at, stated, noted)
	return nil
}

func (v *verify) compareUsage(at time.Time, stated, noted map[figure]bool) {
	byKey := func(a, b figure) int { return strings.Compare(a.key+a.name+a.resource, b.key+b.name+b.resource) }
	for _, f := range slices.SortedFunc(maps.Keys(stated), byKey) {
		if !noted[f] {
			v.contradict("contract_usage", f.key, at, "the pages state %s %s %s %s, which is not noted", f.name, f.resource, f.quantity, f.unit)
		}
	}
	for _, f := range slices.SortedFunc(maps.Keys(noted), byKey) {
		if !stated[f] {
			v.contradict("contract_usage", f.key, at, "%s %s %s %s is noted, which the pages do not state", f.name, f.resource, f.quantity, f.unit)
		}
	}
}

// usageMoments reports figures of moments at which no snapshot has pages.
func (v *verify) usageMoments(ctx context.Context) error {
	moments, err := v.tables.UsageMoments(ctx)
	if err != nil {
		return err
	}
	for _, at := range moments {
		i, found := slices.BinarySearchFunc(v.replay.moments, at, time.Time.Compare)
		if !found || !v.replay.stored[i].PagesOf.Equal(at) {
			v.contradict("contract_usage", "", at, "no snapshot of this moment has pages of its own")
		}
	}
	return nil
}

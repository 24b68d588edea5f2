package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
)

// figure is one row of contract_usage, and one statement of a page.
type figure struct {
	key, name, resource, unit string
	from, to                  int64 // microseconds
	quantity                  string
}

// usage compares the figures that a snapshot's own pages state with those that
// are noted. What was written before the last rebuild was read by a decoder
// that is not known any more.
func (v *verify) usage(ctx context.Context, of StoredSnapshot, snapshot *snapshot.Snapshot) error {
	at := of.TakenAt
	run, known := v.wroteSince[at.UnixMicro()]
	if v.run.List.Kind != catalog.Contracts || !known || !of.PagesOf.Equal(at) {
		return nil
	}
	stated, err := statedUsage(snapshot)
	if err != nil {
		return err
	}
	noted, err := v.notedUsage(ctx, at, run)
	if err != nil {
		return err
	}
	v.compareUsage(at, stated, noted)
	return nil
}

func statedUsage(snapshot *snapshot.Snapshot) (map[figure]bool, error) {
	stated := make(map[figure]bool)
	for entry, err := range snapshot.Entries(func(string) bool { return true }) {
		if err != nil {
			return nil, err
		}
		for _, one := range entry.Usage {
			stated[figure{
				entry.Key, catalog.StoredText(one.Name), catalog.StoredText(one.Resource), catalog.StoredText(one.Unit),
				one.From.UnixMicro(), one.To.UnixMicro(), one.Quantity.String(),
			}] = true
		}
	}
	return stated, nil
}

func (v *verify) notedUsage(ctx context.Context, at time.Time, run int64) (map[figure]bool, error) {
	rows, err := v.q.ContractUsageAt(ctx, v.tx, sqlcgen.ContractUsageAtParams{ListID: v.run.List.id, TakenAt: at})
	if err != nil {
		return nil, fmt.Errorf("read usage: %w", err)
	}
	noted := make(map[figure]bool, len(rows))
	for _, one := range rows {
		usage := one.ContractUsage
		if usage.RecordedBy != run {
			v.contradict("contract_usage", one.Key, at, "run %d wrote this snapshot, not %d", run, usage.RecordedBy)
		}
		noted[figure{
			one.Key, usage.Name, usage.Resource, usage.Unit, usage.UsedFrom.UnixMicro(), usage.UsedTo.UnixMicro(), usage.Quantity.String(),
		}] = true
	}
	return noted, nil
}

func (v *verify) compareUsage(at time.Time, stated, noted map[figure]bool) {
	byKey := func(a, b figure) int { return strings.Compare(a.key+a.name+a.resource, b.key+b.name+b.resource) }
	for _, one := range slices.SortedFunc(maps.Keys(stated), byKey) {
		if !noted[one] {
			v.contradict("contract_usage", one.key, at, "the pages state %s %s %s %s, which is not noted", one.name, one.resource, one.quantity, one.unit)
		}
	}
	for _, one := range slices.SortedFunc(maps.Keys(noted), byKey) {
		if !stated[one] {
			v.contradict("contract_usage", one.key, at, "%s %s %s %s is noted, which the pages do not state", one.name, one.resource, one.quantity, one.unit)
		}
	}
}

// usageMoments tells figures of moments at which no snapshot has pages.
func (v *verify) usageMoments(ctx context.Context) error {
	moments, err := v.q.ContractUsageMoments(ctx, v.tx, v.run.List.id)
	if err != nil {
		return fmt.Errorf("read the moments of usage: %w", err)
	}
	for _, at := range moments {
		i, found := slices.BinarySearchFunc(v.replay.moments, at, time.Time.Compare)
		if !found || !v.replay.stored[i].PagesOf.Equal(at) {
			v.contradict("contract_usage", "", at, "no snapshot of this moment has pages of its own")
		}
	}
	return nil
}

package proof

import (
	"context"
	"slices"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store/history"
	"syncer/store/record"
)

// usage compares the figures that a snapshot's own pages state with those that
// are noted, and who noted them: the run that made the snapshot history, or a rebuild
// that came later and read its pages otherwise.
func (v *verify) usage(ctx context.Context, of record.Snapshot, shown *snapshot.Snapshot) error {
	at := of.TakenAt
	if v.list.Kind != catalog.Contracts || !of.PagesOf.Equal(at) {
		return nil
	}
	moved, err := usageMoved(ctx, v.tables, at, shown)
	if err != nil {
		return err
	}
	for _, figure := range moved.lacking {
		v.contradict("contract_usage", figure.Key, at, "the pages state %s, which is not noted", figureText(figure))
	}
	for _, figure := range moved.untrue {
		v.contradict("contract_usage", figure.Key, at, "%s is noted, which the pages do not state", figureText(figure))
	}
	first := v.wrote[at.UnixMicro()]
	since := v.rebuiltSince(first)
	for _, row := range moved.ever {
		if row.Run != first && !slices.Contains(since, row.Run) {
			v.contradict("contract_usage", row.Key, at, "run %d did not write %s", row.Run, figureText(row))
		}
		if row.Until != 0 && (!slices.Contains(since, row.Until) || slices.Index(since, row.Until) <= slices.Index(since, row.Run)) {
			v.contradict("contract_usage", row.Key, at, "run %d did not supersede %s", row.Until, figureText(row))
		}
	}
	return nil
}

// rebuiltSince are the rebuilds that came after a run, in their order.
func (v *verify) rebuiltSince(run int64) []int64 {
	var rebuilds []int64
	came := false
	for _, row := range v.writes {
		switch {
		case row.RunID == run:
			came = true
		case row.Rebuild && came:
			rebuilds = append(rebuilds, row.RunID)
		}
	}
	return rebuilds
}

func figureText(figure history.Usage) string {
	return strings.TrimSpace(figure.Name+" "+figure.Resource) + " " + figure.Quantity.String() + " " + figure.Unit
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

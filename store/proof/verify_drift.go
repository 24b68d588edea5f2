package proof

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
)

// noteUnknown notes what a snapshot shows that the decoder has no word for. Snapshots
// come in time order.
func (v *verify) noteUnknown(at time.Time, shown *snapshot.Snapshot) {
	for _, thing := range shown.Unknown() {
		thing.Path, thing.Seen = catalog.StoredText(thing.Path), catalog.StoredText(thing.Seen)
		if _, seen := v.unknown[thing]; !seen {
			v.unknown[thing] = at
		}
	}
}

// drift compares what was unknown when it was first seen with the pages. What came
// before a rebuild was unknown to another decoder.
func (v *verify) drift(ctx context.Context) error {
	rows, err := v.q.DriftEver(ctx, v.db, v.list.RowID)
	if err != nil {
		return fmt.Errorf("read drift: %w", err)
	}
	if v.report.ReadBy != "" {
		return nil
	}
	noted := make(map[catalog.Unknown]bool, len(rows))
	for _, row := range rows {
		thing, at := catalog.Unknown{Kind: row.Kind, Path: row.Path, Seen: row.Seen}, row.FirstSeenAt.UTC()
		noted[thing] = true
		i, found := slices.BinarySearchFunc(v.replay.moments, at, time.Time.Compare)
		first, shown := v.unknown[thing]
		switch {
		case !found:
			v.contradict("drift", "", at, "%s %s: no committed snapshot is of this moment", thing.Kind, thing.Path)
		case v.wrote[at.UnixMicro()] != row.FirstRun:
			v.contradict("drift", "", at, "%s %s: run %d did not write the snapshot that first showed it", thing.Kind, thing.Path, row.FirstRun)
		case len(v.rebuiltSince(row.FirstRun)) > 0 || shown && first.Equal(at):
		case v.replay.notes[i].proven:
			v.contradict("drift", "", at, "%s %s %q: the pages do not show it first here", thing.Kind, thing.Path, thing.Seen)
		case shown && first.Before(at):
			v.contradict("drift", "", at, "%s %s %q: the pages show it earlier", thing.Kind, thing.Path, thing.Seen)
		}
	}
	for thing, at := range v.unknown {
		if !noted[thing] && len(v.rebuiltSince(v.wrote[at.UnixMicro()])) == 0 {
			v.contradict("drift", "", at, "the pages show %s %s %q, which no decoder knew, and it is not noted", thing.Kind, thing.Path, thing.Seen)
		}
	}
	return nil
}

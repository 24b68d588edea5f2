package timelinetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"syncer/catalog"
)

func TestOrderPlaysNoPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := Worlds().Draw(t, "world")
		shuffled := world
		shuffled.Snapshots = nil
		for _, i := range Orders(len(world.Snapshots)).Draw(t, "order") {
			shuffled.Snapshots = append(shuffled.Snapshots, world.Snapshots[i])
		}
		if diff := cmp.Diff(Reference(world), Reference(shuffled)); diff != "" {
			t.Fatalf("history depends on the order (-sorted +shuffled):\n%s", diff)
		}
	})
}

// TestSnapshotsAreShown states the law: as of a snapshot, history shows
// exactly that snapshot and the entries whose absence there is not confirmed.
func TestSnapshotsAreShown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := Worlds().Draw(t, "world")
		history := Reference(world)
		for _, snapshot := range world.Snapshots {
			want := digests(snapshot.Entries)
			for _, a := range history.Absences {
				if covers(a.From, a.To, snapshot.At) && a.ConfirmedAt == nil {
					want[a.Key] = before(world, a.Key, snapshot.At).Digest()
				}
			}
			if diff := cmp.Diff(want, shownAt(t, history, snapshot.At)); diff != "" {
				t.Fatalf("at %s history differs from the snapshot (-want +got):\n%s", snapshot.At, diff)
			}
		}
	})
}

func TestOneSnapshotAndNoTimeShowsEverySnapshotExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := Worlds().Draw(t, "world")
		world.ConfirmSnapshots, world.ConfirmFor = 1, 0
		history := Reference(world)
		for _, snapshot := range world.Snapshots {
			if diff := cmp.Diff(digests(snapshot.Entries), shownAt(t, history, snapshot.At)); diff != "" {
				t.Fatalf("at %s history differs from the snapshot (-want +got):\n%s", snapshot.At, diff)
			}
			if diff := cmp.Diff(amountsOf(snapshot.Entries), pricesAt(t, history, snapshot.At)); diff != "" {
				t.Fatalf("at %s prices differ from the snapshot's (-want +got):\n%s", snapshot.At, diff)
			}
		}
	})
}

// TestPricesFollowTheirEntry: at every snapshot the prices are those of the
// versions shown there.
func TestPricesFollowTheirEntry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := Worlds().Draw(t, "world")
		history := Reference(world)
		for _, snapshot := range world.Snapshots {
			entries := make(map[string]catalog.Entry)
			for key := range shownAt(t, history, snapshot.At) {
				entries[key] = *before(world, key, snapshot.At.Add(1))
			}
			if diff := cmp.Diff(amountsOf(entries), pricesAt(t, history, snapshot.At)); diff != "" {
				t.Fatalf("at %s prices differ from their entries' (-want +got):\n%s", snapshot.At, diff)
			}
		}
	})
}

// TestBoundariesAreSnapshots: nothing begins, ends or is confirmed at a moment
// that is not a snapshot's, and nothing is empty.
func TestBoundariesAreSnapshots(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := Worlds().Draw(t, "world")
		history := Reference(world)
		for _, v := range history.Versions {
			bounded(t, world, v.From, v.To)
		}
		for _, p := range history.Prices {
			bounded(t, world, p.From, p.To)
		}
		for _, a := range history.Absences {
			bounded(t, world, a.From, a.To)
			if a.ConfirmedAt != nil && !covers(a.From, a.To, *a.ConfirmedAt) {
				t.Fatalf("%s: absence from %s is confirmed outside of it, at %s", a.Key, a.From, a.ConfirmedAt)
			}
		}
	})
}

func bounded(t *rapid.T, world World, from time.Time, to *time.Time) {
	taken := func(at time.Time) bool {
		return slices.ContainsFunc(world.Snapshots, func(s Snapshot) bool { return s.At.Equal(at) })
	}
	if !taken(from) || to != nil && (!taken(*to) || !from.Before(*to)) {
		t.Fatalf("[%s, %v) is not a span between snapshots", from, to)
	}
}

// TestStatusEventsTellTheStatus: whoever reads only the events knows the
// status of every entry at every snapshot that holds it.
func TestStatusEventsTellTheStatus(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := Worlds().Draw(t, "world")
		history := Reference(world)
		for _, snapshot := range world.Snapshots {
			for _, key := range keys(world) {
				entry, holds := snapshot.Entries[key]
				last := lastEvent(history.Events, key, snapshot.At)
				gone := last.Event == "" || last.Event == "missing" || last.Event == "delisted"
				if gone == holds || holds && word(last.ToStatus) != word(entry.Status) {
					t.Fatalf("%s at %s: held %t, status %s; the last event is %q", key, snapshot.At, holds, word(entry.Status), last.line())
				}
			}
		}
	})
}

func lastEvent(events []Event, key string, at time.Time) Event {
	var last Event
	for _, event := range events {
		if event.Key == key && event.Aspect == "status" && event.Zone == nil && !event.At.After(at) {
			last = event
		}
	}
	return last
}

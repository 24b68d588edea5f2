package timelinetest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"syncer/catalog"
)

func TestDoubtfulWorldsAreValid(t *testing.T) {
	t.Parallel()
	for _, worlds := range []*rapid.Generator[World]{DoubtfulWorlds(), DoubtfulContractWorlds()} {
		rapid.Check(t, func(t *rapid.T) {
			var last time.Time
			for _, snapshot := range worlds.Draw(t, "world").Snapshots {
				if !snapshot.At.After(last) || !snapshot.At.Equal(snapshot.At.Truncate(time.Microsecond)) {
					t.Fatalf("snapshot at %s, after %s, is out of order or finer than a database keeps", snapshot.At, last)
				}
				last = snapshot.At
				for key, entry := range snapshot.Entries {
					if err := entry.Validate(); err != nil || entry.Key != key {
						t.Fatalf("entry %q under %q: %v", entry.Key, key, err)
					}
					if !pricesSpeak(snapshot, key) && len(entry.Prices)+len(entry.Announced) > 0 {
						t.Fatalf("entry %q has prices where they are silent", key)
					}
				}
			}
		})
	}
}

func fieldsSpeak(snapshot Snapshot, key string) bool {
	_, holds := snapshot.Entries[key]
	return holds && !slices.Contains(snapshot.SetAside[key], catalog.FieldsPart)
}

func pricesSpeak(snapshot Snapshot, key string) bool {
	_, holds := snapshot.Entries[key]
	return holds && !slices.Contains(snapshot.SetAside[key], catalog.PricesPart) && !snapshot.PricesUnread
}

// TestDoubtfulWorldsAreRich: among few hundred worlds every case of the rules
// occurs, so that comparing with them proves something.
func TestDoubtfulWorldsAreRich(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for seed := range 1200 {
		world := DoubtfulWorlds().Example(seed)
		history := Reference(world)
		for _, d := range history.Doubts {
			how := " left"
			switch {
			case d.ConfirmedAt != nil && believedAt(world, d):
				seen["believed"] = true
				how = " confirmed"
			case d.ConfirmedAt != nil:
				how = " confirmed"
			case d.To == nil:
				how = " open"
			}
			seen[string(d.Reason)+how] = true
		}
		plain := world
		plain.Decisions = nil
		for _, decision := range world.Decisions {
			inRun := slices.ContainsFunc(Reference(plain).Doubts, func(d Doubt) bool {
				return d.Key == decision.Key && covers(d.From, d.To, decision.Moment)
			})
			if inRun {
				seen[string(decision.Kind)+" in a run"] = true
			} else {
				seen[string(decision.Kind)+" outside"] = true
			}
		}
		noNames := world
		noNames.Snapshots = slices.Clone(world.Snapshots)
		for i := range noNames.Snapshots {
			noNames.Snapshots[i].Nameless = 0
		}
		if len(Reference(noNames).Absences) > len(history.Absences) {
			seen["hidden absence"] = true
		}
	}
	want := []string{"believe in a run", "believe outside", "believed", "hidden absence", "retract in a run", "retract outside"}
	for _, reason := range []DoubtReason{DoubtAmount, DoubtCurrency, DoubtLost, DoubtTax, DoubtUnit, DoubtZero} {
		for _, how := range []string{" confirmed", " left", " open"} {
			want = append(want, string(reason)+how)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("cases in 1200 worlds (-want +got):\n%s", diff)
	}
}

func believedAt(world World, d Doubt) bool {
	return slices.ContainsFunc(world.Decisions, func(decision Decision) bool {
		return decision.Kind == Believe && decision.Key == d.Key && decision.Moment.Equal(*d.ConfirmedAt)
	})
}

// TestWhatSpeaksIsShown: with doubt off and nothing taken back, history shows as of a
// snapshot each entry of which both parts speak there exactly as it is.
func TestWhatSpeaksIsShown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := DoubtfulWorlds().Draw(t, "world")
		world.DoubtSnapshots, world.Decisions = 0, nil
		history := Reference(world)
		for _, snapshot := range world.Snapshots {
			shown, prices := shownAt(t, history, snapshot.At), pricesAt(t, history, snapshot.At)
			for key, entry := range snapshot.Entries {
				if !fieldsSpeak(snapshot, key) || !pricesSpeak(snapshot, key) {
					continue
				}
				if shown[key] != entry.Digest() {
					t.Fatalf("%s at %s is not shown as it is", key, snapshot.At)
				}
				for id, amount := range amountsOf(map[string]catalog.Entry{key: entry}) {
					if prices[id] != amount {
						t.Fatalf("price %v at %s is not shown as it is", id, snapshot.At)
					}
				}
			}
		}
	})
}

// TestDoubtOfOneSnapshotIsNone: what is believed at first sight is shown as without
// doubt, and each run is confirmed where it begins.
func TestDoubtOfOneSnapshotIsNone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := DoubtfulWorlds().Draw(t, "world")
		world.DoubtSnapshots, world.DoubtFor, world.Decisions = 1, 0, nil
		got := Reference(world)
		for _, d := range got.Doubts {
			if d.ConfirmedAt == nil || !d.ConfirmedAt.Equal(d.From) {
				t.Fatalf("%s doubted from %s is confirmed at %v", d.Key, d.From, d.ConfirmedAt)
			}
		}
		world.DoubtSnapshots, got.Doubts = 0, nil
		if diff := cmp.Diff(Reference(world), got); diff != "" {
			t.Fatalf("history differs from that without doubt (-want +got):\n%s", diff)
		}
	})
}

// TestDoubtConcernsPricesOnly: absences and events are the same without it.
func TestDoubtConcernsPricesOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := DoubtfulWorlds().Draw(t, "world")
		world.Decisions = nil
		with := Reference(world)
		world.DoubtSnapshots = 0
		without := Reference(world)
		if diff := cmp.Diff(without.Absences, with.Absences) + cmp.Diff(without.Events, with.Events); diff != "" {
			t.Fatalf("doubt changes absences or events (-without +with):\n%s", diff)
		}
	})
}

// TestDoubtsAreBounded: runs lie between snapshots, never two at once of a price, and
// nothing else overlaps either.
func TestDoubtsAreBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := DoubtfulWorlds().Draw(t, "world")
		history := Reference(world)
		for _, v := range history.Versions {
			bounded(t, world, v.From, v.To)
		}
		for _, p := range history.Prices {
			bounded(t, world, p.From, p.To)
		}
		for _, snapshot := range world.Snapshots {
			shownAt(t, history, snapshot.At)
			pricesAt(t, history, snapshot.At)
			at := make(map[priceKey]bool)
			for _, d := range history.Doubts {
				if id := (priceKey{d.Key, d.Price}); covers(d.From, d.To, snapshot.At) {
					if at[id] {
						t.Fatalf("%v: doubts overlap at %s", id, snapshot.At)
					}
					at[id] = true
				}
			}
		}
		for _, d := range history.Doubts {
			bounded(t, world, d.From, d.To)
			if d.ConfirmedAt != nil && !covers(d.From, d.To, *d.ConfirmedAt) {
				t.Fatalf("%s: doubt from %s is confirmed outside of it, at %s", d.Key, d.From, d.ConfirmedAt)
			}
			if d.Price.Kind == catalog.PriceFee {
				t.Fatalf("%s: a fee is doubted from %s", d.Key, d.From)
			}
		}
	})
}

// TestConfirmedDoubtsAreLongEnough: a run that nobody decided on is confirmed at the
// first of its snapshots at which it holds enough and lasts long enough, and only then.
func TestConfirmedDoubtsAreLongEnough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := DoubtfulWorlds().Draw(t, "world")
		world.Decisions = nil
		for _, d := range Reference(world).Doubts {
			var want *time.Time
			looks := 0
			for _, snapshot := range world.Snapshots { // in time order
				if !covers(d.From, d.To, snapshot.At) || !pricesSpeak(snapshot, d.Key) {
					continue
				}
				looks++
				if looks >= world.DoubtSnapshots && snapshot.At.Sub(d.From) >= world.DoubtFor && want == nil {
					want = new(snapshot.At)
				}
			}
			if diff := cmp.Diff(want, d.ConfirmedAt); diff != "" {
				t.Fatalf("%s doubted from %s is confirmed (-want +got):\n%s", d.Key, d.From, diff)
			}
		}
	})
}

// TestWhatIsDoubtedStands: in a run that is not confirmed the price before goes on
// unchanged; in one that is it does not.
func TestWhatIsDoubtedStands(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := DoubtfulWorlds().Draw(t, "world")
		history := Reference(world)
		for _, d := range history.Doubts {
			id := priceKey{d.Key, d.Price}
			before, stood := pricesAt(t, history, d.From.Add(-1))[id]
			if !stood {
				t.Fatalf("%v did not stand before it was doubted from %s", id, d.From)
			}
			for _, snapshot := range world.Snapshots {
				now, stands := pricesAt(t, history, snapshot.At)[id]
				if covers(d.From, d.To, snapshot.At) && (stands && now == before) != (d.ConfirmedAt == nil) {
					t.Fatalf("%v doubted from %s, confirmed at %v: stands %t at %s", id, d.From, d.ConfirmedAt, stands, snapshot.At)
				}
			}
		}
	})
}

// TestTakingBackASnapshotOutsideOfRuns: history is what it would be had the snapshot
// never been taken.
func TestTakingBackASnapshotOutsideOfRuns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := DoubtfulWorlds().Draw(t, "world")
		world.Decisions = nil
		key := rapid.SampledFrom([]string{"B", "a", "한"}).Draw(t, "key")
		for i := range world.Snapshots {
			maps.DeleteFunc(world.Snapshots[i].Entries, func(other string, _ catalog.Entry) bool { return other != key })
		}
		taken := rapid.IntRange(0, len(world.Snapshots)-1).Draw(t, "taken back")
		at := world.Snapshots[taken].At
		if slices.ContainsFunc(Reference(world).Doubts, func(d Doubt) bool { return covers(d.From, d.To, at) }) {
			t.Skip("a run holds it")
		}
		never := world
		never.Snapshots = slices.Delete(slices.Clone(world.Snapshots), taken, taken+1)
		world.Decisions = []Decision{{Key: key, Kind: Retract, Moment: at}}
		if diff := cmp.Diff(Reference(never), Reference(world)); diff != "" {
			t.Fatalf("history differs from that without the snapshot (-want +got):\n%s", diff)
		}
	})
}

// TestRetractedRunsAreNotConfirmed, and what was decided on other keys plays no part.
func TestRetractedRunsAreNotConfirmed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := DoubtfulWorlds().Draw(t, "world")
		world.Decisions = nil
		all := Reference(world)
		if len(all.Doubts) == 0 {
			t.Skip("no run")
		}
		d := rapid.SampledFrom(all.Doubts).Draw(t, "doubt")
		world.Decisions = []Decision{{Key: d.Key, Kind: Retract, Moment: d.From}}
		without := Reference(world)
		for _, now := range without.Doubts {
			if now.Key == d.Key && now.From.Equal(d.From) && now.Price == d.Price && now.ConfirmedAt != nil {
				t.Fatalf("%s doubted from %s is confirmed though it was taken back", d.Key, d.From)
			}
		}
		ofOthers := func(h History) []Version {
			return slices.DeleteFunc(h.Versions, func(v Version) bool { return v.Key == d.Key })
		}
		if diff := cmp.Diff(ofOthers(all), ofOthers(without)); diff != "" {
			t.Fatalf("a decision on %s changes other keys (-without +with):\n%s", d.Key, diff)
		}
	})
}

// TestArrivalOfDoubtfulSnapshotsPlaysNoPart, however they are listed.
func TestArrivalOfDoubtfulSnapshotsPlaysNoPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		world := DoubtfulWorlds().Draw(t, "world")
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

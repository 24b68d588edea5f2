package timelinetest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWorldsAreValid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var last time.Time
		for _, snapshot := range Worlds().Draw(t, "world").Snapshots {
			if !snapshot.At.After(last) || !snapshot.At.Equal(snapshot.At.Truncate(time.Microsecond)) {
				t.Fatalf("snapshot at %s, after %s, is out of order or finer than a database keeps", snapshot.At, last)
			}
			last = snapshot.At
			for key, entry := range snapshot.Entries {
				if err := entry.Validate(); err != nil || entry.Key != key {
					t.Fatalf("entry %q under %q: %v", entry.Key, key, err)
				}
			}
		}
	})
}

// TestWorldsAreRich: among few hundred worlds every case of the rules occurs,
// so that comparing with them proves something.
func TestWorldsAreRich(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for seed := range 400 {
		world := Worlds().Example(seed)
		history := Reference(world)
		for _, a := range history.Absences {
			seen[kindOf(a, world.ConfirmFor)] = true
		}
		for _, e := range history.Events {
			name := e.Aspect + " " + e.Event
			if e.Zone != nil {
				name = "zone " + e.Event
			}
			seen[name] = true
		}
		for i := 2; i < len(history.Versions); i++ {
			a, b, c := history.Versions[i-2], history.Versions[i-1], history.Versions[i]
			if a.Key == c.Key && a.Digest == c.Digest && b.Digest != a.Digest {
				seen["there and back"] = true
			}
		}
	}
	want := []string{
		"bridged", "confirmed", "confirmed on the limit", "lifecycle appeared", "lifecycle changed", "lifecycle relisted",
		"pending", "status appeared", "status changed", "status delisted", "status missing", "status relisted",
		"there and back", "zone appeared", "zone changed", "zone relisted",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("cases in 400 worlds (-want +got):\n%s", diff)
	}
}

func kindOf(a Absence, limit time.Duration) string {
	switch {
	case a.ConfirmedAt != nil && limit > 0 && a.ConfirmedAt.Sub(a.From) == limit:
		return "confirmed on the limit"
	case a.ConfirmedAt != nil:
		return "confirmed"
	case a.To != nil:
		return "bridged"
	}
	return "pending"
}

package timeline_test

import (
	"fmt"
	"time"

	"syncer/timeline"
)

// An entry is seen on the first, missing on the second and seen again on the
// third. One snapshot without it is not believed yet, so the absence is bridged;
// a late one that lacks it too confirms the absence, and the version ends.
func ExampleInsert() {
	day := func(day, hour int) time.Time { return time.Date(2026, 1, day, hour, 0, 0, 0, time.UTC) }
	rule, small := timeline.Rule{Snapshots: 2}, "small"
	var history timeline.History[string]
	for _, snapshot := range []struct {
		at      time.Time
		moments []time.Time // committed, this one included
		shown   *string
	}{
		{day(1, 0), []time.Time{day(1, 0)}, &small},
		{day(2, 0), []time.Time{day(1, 0), day(2, 0)}, nil},
		{day(3, 0), []time.Time{day(1, 0), day(2, 0), day(3, 0)}, &small},
		{day(2, 12), []time.Time{day(1, 0), day(2, 0), day(2, 12), day(3, 0)}, nil},
	} {
		history = timeline.Insert(history, snapshot.moments, snapshot.at, snapshot.shown, rule)
		fmt.Printf("after %s:", snapshot.at.Format("2 Jan 15:04"))
		for _, version := range history.Versions {
			end := "now"
			if !version.To.IsZero() {
				end = version.To.Format("2 Jan 15:04")
			}
			fmt.Printf(" %s from %s to %s;", version.Content, version.From.Format("2 Jan 15:04"), end)
		}
		fmt.Println()
	}
	// Output:
	// after 1 Jan 00:00: small from 1 Jan 00:00 to now;
	// after 2 Jan 00:00: small from 1 Jan 00:00 to now;
	// after 3 Jan 00:00: small from 1 Jan 00:00 to now;
	// after 2 Jan 12:00: small from 1 Jan 00:00 to 2 Jan 00:00; small from 3 Jan 00:00 to now;
}

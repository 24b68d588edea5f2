package monitor_test

import (
	"testing"
	"time"

	"syncer/catalog"
	"syncer/monitor"
	"syncer/schedule"
	"syncer/store/report"
)

// noon is when the lists of these tests are judged.
func noon() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }

func parsed(t *testing.T, expression string) schedule.Schedule {
	t.Helper()
	if expression == "" {
		return schedule.Schedule{}
	}
	times, err := schedule.Parse(expression, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return times
}

var flavors = catalog.ListID{Source: "iwinv", Name: "flavors"}

// TestStaleIsWhatWasExpectedAndDidNotCome judges one list at noon.
func TestStaleIsWhatWasExpectedAndDidNotCome(t *testing.T) {
	for name, test := range map[string]struct {
		schedule   string
		staleAfter time.Duration
		jitter     time.Duration
		age        time.Duration // of the newest snapshot; 0: none
		up         time.Duration // how long something was expected
		judged     bool
		stale      bool
	}{
		"by hand":                        {age: 9000 * time.Hour},
		"by hand with a limit":           {staleAfter: time.Hour, age: 2 * time.Hour, judged: true, stale: true},
		"within the limit":               {staleAfter: time.Hour, age: time.Hour, judged: true},
		"the limit beats the schedule":   {schedule: "@hourly", staleAfter: 50 * time.Hour, age: 49 * time.Hour, judged: true},
		"one due time brought nothing":   {schedule: "@daily", age: 36 * time.Hour, judged: true},
		"two due times brought nothing":  {schedule: "@daily", age: 36*time.Hour + time.Minute, judged: true, stale: true},
		"the second still may":           {schedule: "0 12 * * *", age: 47 * time.Hour, judged: true},
		"the second has a jitter":        {schedule: "30 11 * * *", jitter: 20 * time.Minute, age: 47 * time.Hour, judged: true},
		"the second is over":             {schedule: "30 11 * * *", age: 47 * time.Hour, judged: true, stale: true},
		"every few seconds":              {schedule: "@every 5s", age: 10 * time.Minute, judged: true},
		"every few seconds, long ago":    {schedule: "@every 5s", age: 16 * time.Minute, judged: true, stale: true},
		"nothing yet, just begun":        {schedule: "@daily", up: time.Hour, judged: true},
		"nothing yet, and for two times": {schedule: "@daily", up: 40 * time.Hour, judged: true, stale: true},
	} {
		t.Run(name, func(t *testing.T) {
			watched := monitor.Watched{ID: flavors, Provider: "iwinv", Expectation: schedule.Expectation{
				Times: parsed(t, test.schedule), Jitter: test.jitter, StaleAfter: test.staleAfter,
			}}
			var facts monitor.Facts
			if test.age > 0 {
				facts.Freshness = []report.Freshness{{List: flavors, State: monitor.Fresh, LastSnapshotAt: noon().Add(-test.age)}}
			}
			lists := monitor.Judge([]monitor.Watched{watched}, facts, noon().Add(-test.up), noon())
			if len(lists) != 1 || lists[0].Judged != test.judged || lists[0].Stale != test.stale || lists[0].Age != test.age {
				t.Fatalf("got %+v", lists)
			}
			if late := lists[0].State == monitor.Late; late != (test.stale && test.age > 0) {
				t.Errorf("state %s", lists[0].State)
			}
		})
	}
}

// TestListsOfTheConfigurationAndTheDatabase wants each once, in order, with
// what is known of it.
func TestListsOfTheConfigurationAndTheDatabase(t *testing.T) {
	gone := catalog.ListID{Source: "old", Name: "list"}
	lists := monitor.Judge([]monitor.Watched{{ID: catalog.ListID{Source: "new", Name: "list"}, Provider: "ncp"}, {ID: flavors}}, monitor.Facts{
		Freshness: []report.Freshness{{List: gone, State: monitor.Failed}, {List: flavors, State: monitor.Held}},
		Figures:   []report.ListFigures{{List: flavors, Held: 2, Missing: 3, Flaps: 4}, {List: gone, Held: 1}},
	}, noon(), noon())
	if len(lists) != 3 || lists[0].List != flavors || lists[1].List.Source != "new" || lists[2].List != gone {
		t.Fatalf("got %+v", lists)
	}
	if l := lists[0]; !l.Configured || l.Held != 2 || l.Missing != 3 || l.Flaps != 4 || l.State != monitor.Held {
		t.Errorf("got %+v", l)
	}
	if l := lists[1]; !l.Configured || l.State != monitor.Never || l.Provider != "ncp" {
		t.Errorf("got %+v", l)
	}
	if l := lists[2]; l.Configured || l.Judged || l.Held != 1 {
		t.Errorf("got %+v", l)
	}
}

// TestWhyNamesWhatIsNotRead wants it beside the reason of a state, and of a fresh list
// too.
func TestWhyNamesWhatIsNotRead(t *testing.T) {
	for want, list := range map[string]monitor.ListStatus{
		"":                    {},
		"1 entry set aside":   {Freshness: report.Freshness{SetAside: 1}},
		"1 row without a key": {Freshness: report.Freshness{Nameless: 1}},
		"1,200 entries set aside, 2 rows without a key, 3 prices in doubt, prices not read for 5 h": {
			Freshness: report.Freshness{SetAside: 1200, Nameless: 2, DoubtsOpen: 3}, PricesUnreadFor: 5 * time.Hour,
		},
		"status 500; 1 price in doubt": {Freshness: report.Freshness{State: monitor.Failed, LastError: "status 500", DoubtsOpen: 1}},
	} {
		if got := list.Why(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

package schedule_test

import (
	"strings"
	"testing"
	"time"

	"syncer/schedule"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	found, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func parse(t testing.TB, expression, in string) schedule.Schedule {
	t.Helper()
	parsed, err := schedule.Parse(expression, zone(t, in))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestParseRefusesWithAReason(t *testing.T) {
	for expression, want := range map[string]string{
		"":                      "empty spec",
		"TZ=0":                  "without TZ=", // panics the parser
		"TZ=Europe/Berlin":      "without TZ=", // the same
		"CRON_TZ=UTC 0 * * *":   "without TZ=",
		"tz=UTC 0 3 * * *":      "without TZ=",
		"0 6 * *":               "expected 5 to 6 fields",
		"0 0 0 6 * * *":         "expected 5 to 6 fields",
		"0 0 31 2 *":            "never due",
		"0 0 30 2 *":            "never due",
		"0 0 31 4,6,9,11 *":     "never due",
		"60 * * * *":            "above maximum",
		"0 24 * * *":            "above maximum",
		"0 0 0 * *":             "below minimum",
		"0 0 * * 8":             "above maximum",
		"0 0 * * 17":            "above maximum",
		"0 0 * * 7-1":           "beyond end of range",
		"0 0 * * 1-7/7":         "step /7 is not smaller",
		"10-5 * * * *":          "beyond end of range",
		"*/0 * * * *":           "step of range should be a positive number",
		"*/90 * * * *":          "step /90 is not smaller than its field, which has 60 values",
		"0 */24 * * *":          "step /24 is not smaller",
		"0 0/60 * * * *":        "step /60 is not smaller",
		"@reboot":               "unrecognized descriptor",
		"@every":                "want @every with whole seconds",
		"@every soon":           "want @every with whole seconds",
		"@every 500ms":          "want @every with whole seconds", // would become 1s
		"@every 1500ms":         "want @every with whole seconds",
		"@every 0s":             "want @every with whole seconds",
		"@every -5s":            "want @every with whole seconds",
		"@every 2000000h":       "want @every with whole seconds",
		"0-99999999999 * * * *": "above maximum",
		"a b c d e":             "failed to parse int",
		"\x00":                  "fields",
	} {
		if _, err := schedule.Parse(expression, time.UTC); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", expression, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"TZ=0", "@every 1m", "0 */6 * * *", "*/5 * * * * *", "@daily", "0 0 29 2 *", "@", "1/1 ? * jan mon-fri"} {
		f.Add(seed)
	}
	lord, err := time.LoadLocation("Australia/Lord_Howe")
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 4, 4, 14, 59, 59, 5, time.UTC)
	f.Fuzz(func(t *testing.T, expression string) {
		parsed, err := schedule.Parse(expression, lord)
		if err != nil {
			return
		}
		next, last := parsed.Next(now), parsed.Last(now)
		if !next.After(now) || last.After(now) || parsed.ShortestGap() < time.Second {
			t.Errorf("%q: last %s, next %s, shortest gap %s", expression, last, next, parsed.ShortestGap())
		}
		if !last.IsZero() && !parsed.Next(last).Equal(next) {
			t.Errorf("%q: after its last due time %s comes %s, and after now %s", expression, last, parsed.Next(last), next)
		}
	})
}

// TestSundayIsSevenToo compares expressions that mean the same weekdays.
func TestSundayIsSevenToo(t *testing.T) {
	for seven, plain := range map[string]string{
		"0 0 * * 7":      "0 0 * * 0",
		"0 0 0 * * 7":    "0 0 0 * * SUN",
		"0 0 * * 7,3":    "0 0 * * 0,3",
		"0 0 * * 5-7":    "0 0 * * 0,5,6",
		"0 0 * * 1-7":    "0 0 * * *",
		"0 0 * * 0-7":    "0 0 * * *",
		"0 0 * * 7-7":    "0 0 * * 0",
		"0 0 * * 1-7/2":  "0 0 * * 1,3,5,0",
		"0 0 * * 2-7/2":  "0 0 * * 2,4,6",
		"7 7 7 7 *":      "7 7 7 JUL *",
		"30 4 1,15 * 7":  "30 4 1,15 * 0", // a day of the month or Sunday
		"0 0 * * 2,6-7":  "0 0 * * 0,2,6",
		"0 0 * * 1-3,7 ": "0 0 * * 0-3",
	} {
		got, want := parse(t, seven, "Asia/Seoul"), parse(t, plain, "Asia/Seoul")
		at, expected := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
		for range 20 {
			if at, expected = got.Next(at), want.Next(expected); !at.Equal(expected) {
				t.Fatalf("%q is due at %s, %q at %s", seven, at, plain, expected)
			}
		}
		if got.String() != seven {
			t.Errorf("%q is shown as %q", seven, got)
		}
	}
}

func TestShortestGap(t *testing.T) {
	for expression, want := range map[string]time.Duration{
		"* * * * * *":      time.Second,
		"*/5 * * * * *":    5 * time.Second,
		"* * * * *":        time.Minute,
		"*/7 * * * *":      4 * time.Minute, // :56 to :00
		"0 */6 * * *":      6 * time.Hour,
		"0 0,23 * * *":     time.Hour, // over midnight
		"0 0,23 * * mon":   23 * time.Hour,
		"59 23 1,15 * *":   14 * 24 * time.Hour,
		"0 0 1,31 * *":     24 * time.Hour,
		"@daily":           24 * time.Hour,
		"@monthly":         28 * 24 * time.Hour,
		"@every 90m":       90 * time.Minute,
		"0 0 29 2 *":       4*365*24*time.Hour + 24*time.Hour,
		"0 12 13 * fri":    24 * time.Hour, // either: the 12th may be a Friday
		"30 4 * * mon,wed": 48 * time.Hour,
	} {
		if got := parse(t, expression, "UTC").ShortestGap(); got != want {
			t.Errorf("%q: got %s, want %s", expression, got, want)
		}
	}
}

func TestNextFindsRareDays(t *testing.T) {
	leap := parse(t, "0 0 29 2 *", "UTC")
	if got, want := leap.Next(time.Date(2096, 3, 1, 0, 0, 0, 0, time.UTC)), time.Date(2104, 2, 29, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("29 February after 2096: got %s, want %s", got, want)
	}
	if got, want := leap.Last(time.Date(2104, 2, 1, 0, 0, 0, 0, time.UTC)), time.Date(2096, 2, 29, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("29 February before 2104: got %s, want %s", got, want)
	}
	if got := parse(t, "@hourly", "Europe/Berlin").Next(time.Date(2096, 12, 31, 12, 30, 0, 0, time.UTC)); got.Hour() != 13 || got.Year() != 2096 {
		t.Errorf("on the last day of a leap year: got %s", got)
	}
	hourly := parse(t, "0 * 29 2 *", "Europe/Berlin")
	if got, want := hourly.Next(time.Date(2096, 3, 1, 0, 0, 0, 0, time.UTC)), time.Date(2104, 2, 28, 23, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("hours of 29 February after 2096: got %s, want %s", got, want)
	}
}

func TestEveryIsAlignedToTheEpoch(t *testing.T) {
	for expression, want := range map[string]time.Time{
		"@every 5s":    time.Date(2026, 11, 22, 10, 0, 5, 0, time.UTC),
		"@every 7h":    time.Unix((1795341601/25200+1)*25200, 0),
		"@every 1h30m": time.Date(2026, 11, 22, 10, 30, 0, 0, time.UTC),
	} {
		for _, in := range []string{"UTC", "Asia/Seoul", "Australia/Lord_Howe"} {
			got := parse(t, expression, in).Next(time.Date(2026, 11, 22, 10, 0, 1, 999, time.UTC))
			if !got.Equal(want) {
				t.Errorf("%s in %s: got %s, want %s", expression, in, got, want.UTC())
			}
		}
	}
	early := parse(t, "@every 1h", "UTC").Next(time.Date(1969, 12, 31, 22, 30, 0, 0, time.UTC))
	if want := time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC); !early.Equal(want) {
		t.Errorf("before the epoch: got %s, want %s", early, want)
	}
}

func TestZeroScheduleIsNeverDue(t *testing.T) {
	var none schedule.Schedule
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	if !none.IsZero() || !none.Next(now).IsZero() || !none.Last(now).IsZero() {
		t.Errorf("next %s, last %s", none.Next(now), none.Last(now))
	}
}

func TestJitterFollowsFromTheName(t *testing.T) {
	seen := map[time.Duration]bool{}
	for _, name := range []string{"iwinv/flavors", "iwinv/zones", "ncp/regions", "scp/os-types"} {
		got := schedule.Jitter(name, time.Hour)
		if got < 0 || got >= time.Hour || got != schedule.Jitter(name, time.Hour) {
			t.Errorf("%s: got %s", name, got)
		}
		seen[got] = true
	}
	if len(seen) != 4 {
		t.Errorf("four names share %d delays", len(seen))
	}
	if got := schedule.Jitter("iwinv/flavors", 0); got != 0 {
		t.Errorf("without jitter: got %s", got)
	}
}

package bi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/store"
	"syncer/store/storetest"
	"syncer/timeline"
)

// monthEnds puts prices that change just around the ends of months in Seoul.
func monthEnds(t *testing.T) (*store.Store, *pgxpool.Pool) {
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	for _, step := range []struct{ at, amount string }{
		{"2025-12-31T14:59:59Z", "1"}, // December in Seoul, by a second
		{"2025-12-31T15:00:00Z", "2"}, // January
		{"2026-01-31T14:59:59.999999Z", "3"},
		{"2026-01-31T15:00:00Z", "4"}, // February
		{"2026-03-15T00:00:00Z", "5"},
	} {
		at, err := time.Parse(time.RFC3339Nano, step.at)
		if err != nil {
			t.Fatal(err)
		}
		l.Put(at, priced(monthly(costs(step.amount)))...)
	}
	return s, pool
}

// TestMonthsEndInTheReportZone wants the last price of each month, half open,
// in the configured zone and in no session's.
func TestMonthsEndInTheReportZone(t *testing.T) {
	t.Parallel()
	s, _ := monthEnds(t)
	months := func() []string {
		return ask(t, s, `SELECT month, list_unit_price_text, month_end, last_snapshot_at, not_before FROM bi.prices_month_end ORDER BY month`)
	}
	want := []string{
		"2025-12-01|1|2025-12-31 15:00:00+00|2025-12-31 14:59:59+00|",
		"2026-01-01|3|2026-01-31 15:00:00+00|2026-01-31 14:59:59.999999+00|2025-12-31 15:00:00+00",
		"2026-02-01|4|2026-02-28 15:00:00+00|2026-01-31 15:00:00+00|2026-01-31 14:59:59.999999+00",
		"2026-03-01|5|2026-03-31 15:00:00+00|2026-03-15 00:00:00+00|2026-01-31 15:00:00+00",
	}
	if diff := cmp.Diff(want, months()); diff != "" {
		t.Errorf("months in Seoul (-want +got):\n%s", diff)
	}
	utc, err := time.LoadLocation("UTC")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetReportTimezone(t.Context(), utc); err != nil {
		t.Fatal(err)
	}
	want = []string{
		"2025-12-01|2|2026-01-01 00:00:00+00|2025-12-31 15:00:00+00|2025-12-31 14:59:59+00",
		"2026-01-01|4|2026-02-01 00:00:00+00|2026-01-31 15:00:00+00|2026-01-31 14:59:59.999999+00",
		"2026-02-01|4|2026-03-01 00:00:00+00|2026-01-31 15:00:00+00|2026-01-31 14:59:59.999999+00",
		"2026-03-01|5|2026-04-01 00:00:00+00|2026-03-15 00:00:00+00|2026-01-31 15:00:00+00",
	}
	if diff := cmp.Diff(want, months()); diff != "" {
		t.Errorf("months in UTC (-want +got):\n%s", diff)
	}
	if got := ask(t, s, "SELECT bi.report_timezone(), report_timezone FROM bi.report_settings"); got[0] != "UTC|UTC" {
		t.Errorf("report time zone: %v", got)
	}
}

// TestRunningMonthIsNotThere wants no row for a month that has not ended.
func TestRunningMonthIsNotThere(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	l.Put(time.Now().AddDate(0, -1, 0), priced(monthly())...)
	l.Put(time.Now(), priced(monthly(costs("2")))...)
	got := ask(t, s, `SELECT count(*) > 0, bool_and(month_end <= now()), bool_and(month_end + interval '1 month' > now()) FROM bi.prices_month_end
		WHERE month = (SELECT max(month) FROM bi.prices_month_end)`)
	if got[0] != "t|t|t" {
		t.Errorf("there, ended, and the last to end: %v", got)
	}
}

// TestPricesOnADay wants the last instant of a day in the report zone, and now
// for a day that is not over.
func TestPricesOnADay(t *testing.T) {
	t.Parallel()
	s, _ := monthEnds(t)
	today := time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	for day, want := range map[string]string{
		"2025-12-30": "", "2025-12-31": "1", "2026-01-01": "2", "2026-01-30": "2", "2026-01-31": "3", "2026-02-01": "4",
		"2026-03-14": "4", "2026-03-15": "5", today: "5",
	} {
		got := strings.Join(ask(t, s, fmt.Sprintf("SELECT list_unit_price_text FROM bi.prices_on('%s')", day)), " ")
		if got != want {
			t.Errorf("%s: got %q, want %q", day, got, want)
		}
	}
	before := ask(t, s, "SELECT * FROM bi.prices_on('2026-02-01', (SELECT min(recorded_at) - interval '1 microsecond' FROM bi.runs))")
	if len(before) != 0 {
		t.Errorf("known before anything was written: %v", before)
	}
}

// TestSessionSettingsChangeNothing asks the same in sessions with other time
// zones and styles, and wants the same answers.
func TestSessionSettingsChangeNothing(t *testing.T) {
	t.Parallel()
	s, pool := monthEnds(t)
	const question = `SELECT extract(epoch FROM p.valid_from)::text || p.list_unit_price_text || m.month::text || extract(epoch FROM m.month_end)::text || m.list_unit_price_text
		FROM bi.prices_on('2026-01-31') AS p, bi.prices_month_end AS m`
	want := ask(t, s, question+" ORDER BY 1")
	if len(want) != 4 {
		t.Fatalf("answers: %v", want)
	}
	for _, setting := range []string{"timezone TO 'America/New_York'", "timezone TO 'Pacific/Kiritimati'", "intervalstyle TO 'sql_standard'", "search_path TO 'pg_temp'", "extra_float_digits TO -15"} {
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), "SET LOCAL "+setting); err != nil {
			t.Fatal(err)
		}
		result, err := tx.Query(t.Context(), question+" ORDER BY 1")
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(result, pgx.RowTo[string])
		if err := errors.Join(err, tx.Rollback(t.Context())); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", setting, diff)
		}
	}
}

// TestUnknownTimezone wants a zone that the database does not know refused,
// and the old one kept.
func TestUnknownTimezone(t *testing.T) {
	t.Parallel()
	s, _ := openBI(t)
	for _, name := range []string{"Mars/Olympus", "Local", "x' OR true"} {
		if err := s.SetReportTimezone(t.Context(), time.FixedZone(name, 0)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if got := ask(t, s, "SELECT bi.report_timezone()"); got[0] != "Asia/Seoul" {
		t.Errorf("report time zone: %v", got)
	}
}

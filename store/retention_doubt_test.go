package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// doubting is a list whose doubts are confirmed by many snapshots.
func doubting(t *testing.T) *storetest.Live {
	t.Helper()
	pool := pgtest.New(t)
	l := &storetest.Live{T: t, Pool: pool, Store: store.New(pool), Source: storetest.NewSource(catalog.Products)}
	l.RegisterWith(record.ListSettings{Rule: timeline.Rule{Snapshots: 2}, Doubt: timeline.Rule{Snapshots: 99}})
	return l
}

// TestWhatADoubtNeedsIsNeverGivenUp: under either rule the pages stay of what was
// believed before a doubt that lasts, of where it began, and of all that it showed
// since; and those of what a person decided.
func TestWhatADoubtNeedsIsNeverGivenUp(t *testing.T) {
	t.Parallel()
	item := func(amount string) catalog.Entry { return storetest.Item("a", amount, catalog.PriceList) }
	by := store.Decision{Actor: "kim", Reason: "so it is"}
	for name, keep := range map[string]store.Keep{"boundaries": {Boundaries: true}, "age": {Age: time.Hour}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, test := range []struct {
				name string
				do   func(l *storetest.Live)
				want string // by day
			}{
				{"none", func(l *storetest.Live) { l.Put(storetest.Day(7), item("100")) }, "x-----x"},
				{"a doubt that lasts", func(l *storetest.Live) {
					l.Put(storetest.Day(7), item("1000"))
					l.Put(storetest.Day(8), item("1000"))
					l.Put(storetest.Day(9), item("1001"))
					l.Put(storetest.Day(10), item("1001"))
				}, "x----xx-xx"},
				{"a price that could not be read, and a row without a key", func(l *storetest.Live) {
					l.Write(storetest.Day(7), l.Source.Odd(t, catalog.Decoded{SetAside: []catalog.SetAside{
						{Key: "a", Part: catalog.PricesPart, Reason: catalog.Unreadable, Detail: "want a number"},
						{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: "want a key"},
					}}, item("100")))
					l.Write(storetest.Day(8), l.Source.Odd(t, catalog.Decoded{PricesUnread: "GET /prices: status 403"}, item("100")))
					l.Put(storetest.Day(9), item("100"))
				}, "x-------x"},
				{"what was taken back of an entry", func(l *storetest.Live) {
					l.Put(storetest.Day(7), item("100"))
					l.Retract(storetest.Day(4), "a", by)
				}, "x--x--x"},
				{"a snapshot that was taken back", func(l *storetest.Live) {
					l.Put(storetest.Day(7), item("100"))
					l.Retract(storetest.Day(4), "", by)
				}, "x--x--x"},
			} {
				l := doubting(t)
				for day := 1; day < 7; day++ {
					l.Put(storetest.Day(day), item("100"))
				}
				test.do(l)
				l.GiveUp(keep)
				want := test.want
				if name == "age" { // to which a beginning is nothing
					want = "-" + want[1:]
				}
				if got := pattern(provable(t, l), storetest.Day(1), len(test.want)); got != want {
					t.Errorf("%s: pages of days %s, want %s", test.name, got, want)
				}
				if report := l.Verify(); len(report.Contradictions) > 0 {
					t.Errorf("%s: %v", test.name, report.Contradictions)
				}
			}
		})
	}
}

// TestNothingIsRestoredWithoutItsPages: what was taken back before its pages went
// stays so.
func TestNothingIsRestoredWithoutItsPages(t *testing.T) {
	t.Parallel()
	l := doubting(t)
	for day, amount := range []string{"1", "2", "3"} {
		l.Put(storetest.Day(1+day), storetest.Item("a", amount, catalog.PriceList))
	}
	l.Retract(storetest.Day(2), "", store.Decision{Actor: "kim", Reason: "a slip"})
	l.Exec("DELETE FROM snapshot_pages WHERE taken_at = '2026-01-02Z'")
	run, err := l.Store.BeginRewrite(t.Context(), l.List, "restore", store.Decision{Actor: "kim", Reason: "no slip"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Store.Restore(t.Context(), run, storetest.Day(2), "", l.Source.Reread)
	if !errors.Is(err, record.ErrNoPages) || !strings.Contains(err.Error(), "what was taken back cannot be restored") {
		t.Errorf("got %v, want that there are no pages", err)
	}
	if status := storetest.Rows(t, l.Pool, "SELECT status FROM snapshots ORDER BY taken_at", pgx.RowTo[string]); status[1] != "retracted" {
		t.Errorf("the snapshot is %s", status[1])
	}
}

// TestNoPageOfADoubtIsSpared for lack of room.
func TestNoPageOfADoubtIsSpared(t *testing.T) {
	t.Parallel()
	l := doubting(t)
	for day, amount := range []string{"100", "120", "1200", "1200", "1300", "120"} {
		run := l.Begin(record.Sync, storetest.Day(1+day))
		run.SparePages = true
		if _, err := l.Store.Update(t.Context(), run, l.Source.Snapshot(t, storetest.Item("a", amount, catalog.PriceList)), storetest.Pass); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := pattern(provable(t, l), storetest.Day(1), 6), "--x-x-"; got != want {
		t.Errorf("pages of days %s, want %s: where the doubt began, and where it shows something else", got, want)
	}
	if report := l.Verify(); len(report.Contradictions) > 0 {
		t.Error(report.Contradictions)
	}
}

package ingest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/diff"
	"syncer/ingest"
	"syncer/store/delta"
)

func keys(n int) []string { return make([]string, n) }

// before is a delta of 100 entries against the snapshot before.
func before(shares ...diff.Share) delta.Delta {
	return delta.Delta{Baseline: 100, Entries: 100, Compared: []delta.Compared{{With: delta.WithBefore, Shares: shares}}}
}

func share(class diff.Class, moved, of int) diff.Share {
	return diff.Share{Class: class, What: "moved", Moved: moved, Of: of}
}

// amounts is a share of prices whose median factor is given.
func amounts(moved, of int, median string) diff.Share {
	all := share(diff.Amount, moved, of)
	all.Median = new(decimal.RequireFromString(median))
	return all
}

// TestGuardLimits stands each delta just within a limit beside the one that
// reaches it.
func TestGuardLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		delta delta.Delta
		want  string // part of the reason, "" to pass
	}{
		"first":                                 {delta.Delta{First: true, Entries: 7, Added: keys(7)}, ""},
		"first without entries":                 {delta.Delta{First: true}, "no entries"},
		"empty after entries":                   {delta.Delta{Baseline: 3, Removed: keys(3), Compared: before(share(diff.Gone, 3, 3)).Compared}, "all 3 moved"},
		"empty stays empty":                     {delta.Delta{}, ""},
		"less than a fifth goes":                {before(share(diff.Gone, 199, 1000)), ""},
		"a fifth goes":                          {before(share(diff.Gone, 200, 1000)), "200 of 1000 moved (limit 20 %)"},
		"three of seven go":                     {before(share(diff.Gone, 3, 7)), ""},
		"four of seven go":                      {before(share(diff.Gone, 4, 7)), "4 of 7"},
		"four of eight go":                      {before(share(diff.Gone, 4, 8)), "4 of 8"},
		"four of nine go":                       {before(share(diff.Gone, 4, 9)), ""},
		"four of five go":                       {before(share(diff.Gone, 4, 5)), "4 of 5"},
		"one of two goes":                       {before(share(diff.Gone, 1, 2)), ""},
		"two of four go":                        {before(share(diff.Gone, 2, 4)), "2 of 4"},
		"the only one goes":                     {before(share(diff.Gone, 1, 1)), "1 of 1"},
		"the only status changes":               {before(share(diff.Statuses, 1, 1)), ""},
		"two of two statuses":                   {before(share(diff.Statuses, 2, 2)), "2 of 2"},
		"five of 24 go":                         {before(share(diff.Gone, 5, 24)), "5 of 24"},
		"all replaced":                          {before(share(diff.Gone, 2, 2)), "2 of 2"},
		"other settings, more entries":          {delta.Delta{Baseline: 5, Entries: 9, Added: keys(4), SettingsChanged: true}, ""},
		"other settings, one goes":              {delta.Delta{Baseline: 5, Entries: 4, Removed: keys(1), SettingsChanged: true}, "other settings"},
		"less than a fifth unpriced":            {before(share(diff.PriceLost, 19, 100)), ""},
		"a fifth loses a price":                 {before(share(diff.PriceLost, 20, 100)), "20 of 100"},
		"29 % of prices":                        {before(amounts(29, 100, "1.1")), ""},
		"30 % of prices":                        {before(amounts(30, 100, "1.1")), "30 of 100 moved (limit 30 %)"},
		"doubled":                               {before(amounts(5, 100, "2")), ""},
		"more than doubled":                     {before(amounts(5, 100, "2.01")), "median factor of 2.01 (limit 0.5 to 2)"},
		"halved":                                {before(amounts(5, 100, "0.5")), ""},
		"more than halved":                      {before(amounts(5, 100, "0.49")), "median factor"},
		"a few times twelve":                    {before(amounts(4, 100, "12")), ""},
		"four of four a little":                 {before(amounts(4, 4, "1.3")), ""},
		"five of five a little":                 {before(amounts(5, 5, "1.3")), "5 of 5"},
		"four of four times millions":           {before(amounts(4, 4, "2000000")), "median factor"},
		"less than 30 % of tax":                 {before(share(diff.Tax, 29, 100)), ""},
		"30 % of tax":                           {before(share(diff.Tax, 30, 100)), "30 of 100"},
		"less than 5 % of units":                {before(share(diff.Unit, 49, 1000)), ""},
		"5 % of units":                          {before(share(diff.Unit, 50, 1000)), "50 of 1000"},
		"four become free":                      {before(share(diff.Zero, 4, 100)), ""},
		"five become free":                      {before(share(diff.Zero, 5, 100)), "5 of 100"},
		"less than half of statuses":            {before(share(diff.Statuses, 49, 100)), ""},
		"half of statuses":                      {before(share(diff.Statuses, 50, 100)), "50 of 100"},
		"less than a fifth emptied":             {before(share(diff.Emptied, 19, 100)), ""},
		"a fifth emptied":                       {before(share(diff.Emptied, 20, 100)), "20 of 100"},
		"nearly ten times longer":               {before(share(diff.Grown, 999, 100)), ""},
		"ten times longer":                      {before(share(diff.Grown, 1000, 100)), "100 entries would become 1000 (limit 10 times)"},
		"first without entries, rows set aside": {delta.Delta{First: true, SetAside: 1}, ""},
		"four of 100 in doubt":                  {before(share(diff.Doubtful, 4, 100)), ""},
		"four of five in doubt":                 {before(share(diff.Doubtful, 4, 5)), ""},
		"five of 250 in doubt":                  {before(share(diff.Doubtful, 5, 250)), ""},
		"five of 249 in doubt":                  {before(share(diff.Doubtful, 5, 249)), "5 of 249 moved (limit 2 %)"},
		"in doubt, and held for units":          {before(share(diff.Unit, 50, 100), share(diff.Doubtful, 50, 100)), "50 of 100 moved (limit 5 %)"},
	} {
		got := strings.Join(ingest.DefaultGuard().Judge(c.delta), "; ")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if strings.Contains(got, "limit 5 %") && strings.Contains(got, "limit 2 %") {
			t.Errorf("%s: doubt is told beside what holds: %q", name, got)
		}
		if off := (ingest.Guard{}).Judge(c.delta); off != nil {
			t.Errorf("%s: a guard that is off says %q", name, off)
		}
	}
}

// TestGuardGivesEachReason wants every reason with its number, its limit and its
// examples, a provider's words as plain text, and the other snapshot where it is
// not the one before.
func TestGuardGivesEachReason(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	moved := amounts(4, 4, "3")
	moved.What, moved.Examples = "prices would change", []diff.Move{{Key: "a", What: "full KRW/month", From: "100", To: "300"}, {Key: "b\x1b[2J", From: "1", To: "3"}}
	gone := diff.Share{Class: diff.Gone, What: "entries would be removed", Moved: 40, Of: 100, Examples: []diff.Move{{Key: "x"}, {Key: strings.Repeat("y", 99)}, {Key: "z"}}}
	fewer := gone
	fewer.Moved = 39
	got := ingest.DefaultGuard().Judge(delta.Delta{Baseline: 100, Entries: 100, Compared: []delta.Compared{
		{With: delta.WithBefore, At: at, Shares: []diff.Share{moved}},
		{With: delta.WithFullest, At: at, Shares: []diff.Share{gone}},
		{With: delta.WithFullest, At: at.Add(time.Hour), Shares: []diff.Share{gone}},
		{With: delta.WithFullest, At: at, Shares: []diff.Share{fewer}},
		{With: delta.WithAfter, At: at, Shares: []diff.Share{gone}},
	}})
	long := strings.Repeat("y", 59) + "…"
	want := []string{
		"4 of 4 prices would change (limit 30 %): a full KRW/month 100 → 300, b·[2J 1 → 3",
		"4 prices would change by a median factor of 3 (limit 0.5 to 2): a full KRW/month 100 → 300, b·[2J 1 → 3",
		"40 of 100 entries would be removed (limit 40 %) since the snapshot of 2026-11-22T03:00:00Z: x, " + long + ", z",
		"40 of 100 entries would be removed (limit 20 %) by the next snapshot, of 2026-11-22T03:00:00Z: x, " + long + ", z",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

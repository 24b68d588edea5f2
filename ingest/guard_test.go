package ingest_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"syncer/ingest"
	"syncer/store"
)

func keys(n int) []string { return make([]string, n) }

// repriced is n prices that change from one amount to another.
func repriced(n int, from, to string) []store.Repricing {
	all := make([]store.Repricing, n)
	for i := range all {
		all[i] = store.Repricing{From: decimal.RequireFromString(from), To: decimal.RequireFromString(to)}
	}
	return all
}

// TestGuardLimits stands each delta just within a limit beside the one just
// beyond it.
func TestGuardLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		delta store.Delta
		want  string // part of the reason, "" to pass
	}{
		"first":                        {store.Delta{First: true, Entries: 7, Added: keys(7)}, ""},
		"first without entries":        {store.Delta{First: true}, "no entries"},
		"empty after entries":          {store.Delta{Baseline: 3, Removed: keys(3)}, "all 3 entries"},
		"empty stays empty":            {store.Delta{}, ""},
		"a fifth goes":                 {store.Delta{Baseline: 100, Entries: 80, Removed: keys(20)}, ""},
		"more than a fifth goes":       {store.Delta{Baseline: 100, Entries: 79, Removed: keys(21)}, "21 of 100 entries"},
		"four of seven go":             {store.Delta{Baseline: 7, Entries: 3, Removed: keys(4)}, ""},
		"five of seven go":             {store.Delta{Baseline: 7, Entries: 2, Removed: keys(5)}, "5 of 7"},
		"all replaced":                 {store.Delta{Baseline: 2, Entries: 2, Added: keys(2), Removed: keys(2)}, "2 of 2"},
		"other settings, more entries": {store.Delta{Baseline: 5, Entries: 9, Added: keys(4), SettingsChanged: true}, ""},
		"other settings, one goes":     {store.Delta{Baseline: 5, Entries: 4, Removed: keys(1), SettingsChanged: true}, "other settings"},
		"a fifth loses a price":        {store.Delta{Baseline: 100, Entries: 100, Unpriced: keys(20)}, ""},
		"more lose a price":            {store.Delta{Baseline: 100, Entries: 100, Unpriced: keys(21)}, "21 of 100 entries would lose a price"},
		"30 % of prices":               {store.Delta{Baseline: 9, Entries: 9, BaselinePrices: 100, Repriced: repriced(30, "10", "11")}, ""},
		"31 % of prices":               {store.Delta{Baseline: 9, Entries: 9, BaselinePrices: 100, Repriced: repriced(31, "10", "11")}, "31 of 100 prices"},
		"doubled":                      {store.Delta{Baseline: 9, Entries: 9, BaselinePrices: 100, Repriced: repriced(5, "10", "20")}, ""},
		"more than doubled":            {store.Delta{Baseline: 9, Entries: 9, BaselinePrices: 100, Repriced: repriced(5, "10", "20.1")}, "median factor"},
		"a few times twelve":           {store.Delta{Baseline: 9, Entries: 9, BaselinePrices: 100, Repriced: repriced(4, "10", "120")}, ""},
		"four become free":             {store.Delta{Baseline: 9, Entries: 9, BaselinePrices: 100, Repriced: repriced(4, "10", "0")}, ""},
		"five become free":             {store.Delta{Baseline: 9, Entries: 9, BaselinePrices: 100, Repriced: append(repriced(5, "10", "0"), repriced(20, "10", "11")...)}, "5 prices would become 0"},
		"five change unit":             {store.Delta{Baseline: 9, Entries: 9, BaselinePrices: 100, Redenominated: 5}, "currency or unit"},
	} {
		got := ingest.DefaultGuard().Judge(c.delta)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if off := (ingest.Guard{}).Judge(c.delta); off != "" {
			t.Errorf("%s: a guard that is off says %q", name, off)
		}
	}
}

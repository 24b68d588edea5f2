package proof_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/storetest"
)

// used is a contract of which some hours were used in January.
func used(hours int64) catalog.Entry {
	entry := storetest.Contracted(catalog.Entry{Key: "c", Name: "c", Attributes: catalog.Attributes(`{}`)})
	begin := storetest.Day(1)
	entry.Usage = []catalog.Usage{{Name: "used_time", Resource: "vm", From: begin, To: begin.AddDate(0, 1, 0), Quantity: decimal.NewFromInt(hours), Unit: "hour"}}
	return entry
}

// figures are what bi shows of them: first day, quantity and unit.
func (w world) figures() []string {
	w.T.Helper()
	return w.Lines("SELECT to_char(first_shown_at, 'DD') || ' ' || quantity_text || ' ' || unit FROM bi.contract_usage ORDER BY first_shown_at, unit")
}

// TestRebuildReadsUsageAnew wants a newer decoder's figures in place of those that
// an older one read, those of pages that are gone to stay, and what was written so
// to be proven: today doubled figures are found.
func TestRebuildReadsUsageAnew(t *testing.T) {
	t.Parallel()
	w := list(t, pgtest.New(t), "contracts", catalog.Contracts, 2)
	for day := 1; day <= 4; day++ {
		w.Put(storetest.Day(day), used(int64(day)))
	}
	w.Exec("DELETE FROM snapshot_pages WHERE taken_at = $1", storetest.Day(1))
	w.Exec("UPDATE snapshots SET given_up_at = now(), given_up_for = 'test' WHERE taken_at = $1", storetest.Day(1))
	w.Alter(func(entry catalog.Entry) catalog.Entry {
		figure := entry.Usage[0]
		figure.Quantity = figure.Quantity.Mul(decimal.NewFromInt(60))
		entry.Usage = []catalog.Usage{figure}
		if entry.Usage[0].Quantity.IntPart() == 240 {
			entry.Usage[0].Unit = "minute"
		}
		return entry
	})
	preview, err := w.Store.PreviewRebuild(t.Context(), w.List, w.List.Rule, w.Source.Reread)
	if err != nil {
		t.Fatal(err)
	}
	report := w.Rebuild(w.List.Rule)
	if diff := gocmp.Diff(preview, report); diff != "" || report.Entries != 1 || report.Superseded.Usage != 3 || report.Inserted.Usage != 3 {
		t.Errorf("rebuilt %+v, and was to be (-preview +rebuild):\n%s", report, diff)
	}
	if diff := gocmp.Diff([]string{"01 1 hour", "02 120 hour", "03 180 hour", "04 240 minute"}, w.figures()); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	w.mustHold()
	if again := w.Rebuild(w.List.Rule); again.Entries != 0 {
		t.Errorf("a second rebuild changed %+v", again)
	}
	for _, sql := range []string{
		"UPDATE contract_usage SET quantity = quantity * 2",
		"UPDATE contract_usage SET recorded_by = 2 WHERE superseded_by IS NULL AND taken_at = '2026-01-03Z'",
		"UPDATE contract_usage SET recorded_by = 4 WHERE superseded_by IS NOT NULL AND taken_at = '2026-01-03Z'",
		"UPDATE contract_usage SET superseded_by = 4 WHERE superseded_by IS NOT NULL",
		"UPDATE contract_usage SET superseded_by = recorded_by WHERE superseded_by IS NULL",
		"DELETE FROM contract_usage WHERE superseded_by IS NULL AND taken_at > '2026-01-01Z'",
	} {
		w.Exec("CREATE TABLE before AS SELECT * FROM contract_usage")
		w.Exec(sql)
		w.mustContradict("contract_usage", "runs")
		w.Exec("DELETE FROM contract_usage; INSERT INTO contract_usage SELECT * FROM before; DROP TABLE before")
		w.mustHold()
	}
}

// TestRebuildMendsUsage wants figures that other hands changed to be written anew.
func TestRebuildMendsUsage(t *testing.T) {
	t.Parallel()
	w := list(t, pgtest.New(t), "contracts", catalog.Contracts, 2)
	w.Put(storetest.Day(1), used(1))
	w.Put(storetest.Day(2), used(2))
	w.Exec("UPDATE contract_usage SET quantity = quantity * 2")
	w.mustContradict("contract_usage")
	w.repaired()
	if diff := gocmp.Diff([]string{"01 1 hour", "02 2 hour"}, w.figures()); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

// TestUsageOfPagesThatWereGivenUp wants a late snapshot with the pages of one before
// it, which were given up, to have figures and pages of its own.
func TestUsageOfPagesThatWereGivenUp(t *testing.T) {
	t.Parallel()
	w := list(t, pgtest.New(t), "contracts", catalog.Contracts, 2)
	first := w.Source.Snapshot(t, used(1))
	w.Write(storetest.Day(1), first)
	w.Put(storetest.Day(5), used(5))
	if given := w.GiveUp(store.Keep{Age: time.Minute}); given.Pages != 1 {
		t.Fatalf("gave up %+v, want one page", given)
	}
	w.Write(storetest.Day(3), first)
	got := w.Lines("SELECT to_char(taken_at, 'DD') || ' ' || quantity FROM contract_usage ORDER BY taken_at")
	if diff := gocmp.Diff([]string{"01 1", "03 1", "05 5"}, got); diff != "" {
		t.Errorf("usage (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff([]string{"01 1 hour", "05 5 hour"}, w.figures()); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	w.mustHold()
	w.Exec("UPDATE contract_usage SET quantity = 7 WHERE taken_at = $1", storetest.Day(3))
	w.mustContradict("contract_usage")
}

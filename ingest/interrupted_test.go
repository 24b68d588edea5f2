package ingest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/ingest"
	"syncer/store"
	"syncer/store/record"
)

// during makes something happen while the list is being walked.
func (s *stage) during(page int, happens func()) {
	s.runner.Notice = func(p ingest.Progress) {
		if p.Pages == page {
			happens()
		}
	}
}

func (s *stage) execute(t *testing.T, sql string) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// TestCanceledRunIsRecorded wants the failure in the run's row though the
// context is gone.
func TestCanceledRunIsRecorded(t *testing.T) {
	s := newStage(t, "iwinv", "flavors")
	before := s.counts(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.during(2, cancel)
	_, err := s.runner.Sync(ctx, s.list, s.fetcher, nil)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got error %v", err)
	}
	s.mustBeFailed(t, err, "canceled", []string{"iwinv/flavors", "page 3"})
	if diff := cmp.Diff(before, s.counts(t)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
}

// TestAbandonedDuringWalk wants a run that others closed to write nothing, and
// to leave their word in its row.
func TestAbandonedDuringWalk(t *testing.T) {
	s := newStage(t, "iwinv", "flavors")
	before := s.counts(t)
	s.during(2, func() { s.execute(t, "UPDATE runs SET outcome = 'abandoned', ended_at = now()") })
	if _, err := s.sync(t); !errors.Is(err, store.ErrNotOurs) {
		t.Errorf("got error %v", err)
	}
	if outcome := one[string](t, s.pool, "SELECT outcome FROM runs"); outcome != "abandoned" {
		t.Errorf("the run's outcome is %q", outcome)
	}
	if diff := cmp.Diff(before, s.counts(t)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
}

// TestDatabaseFailsDuringWrite wants the whole write undone when its last
// statements fail, and the run to say that it was the database.
func TestDatabaseFailsDuringWrite(t *testing.T) {
	s := newStage(t, "iwinv", "flavors")
	before := s.counts(t)
	s.during(1, func() { s.execute(t, "ALTER TABLE snapshot_pages RENAME COLUMN request TO away") })
	_, err := s.sync(t)
	if err == nil {
		t.Fatal("the sync succeeded")
	}
	s.mustBeFailed(t, err, "database", []string{"iwinv/flavors", "link pages"})
	if diff := cmp.Diff(before, s.counts(t)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	s.execute(t, "ALTER TABLE snapshot_pages RENAME COLUMN away TO request")
	s.runner.Notice = nil
	s.mustSync(t, record.Changed)
}

package ingest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/store"
	"syncer/store/record"
)

// newer is a fetcher whose decoder has learned a field.
type newer struct{ catalog.Fetcher }

func (n newer) List() catalog.List {
	list := n.Fetcher.List()
	list.DecoderVersion++
	return list
}

func (n newer) Decode(p catalog.Page) (catalog.Decoded, error) {
	decoded, err := n.Fetcher.Decode(p)
	for i := range decoded.Entries {
		decoded.Entries[i].Lifecycle = new("GA")
	}
	return decoded, err
}

// TestNewDecoderRebuildsBeforeItsFirstWrite wants a field that a newer decoder
// reads to be there from the first snapshot on, without a version more, and an
// older binary to write nothing afterwards.
func TestNewDecoderRebuildsBeforeItsFirstWrite(t *testing.T) {
	t.Parallel()
	s := newStage(t, "iwinv", "flavors")
	s.spoiled = true
	s.importInto(t, s.walked(t, 0), at(0))
	s.importInto(t, s.walked(t, 20), at(20))
	versions := one[int](t, s.pool, "SELECT count(*) FROM product_versions")
	older, olderList := s.fetcher, s.list
	s.fetcher = newer{s.fetcher}
	list, err := s.runner.Store.EnsureList(t.Context(), s.fetcher.List(), record.ListSettings{Rule: s.list.Rule})
	if err != nil {
		t.Fatal(err)
	}
	s.list = list
	if report := s.mustSyncAt(t, at(20).Add(time.Hour)); report.Outcome != record.Unchanged {
		t.Errorf("the first sync is %s", report.Outcome)
	}
	if n := one[int](t, s.pool, "SELECT count(*) FROM product_versions WHERE superseded_by IS NULL"); n != versions {
		t.Errorf("%d versions, want %d", n, versions)
	}
	got := column[string](t, s.pool, "SELECT DISTINCT coalesce(lifecycle, '') FROM product_versions WHERE superseded_by IS NULL")
	if diff := cmp.Diff([]string{"GA"}, got); diff != "" {
		t.Errorf("lifecycle (-want +got):\n%s", diff)
	}
	before := s.counts(t)
	s.fetcher, s.list = older, olderList
	_, err = s.runner.Sync(t.Context(), s.list, s.fetcher, nil)
	if !errors.Is(err, store.ErrDecoderOld) || !strings.Contains(err.Error(), "iwinv/flavors") {
		t.Errorf("the older binary: got %v", err)
	}
	if _, err := s.runner.SyncAt(t.Context(), s.list, s.fetcher, at(22)); !errors.Is(err, store.ErrDecoderOld) {
		t.Errorf("the older binary, at a moment: got %v", err)
	}
	if running := one[int](t, s.pool, "SELECT count(*) FROM runs WHERE outcome = 'running'"); running != 0 {
		t.Errorf("%d runs are left running", running)
	}
	if diff := cmp.Diff(before, s.counts(t)); diff != "" {
		t.Errorf("the older binary wrote (-before +after):\n%s", diff)
	}
}

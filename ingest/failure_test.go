package ingest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/store/record"
)

// TestPanicIsAFailedRun wants it recorded, and the next run as if nothing had
// been.
func TestPanicIsAFailedRun(t *testing.T) {
	s := newStage(t, "iwinv", "flavors")
	before := s.counts(t)
	s.during(2, func() { panic("on purpose") })
	_, err := s.sync(t)
	if err == nil {
		t.Fatal("the sync succeeded")
	}
	s.mustBeFailed(t, err, "internal", []string{"iwinv/flavors", "panic: on purpose"})
	if diff := cmp.Diff(before, s.counts(t)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	s.runner.Notice = nil
	s.mustSync(t, record.Changed)
}

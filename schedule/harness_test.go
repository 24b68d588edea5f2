package schedule_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/schedule"
)

// harness is a scheduler in a bubble of time, and what it did.
type harness struct {
	*schedule.Scheduler
	stop func() // and wait until Run has returned

	mutex    sync.Mutex
	ahead    time.Duration // how far the clock on the wall was set
	runs     []string      // due times, as text
	skipped  []string
	panicked []any
	turns    int
}

const grace = time.Minute

func newHarness(t *testing.T) *harness {
	h := &harness{}
	h.Scheduler = schedule.New(schedule.Options{
		Now: h.now, Grace: grace,
		Skipped: func(_ context.Context, name string, due, running time.Time) {
			h.note(&h.skipped, name+" "+clockText(due)+" for "+clockText(running))
		},
		Panicked: func(_ string, _ time.Time, reason any, stack []byte) {
			h.mutex.Lock()
			defer h.mutex.Unlock()
			if len(stack) == 0 {
				t.Error("a panic without a stack")
			}
			h.panicked = append(h.panicked, reason)
		},
		Turned: func() { h.mutex.Lock(); h.turns++; h.mutex.Unlock() },
	})
	return h
}

// start runs the scheduler until stop or the end of the test.
func (h *harness) start(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { h.Run(ctx); close(done) }()
	h.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(h.stop)
}

func (h *harness) now() time.Time {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return time.Now().Add(h.ahead)
}

// setClock moves the clock on the wall; timers do not notice.
func (h *harness) setClock(by time.Duration) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.ahead += by
}

func (h *harness) note(where *[]string, text string) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	*where = append(*where, text)
}

// take returns what ran since it was last asked.
func (h *harness) take() []string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	taken := h.runs
	h.runs = nil
	return taken
}

func (h *harness) turned() int {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.turns
}

func clockText(at time.Time) string { return at.Format("15:04:05") }

// noting is a job that only notes its due time.
func (h *harness) noting(t *testing.T, name, expression string) schedule.Job {
	return schedule.Job{Name: name, Schedule: parse(t, expression, "UTC"), Run: func(_ context.Context, due time.Time) {
		h.note(&h.runs, clockText(due))
	}}
}

func wantRuns(t *testing.T, h *harness, want ...string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(want, h.take()); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// The bubble's time begins at 2000-01-01 00:00 UTC.

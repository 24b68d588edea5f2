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

// bench is a scheduler in a bubble of time, and what it did.
type bench struct {
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

func newBench(t *testing.T) *bench {
	b := &bench{}
	b.Scheduler = schedule.New(schedule.Options{
		Now: b.now, Grace: grace,
		Skipped: func(_ context.Context, name string, due, running time.Time) {
			b.note(&b.skipped, name+" "+clockText(due)+" for "+clockText(running))
		},
		Panicked: func(_ string, _ time.Time, reason any, stack []byte) {
			b.mutex.Lock()
			defer b.mutex.Unlock()
			if len(stack) == 0 {
				t.Error("a panic without a stack")
			}
			b.panicked = append(b.panicked, reason)
		},
		Turned: func() { b.mutex.Lock(); b.turns++; b.mutex.Unlock() },
	})
	return b
}

// start runs the scheduler until stop or the end of the test.
func (b *bench) start(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { b.Run(ctx); close(done) }()
	b.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(b.stop)
}

func (b *bench) now() time.Time {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return time.Now().Add(b.ahead)
}

// setClock moves the clock on the wall; timers do not notice.
func (b *bench) setClock(by time.Duration) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.ahead += by
}

func (b *bench) note(where *[]string, text string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	*where = append(*where, text)
}

// take returns what ran since it was last asked.
func (b *bench) take() []string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	taken := b.runs
	b.runs = nil
	return taken
}

func (b *bench) turned() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.turns
}

func clockText(at time.Time) string { return at.Format("15:04:05") }

// noting is a job that only notes its due time.
func (b *bench) noting(t *testing.T, name, expression string) schedule.Job {
	return schedule.Job{Name: name, Schedule: parse(t, expression, "UTC"), Run: func(_ context.Context, due time.Time) {
		b.note(&b.runs, clockText(due))
	}}
}

func wantRuns(t *testing.T, b *bench, want ...string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(want, b.take()); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// The bubble's time begins at 2000-01-01 00:00 UTC.

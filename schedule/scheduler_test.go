package schedule_test

import (
	"context"
	"errors"
	"slices"
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

func TestRunsAtDueTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Set([]schedule.Job{b.noting(t, "a", "*/10 * * * *")})
		b.start(t)
		time.Sleep(30*time.Minute + time.Second)
		wantRuns(t, b, "00:10:00", "00:20:00", "00:30:00")
	})
}

func TestStartIsExactAndJitteredTheDueTimeIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		job := b.noting(t, "a", "0 * * * *")
		job.Jitter = 7 * time.Minute
		var started []string
		job.Run = func(_ context.Context, due time.Time) {
			started = append(started, clockText(due)+" at "+clockText(time.Now().UTC()))
		}
		b.Set([]schedule.Job{job})
		b.start(t)
		time.Sleep(2*time.Hour + 10*time.Minute)
		b.stop()
		if diff := cmp.Diff([]string{"00:00:00 at 00:07:00", "01:00:00 at 01:07:00", "02:00:00 at 02:07:00"}, started); diff != "" {
			t.Errorf("starts (-want +got):\n%s", diff)
		}
	})
}

func TestDowntimeIsCaughtUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		job := b.noting(t, "a", "@hourly")
		job.Last = time.Now().Add(-36 * time.Hour)
		b.Set([]schedule.Job{job, b.noting(t, "never ran", "@hourly")})
		b.start(t)
		time.Sleep(time.Minute)
		wantRuns(t, b, "00:00:00")
		time.Sleep(time.Hour)
		wantRuns(t, b, "01:00:00", "01:00:00")
	})
}

func TestOverlapIsSkippedAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		job := b.noting(t, "a", "@every 10m")
		var running, most int
		job.Run = func(_ context.Context, due time.Time) {
			b.note(&b.runs, clockText(due))
			running++
			most = max(most, running)
			time.Sleep(25 * time.Minute)
			running--
		}
		b.Set([]schedule.Job{job, b.noting(t, "b", "@every 30m")})
		b.start(t)
		time.Sleep(45 * time.Minute)
		wantRuns(t, b, "00:10:00", "00:30:00", "00:40:00")
		if diff := cmp.Diff([]string{"a 00:20:00 for 00:10:00", "a 00:30:00 for 00:10:00"}, b.skipped); diff != "" {
			t.Errorf("skipped (-want +got):\n%s", diff)
		}
		state := b.States()[0]
		if state.Skipped != 2 || clockText(state.Running) != "00:40:00" || clockText(state.Next) != "00:50:00" {
			t.Errorf("state %+v", state)
		}
		b.stop()
		if most != 1 {
			t.Errorf("%d ran at once", most)
		}
	})
}

func TestPanicDoesNotStopTheNextDueTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		job := b.noting(t, "a", "@every 1m")
		job.Run = func(_ context.Context, due time.Time) {
			b.note(&b.runs, clockText(due))
			panic("at " + clockText(due))
		}
		b.Set([]schedule.Job{job, b.noting(t, "b", "30 * * * * *")})
		b.start(t)
		time.Sleep(2*time.Minute + time.Second)
		wantRuns(t, b, "00:00:30", "00:01:00", "00:01:30", "00:02:00")
		if diff := cmp.Diff([]any{"at 00:01:00", "at 00:02:00"}, b.panicked); diff != "" {
			t.Errorf("panics (-want +got):\n%s", diff)
		}
		if states := b.States(); states[0].Panicked != 2 || !states[0].Running.IsZero() {
			t.Errorf("state %+v", states[0])
		}
	})
}

func TestClockSetBackByAnHourDoesNotSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Set([]schedule.Job{b.noting(t, "a", "*/10 * * * *")})
		b.start(t)
		time.Sleep(61 * time.Minute)
		b.take()
		b.setClock(-time.Hour) // 00:01
		time.Sleep(20 * time.Minute)
		wantRuns(t, b, "00:10:00", "00:20:00")
	})
}

func TestClockSetBackALittleDoublesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		busy := schedule.Job{Name: "turns the loop", Schedule: parse(t, "@every 1s", "UTC"), Run: func(context.Context, time.Time) {}}
		b.Set([]schedule.Job{b.noting(t, "a", "*/10 * * * *"), busy})
		b.start(t)
		time.Sleep(10*time.Minute + time.Second)
		b.setClock(-3 * time.Second)
		time.Sleep(10*time.Minute + 5*time.Second)
		b.setClock(-9 * time.Minute)
		time.Sleep(20 * time.Minute)
		wantRuns(t, b, "00:10:00", "00:20:00", "00:30:00")
	})
}

func TestClockSetForwardRunsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Set([]schedule.Job{b.noting(t, "a", "*/10 * * * *")})
		b.start(t)
		time.Sleep(time.Minute)
		b.setClock(6 * time.Hour)
		time.Sleep(31 * time.Second) // noticed within the poll
		wantRuns(t, b, "06:00:00")
		time.Sleep(10 * time.Minute)
		wantRuns(t, b, "06:10:00")
	})
}

func TestStopWaitsForTheGraceThenEndsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		quick, slow := b.noting(t, "quick", "@every 1m"), b.noting(t, "slow", "@every 1m")
		quick.Run = func(ctx context.Context, _ time.Time) {
			time.Sleep(grace / 2)
			b.note(&b.runs, "quick: "+errorText(context.Cause(ctx)))
		}
		slow.Run = func(ctx context.Context, _ time.Time) {
			<-ctx.Done()
			b.note(&b.runs, "slow: "+errorText(context.Cause(ctx)))
			if !errors.Is(context.Cause(ctx), schedule.ErrGrace) {
				t.Error("another cause")
			}
		}
		b.Set([]schedule.Job{quick, slow, b.noting(t, "later", "5 1 0 1 1 *")})
		b.start(t)
		time.Sleep(time.Minute + time.Second)
		turns, stopped := b.turned(), time.Now()
		b.stop()
		if took := time.Since(stopped); took != grace {
			t.Errorf("stopping took %s, want the grace, %s", took, grace)
		}
		if b.turned() <= turns {
			t.Error("it was not seen alive while it stopped")
		}
		wantRuns(t, b, "quick: none", "slow: "+schedule.ErrGrace.Error()) // and never "later"
	})
}

func errorText(err error) string {
	if err == nil {
		return "none"
	}
	return err.Error()
}

func TestStopIsAtOnceWhenNothingRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start(t)
		time.Sleep(time.Minute)
		stopped := time.Now()
		b.stop()
		if took := time.Since(stopped); took != 0 {
			t.Errorf("stopping took %s", took)
		}
	})
}

func TestSetReplacesWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		slow := b.noting(t, "slow", "@every 10m")
		slow.Run = func(_ context.Context, due time.Time) {
			b.note(&b.runs, "begun "+clockText(due))
			time.Sleep(25 * time.Minute)
		}
		b.Set([]schedule.Job{b.noting(t, "a", "@every 10m"), slow})
		b.start(t)
		time.Sleep(11 * time.Minute)
		b.take()
		b.Set([]schedule.Job{b.noting(t, "a", "@every 1m")}) // slow goes on until 00:35
		wantRuns(t, b)
		time.Sleep(time.Minute)
		wantRuns(t, b, "00:12:00")
		b.Set([]schedule.Job{slow}) // still running: it must not run twice
		time.Sleep(20 * time.Minute)
		wantRuns(t, b)
		time.Sleep(10 * time.Minute)
		wantRuns(t, b, "begun 00:40:00")
		b.Set(nil)
		time.Sleep(time.Hour)
		if states := b.States(); len(states) != 0 {
			t.Errorf("jobs that were left out: %+v", states)
		}
	})
}

func TestAgainStartsADueTimeOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		job := b.noting(t, "a", "@every 10m")
		job.Run = func(_ context.Context, due time.Time) { b.note(&b.runs, clockText(due)); time.Sleep(time.Minute) }
		b.Set([]schedule.Job{job})
		b.start(t)
		time.Sleep(20*time.Minute + time.Second)
		wantRuns(t, b, "00:10:00", "00:20:00")
		b.Again("a", time.Date(2000, 1, 1, 0, 20, 0, 0, time.UTC)) // it is being run
		b.Again("nobody", time.Now())
		time.Sleep(2 * time.Minute)
		wantRuns(t, b)
		b.Again("a", time.Date(2000, 1, 1, 0, 10, 0, 0, time.UTC))
		wantRuns(t, b, "00:10:00")
		b.Again("a", time.Date(2000, 1, 1, 0, 20, 0, 0, time.UTC)) // after the one that runs
		time.Sleep(10 * time.Minute)
		wantRuns(t, b, "00:20:00", "00:30:00")
	})
}

// TestLoopIsSeenAliveWhileAJobHangs wants turns at every poll.
func TestLoopIsSeenAliveWhileAJobHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		job := b.noting(t, "a", "@every 1m")
		job.Run = func(ctx context.Context, _ time.Time) { <-ctx.Done() }
		b.Set([]schedule.Job{job})
		b.start(t)
		time.Sleep(90 * time.Second)
		synctest.Wait()
		before := b.turned()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if turned := b.turned() - before; turned < 20 {
			t.Errorf("%d turns in ten minutes", turned)
		}
	})
}

// TestEveryZoneRunsOnceInItsNights drives a whole scheduler through the nights
// in which clocks are moved.
func TestEveryZoneRunsOnceInItsNights(t *testing.T) {
	for _, test := range []struct {
		zone, expression string
		night            time.Time
		want             []string
	}{
		{"America/New_York", "30 2 * * *", time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC), []string{"07:00:00"}},
		{"America/New_York", "30 1 * * *", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), []string{"05:30:00"}},
		{"Europe/Berlin", "30 2 * * *", time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), []string{"01:00:00"}},
		{"Europe/Berlin", "30 2 * * *", time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC), []string{"00:30:00"}},
		{"Australia/Lord_Howe", "15 2 * * *", time.Date(2026, 10, 3, 6, 0, 0, 0, time.UTC), []string{"15:30:00"}},
		{"Australia/Lord_Howe", "45 1 * * *", time.Date(2026, 4, 4, 6, 0, 0, 0, time.UTC), []string{"14:45:00"}},
		{"Asia/Seoul", "30 2 * * *", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), []string{"17:30:00"}},
		{"UTC", "30 2 * * *", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), []string{"02:30:00"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.setClock(time.Until(test.night))
			job := b.noting(t, "a", test.expression)
			job.Schedule = parse(t, test.expression, test.zone)
			b.Set([]schedule.Job{job})
			b.start(t)
			time.Sleep(24*time.Hour - time.Minute)
			synctest.Wait()
			if got := b.take(); !slices.Equal(got, test.want) {
				t.Errorf("%s in %s: got %v, want %v", test.expression, test.zone, got, test.want)
			}
		})
	}
}

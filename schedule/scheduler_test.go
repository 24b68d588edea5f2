package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/schedule"
)

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

// TestDowntimeIsCaughtUpOnce covers nasty case 40.
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

// TestOverlapIsSkippedAndCounted covers nasty case 41.
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

// TestWhatHangsDelaysNobody has fifty jobs, of which ten never end: all others
// start at the very second of each of their due times.
func TestWhatHangsDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		var jobs []schedule.Job
		for i := range 50 {
			job := b.noting(t, fmt.Sprintf("job %d", i), "@every 5s")
			job.Run = func(ctx context.Context, due time.Time) {
				if i%5 == 0 {
					<-ctx.Done()
					return
				}
				b.note(&b.runs, clockText(due))
				if late := time.Since(due); late != 0 {
					t.Errorf("%s begins %s late", clockText(due), late)
				}
				time.Sleep(4 * time.Second)
			}
			jobs = append(jobs, job)
		}
		b.Set(jobs)
		b.start(t)
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		if runs := len(b.take()); runs != 40*120 {
			t.Errorf("%d runs, want 40 jobs at 120 due times", runs)
		}
		if skipped := len(b.skipped); skipped != 10*119 {
			t.Errorf("%d due times were skipped, want all but the first of ten jobs", skipped)
		}
	})
}

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
		h := newHarness(t)
		h.Set([]schedule.Job{h.noting(t, "a", "*/10 * * * *")})
		h.start(t)
		time.Sleep(30*time.Minute + time.Second)
		wantRuns(t, h, "00:10:00", "00:20:00", "00:30:00")
	})
}

func TestStartIsExactAndJitteredTheDueTimeIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		job := h.noting(t, "a", "0 * * * *")
		job.Jitter = 7 * time.Minute
		var started []string
		job.Run = func(_ context.Context, due time.Time) {
			started = append(started, clockText(due)+" at "+clockText(time.Now().UTC()))
		}
		h.Set([]schedule.Job{job})
		h.start(t)
		time.Sleep(2*time.Hour + 10*time.Minute)
		h.stop()
		if diff := cmp.Diff([]string{"00:00:00 at 00:07:00", "01:00:00 at 01:07:00", "02:00:00 at 02:07:00"}, started); diff != "" {
			t.Errorf("starts (-want +got):\n%s", diff)
		}
	})
}

// TestDowntimeIsCaughtUpOnce covers nasty case 40.
func TestDowntimeIsCaughtUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		job := h.noting(t, "a", "@hourly")
		job.Last = time.Now().Add(-36 * time.Hour)
		h.Set([]schedule.Job{job, h.noting(t, "never ran", "@hourly")})
		h.start(t)
		time.Sleep(time.Minute)
		wantRuns(t, h, "00:00:00")
		time.Sleep(time.Hour)
		wantRuns(t, h, "01:00:00", "01:00:00")
	})
}

// TestOverlapIsSkippedAndCounted covers nasty case 41.
func TestOverlapIsSkippedAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		job := h.noting(t, "a", "@every 10m")
		var running, most int
		job.Run = func(_ context.Context, due time.Time) {
			h.note(&h.runs, clockText(due))
			running++
			most = max(most, running)
			time.Sleep(25 * time.Minute)
			running--
		}
		h.Set([]schedule.Job{job, h.noting(t, "b", "@every 30m")})
		h.start(t)
		time.Sleep(45 * time.Minute)
		wantRuns(t, h, "00:10:00", "00:30:00", "00:40:00")
		if diff := cmp.Diff([]string{"a 00:20:00 for 00:10:00", "a 00:30:00 for 00:10:00"}, h.skipped); diff != "" {
			t.Errorf("skipped (-want +got):\n%s", diff)
		}
		state := h.States()[0]
		if state.Skipped != 2 || clockText(state.Running) != "00:40:00" || clockText(state.Next) != "00:50:00" {
			t.Errorf("state %+v", state)
		}
		h.stop()
		if most != 1 {
			t.Errorf("%d ran at once", most)
		}
	})
}

func TestPanicDoesNotStopTheNextDueTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		job := h.noting(t, "a", "@every 1m")
		job.Run = func(_ context.Context, due time.Time) {
			h.note(&h.runs, clockText(due))
			panic("at " + clockText(due))
		}
		h.Set([]schedule.Job{job, h.noting(t, "b", "30 * * * * *")})
		h.start(t)
		time.Sleep(2*time.Minute + time.Second)
		wantRuns(t, h, "00:00:30", "00:01:00", "00:01:30", "00:02:00")
		if diff := cmp.Diff([]any{"at 00:01:00", "at 00:02:00"}, h.panicked); diff != "" {
			t.Errorf("panics (-want +got):\n%s", diff)
		}
		if states := h.States(); states[0].Panicked != 2 || !states[0].Running.IsZero() {
			t.Errorf("state %+v", states[0])
		}
	})
}

func TestStopWaitsForTheGraceThenEndsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		quick, slow := h.noting(t, "quick", "@every 1m"), h.noting(t, "slow", "@every 1m")
		quick.Run = func(ctx context.Context, _ time.Time) {
			time.Sleep(grace / 2)
			h.note(&h.runs, "quick: "+errorText(context.Cause(ctx)))
		}
		slow.Run = func(ctx context.Context, _ time.Time) {
			<-ctx.Done()
			h.note(&h.runs, "slow: "+errorText(context.Cause(ctx)))
			if !errors.Is(context.Cause(ctx), schedule.ErrGrace) {
				t.Error("another cause")
			}
		}
		h.Set([]schedule.Job{quick, slow, h.noting(t, "later", "5 1 0 1 1 *")})
		h.start(t)
		time.Sleep(time.Minute + time.Second)
		turns, stopped := h.turned(), time.Now()
		h.stop()
		if took := time.Since(stopped); took != grace {
			t.Errorf("stopping took %s, want the grace, %s", took, grace)
		}
		if h.turned() <= turns {
			t.Error("it was not seen alive while it stopped")
		}
		wantRuns(t, h, "quick: none", "slow: "+schedule.ErrGrace.Error()) // and never "later"
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
		h := newHarness(t)
		h.start(t)
		time.Sleep(time.Minute)
		stopped := time.Now()
		h.stop()
		if took := time.Since(stopped); took != 0 {
			t.Errorf("stopping took %s", took)
		}
	})
}

func TestSetReplacesWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		slow := h.noting(t, "slow", "@every 10m")
		slow.Run = func(_ context.Context, due time.Time) {
			h.note(&h.runs, "begun "+clockText(due))
			time.Sleep(25 * time.Minute)
		}
		h.Set([]schedule.Job{h.noting(t, "a", "@every 10m"), slow})
		h.start(t)
		time.Sleep(11 * time.Minute)
		h.take()
		h.Set([]schedule.Job{h.noting(t, "a", "@every 1m")}) // slow goes on until 00:35
		wantRuns(t, h)
		time.Sleep(time.Minute)
		wantRuns(t, h, "00:12:00")
		h.Set([]schedule.Job{slow}) // still running: it must not run twice
		time.Sleep(20 * time.Minute)
		wantRuns(t, h)
		time.Sleep(10 * time.Minute)
		wantRuns(t, h, "begun 00:40:00")
		h.Set(nil)
		time.Sleep(time.Hour)
		if states := h.States(); len(states) != 0 {
			t.Errorf("jobs that were left out: %+v", states)
		}
	})
}

func TestAgainStartsADueTimeOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		job := h.noting(t, "a", "@every 10m")
		job.Run = func(_ context.Context, due time.Time) { h.note(&h.runs, clockText(due)); time.Sleep(time.Minute) }
		h.Set([]schedule.Job{job})
		h.start(t)
		time.Sleep(20*time.Minute + time.Second)
		wantRuns(t, h, "00:10:00", "00:20:00")
		h.Again("a", time.Date(2000, 1, 1, 0, 20, 0, 0, time.UTC)) // it is being run
		h.Again("nobody", time.Now())
		time.Sleep(2 * time.Minute)
		wantRuns(t, h)
		h.Again("a", time.Date(2000, 1, 1, 0, 10, 0, 0, time.UTC))
		wantRuns(t, h, "00:10:00")
		h.Again("a", time.Date(2000, 1, 1, 0, 20, 0, 0, time.UTC)) // after the one that runs
		time.Sleep(10 * time.Minute)
		wantRuns(t, h, "00:20:00", "00:30:00")
	})
}

// TestLoopIsSeenAliveWhileAJobHangs wants turns at every poll.
func TestLoopIsSeenAliveWhileAJobHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		job := h.noting(t, "a", "@every 1m")
		job.Run = func(ctx context.Context, _ time.Time) { <-ctx.Done() }
		h.Set([]schedule.Job{job})
		h.start(t)
		time.Sleep(90 * time.Second)
		synctest.Wait()
		before := h.turned()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if turned := h.turned() - before; turned < 20 {
			t.Errorf("%d turns in ten minutes", turned)
		}
	})
}

// TestWhatHangsDelaysNobody has fifty jobs, of which ten never end: all others
// start at the very second of each of their due times.
func TestWhatHangsDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		var jobs []schedule.Job
		for i := range 50 {
			job := h.noting(t, fmt.Sprintf("job %d", i), "@every 5s")
			job.Run = func(ctx context.Context, due time.Time) {
				if i%5 == 0 {
					<-ctx.Done()
					return
				}
				h.note(&h.runs, clockText(due))
				if late := time.Since(due); late != 0 {
					t.Errorf("%s begins %s late", clockText(due), late)
				}
				time.Sleep(4 * time.Second)
			}
			jobs = append(jobs, job)
		}
		h.Set(jobs)
		h.start(t)
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		if runs := len(h.take()); runs != 40*120 {
			t.Errorf("%d runs, want 40 jobs at 120 due times", runs)
		}
		if skipped := len(h.skipped); skipped != 10*119 {
			t.Errorf("%d due times were skipped, want all but the first of ten jobs", skipped)
		}
	})
}

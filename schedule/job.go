package schedule

import (
	"context"
	"time"
)

// Job is what is run at the due times of a schedule.
type Job struct {
	// Name is unique among the jobs of a Scheduler.
	Name     string
	Schedule Schedule
	// Jitter delays each start; see the function of that name.
	Jitter time.Duration
	// Last is the newest due time that any process has started; zero if there
	// is none. A later one that has passed is caught up on at once.
	Last time.Time
	// Run does the work for a due time. It returns when its context ends.
	Run func(ctx context.Context, due time.Time)
}

// State describes what a job is doing.
type State struct {
	Name string
	// Running is the due time being worked on, Next the coming one; zero if
	// there is none.
	Running, Next time.Time
	// Skipped and Panicked count since the process began.
	Skipped, Panicked int
}

// job is a Job and its state.
type job struct {
	Job
	taken time.Time // the newest due time that needs no start any more
	again time.Time // one that has to be started once more
	state State
}

func newJob(described Job, now time.Time) *job {
	j := &job{Job: described, taken: described.Last}
	if j.taken.IsZero() {
		j.taken = j.latest(now)
	}
	return j
}

// replace gives a job new settings. A new schedule begins now: its earlier due
// times were not missed.
func (j *job) replace(described Job, now time.Time) {
	moved := !j.Schedule.Equal(described.Schedule)
	j.Job = described
	if latest := j.latest(now); moved && latest.After(j.taken) {
		j.taken = latest
	}
}

// latest is the newest due time whose start, with jitter, has come.
func (j *job) latest(now time.Time) time.Time { return j.Schedule.Last(now.Add(-j.Jitter)) }

// ready returns the due time to start now. Of several that have passed, as
// after a night's sleep of the machine or a clock set forward, it is the
// newest alone. No due time comes twice while the clock goes forward or is set
// back by less than an interval; set back further, it starts over from the
// time that it shows, for otherwise it would be silent until it has caught up.
func (j *job) ready(now time.Time) (due time.Time, ready bool) {
	at := now.Add(-j.Jitter)
	if next := j.Schedule.Next(j.taken); !at.Before(j.taken) && next.After(at) {
		return time.Time{}, false // the usual case, without a search
	}
	latest := j.latest(now)
	if latest.After(j.taken) {
		j.taken = latest
		return latest, true
	}
	if latest.Before(j.taken) && j.Schedule.Next(at).Before(j.taken) {
		j.taken = latest
	}
	return time.Time{}, false
}

// start is when the next due time is to be started; zero if there is none.
func (j *job) start(now time.Time) time.Time {
	next := j.Schedule.Next(now.Add(-j.Jitter))
	if next.IsZero() {
		return next
	}
	return next.Add(j.Jitter)
}

func (j *job) busy() bool { return !j.state.Running.IsZero() }

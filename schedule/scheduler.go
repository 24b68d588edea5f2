package schedule

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// ErrGrace is why the context of a job ended that was still running when the
// time to finish was over.
var ErrGrace = fmt.Errorf("the time to finish is over: %w", context.Canceled)

// Options are what a Scheduler needs of its surroundings. Callbacks are
// optional and may be called from several goroutines at once.
type Options struct {
	// Now is the clock on the wall.
	Now func() time.Time
	// Poll is how often that clock is looked at, at least; 0: 30 s. Timers go
	// by another clock, which is not set, and stands still while the machine
	// sleeps.
	Poll time.Duration
	// Grace is how long jobs may go on when the scheduler stops.
	Grace time.Duration
	// Skipped is called for a due time that came while its job was still busy
	// with an earlier one.
	Skipped func(ctx context.Context, name string, due, running time.Time)
	// Panicked is called for a job that panicked. Its next due time runs.
	Panicked func(name string, due time.Time, reason any, stack []byte)
	// Turned is called after each turn of the loop, as a sign of life.
	Turned func()
}

// Scheduler starts jobs at their due times, each at most once at a time.
type Scheduler struct {
	options Options
	wake    chan struct{}
	started sync.WaitGroup

	mutex sync.Mutex
	jobs  map[string]*job
}

// New returns a scheduler without jobs; see Set and Run.
func New(options Options) *Scheduler {
	if options.Poll <= 0 {
		options.Poll = 30 * time.Second
	}
	return &Scheduler{options: options, wake: make(chan struct{}, 1), jobs: map[string]*job{}}
}

// Set replaces the jobs, also while the scheduler runs. A job whose name is
// known keeps its state; one that is left out ends after what it is doing.
func (s *Scheduler) Set(jobs []Job) {
	now := s.now()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	known := s.jobs
	s.jobs = make(map[string]*job, len(jobs))
	for _, described := range jobs {
		j, found := known[described.Name]
		if found {
			j.replace(described, now)
		} else {
			j = newJob(described, now)
		}
		s.jobs[described.Name] = j
	}
	for name, j := range known {
		if s.jobs[name] == nil && j.busy() {
			j.Schedule = Schedule{} // until it is idle: should it come back before, it must not run twice
			s.jobs[name] = j
		}
	}
	s.stir()
}

// Again starts a due time once more, as soon as its job is idle: one that
// another process took and did not finish.
func (s *Scheduler) Again(name string, due time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if j := s.jobs[name]; j != nil && !j.state.Running.Equal(due) {
		j.again = due
	}
	s.stir()
}

// States returns the state of every job, in the order of their names.
func (s *Scheduler) States() []State {
	now := s.now()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	states := make([]State, 0, len(s.jobs))
	for _, name := range slices.Sorted(maps.Keys(s.jobs)) {
		j := s.jobs[name]
		state := j.state
		state.Name, state.Next = name, j.Schedule.Next(now)
		states = append(states, state)
	}
	return states
}

// Run starts jobs until ctx ends. Then it starts none, waits for those that
// are running, ends their contexts when the grace is over, and returns when
// all have returned.
func (s *Scheduler) Run(ctx context.Context) {
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	for ctx.Err() == nil {
		pause := time.NewTimer(s.turn(work))
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-pause.C:
		}
		pause.Stop()
	}

	done := make(chan struct{})
	go func() { s.started.Wait(); close(done) }()
	over := time.AfterFunc(s.options.Grace, func() { cancel(ErrGrace) })
	defer over.Stop()
	pulse := time.NewTicker(s.options.Poll)
	defer pulse.Stop()
	for {
		s.turned() // the loop is still alive
		select {
		case <-done:
			return
		case <-pulse.C:
		case <-s.wake:
		}
	}
}

// turn starts what is due and returns how long to rest.
func (s *Scheduler) turn(work context.Context) time.Duration {
	now := s.now()
	rest := s.options.Poll
	s.mutex.Lock()
	for _, name := range slices.Sorted(maps.Keys(s.jobs)) {
		j := s.jobs[name]
		if due, ready := j.ready(now); ready && j.busy() {
			s.skip(work, j, due)
		} else if ready {
			s.begin(work, j, due)
		}
		if !j.again.IsZero() && !j.busy() {
			s.begin(work, j, j.again)
			j.again = time.Time{}
		}
		if start := j.start(now); !start.IsZero() {
			rest = min(rest, start.Sub(now))
		}
	}
	s.mutex.Unlock()
	s.turned()
	return max(rest, time.Millisecond)
}

func (s *Scheduler) skip(work context.Context, j *job, due time.Time) {
	j.state.Skipped++
	if s.options.Skipped != nil {
		name, running := j.Name, j.state.Running
		s.started.Go(func() { s.options.Skipped(work, name, due, running) })
	}
}

// begin runs a job in a goroutine of its own. A panic is counted and reported;
// the job is idle again only after that, so that its next due time runs.
func (s *Scheduler) begin(work context.Context, j *job, due time.Time) {
	j.state.Running = due
	run := j.Run // the job may be replaced meanwhile
	s.started.Go(func() {
		defer s.idle(j)
		defer func() {
			reason := recover()
			if reason == nil {
				return
			}
			s.mutex.Lock()
			j.state.Panicked++
			name := j.Name
			s.mutex.Unlock()
			if s.options.Panicked != nil {
				s.options.Panicked(name, due, reason, debug.Stack())
			}
		}()
		run(work, due)
	})
}

// idle lets a job be started again.
func (s *Scheduler) idle(j *job) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	j.state.Running = time.Time{}
	if j.Schedule.IsZero() { // it was left out
		delete(s.jobs, j.Name)
	}
	s.stir()
}

// stir ends the loop's rest.
func (s *Scheduler) stir() {
	select {
	case s.wake <- struct{}{}:
	default: // it will wake already
	}
}

func (s *Scheduler) turned() {
	if s.options.Turned != nil {
		s.options.Turned()
	}
}

// now is the clock on the wall without the reading of the other one, by which
// two times would be compared.
func (s *Scheduler) now() time.Time { return s.options.Now().Round(0) }

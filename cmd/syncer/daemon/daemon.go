// Package daemon is `syncer serve` at work: it reads every list at its due times,
// follows a configuration that is read again, waits for a database that is away,
// delivers notifications, and says to systemd and to the monitor how it is.
package daemon

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/monitor"
	"syncer/schedule"
)

// Options are what a daemon takes from outside.
type Options struct {
	// Load reads the configuration: at the start, and at each SIGHUP.
	Load   func() (*config.Config, error)
	Lookup config.Lookup
	Now    func() time.Time
	Log    *slog.Logger
	// Grace is how long runs may go on once the daemon is to stop.
	Grace time.Duration
	// Migrate brings an older schema up to date; else it is refused.
	Migrate bool
	// Program is the line that names this program, and Build the same as
	// attributes of a log.
	Program string
	Build   []any
}

// Serve reads lists at their due times until ctx ends. It is nil when
// that was all that ended it.
func Serve(ctx context.Context, o Options) error {
	d, err := newDaemon(ctx, o)
	if err != nil {
		return err
	}
	return d.serve()
}

func newDaemon(ctx context.Context, o Options) (*daemon, error) {
	systemd, err := newSystemd(o.Log)
	if err != nil {
		return nil, err
	}
	d := &daemon{Options: o, ctx: ctx, systemd: systemd, outage: &outage{now: o.Now, log: o.Log}, turns: newTurns()}
	d.scheduler = schedule.New(schedule.Options{
		Now: o.Now, Poll: systemd.poll(), Grace: o.Grace,
		Skipped: d.skipped, Panicked: d.panicked, Turned: d.turned,
	})
	d.monitor = monitor.New(monitor.Options{Now: o.Now, Log: o.Log, Jobs: d.scheduler.States, Program: o.Program})
	return d, nil
}

// environment is what the daemon's pipelines take from outside.
func (d *daemon) environment() pipeline.Environment {
	return pipeline.Environment{Lookup: d.Lookup, Now: d.Now, Log: d.Log, RunLog: d.Log, Observer: d.monitor}
}

// daemon is one call of Serve.
type daemon struct {
	Options
	// ctx ends when the daemon is to stop; runs have a context of their own,
	// which lasts for the grace.
	ctx       context.Context
	systemd   *systemd
	outage    *outage
	turns     *turns
	scheduler *schedule.Scheduler
	monitor   *monitor.Monitor

	mutex      sync.Mutex
	pipeline   *pipeline.Pipeline // replaced when the configuration is read again
	delivery   func()             // ends the delivery of notifications by the pipeline's configuration
	deliveries sync.WaitGroup
}

func (d *daemon) serve() error {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	loaded, err := d.configured()
	if err != nil {
		return err
	}
	defer d.watch(loaded)()
	p, jobs, err := d.open(loaded)
	if err != nil {
		return d.unlessStopping(err)
	}
	d.use(p, jobs)
	d.measureDisks()
	d.Log.Info("serving", append([]any{"lists", len(jobs)}, d.Build...)...)
	d.systemd.ready()
	var beside sync.WaitGroup
	beside.Go(func() { <-d.ctx.Done(); d.systemd.stopping() })
	beside.Go(func() { d.heed(hangups) })
	beside.Go(func() { d.every(takeUpEvery, d.takeUp) })
	beside.Go(func() { d.every(measureEvery, d.measureDisks) })
	beside.Go(func() { d.every(staleEvery, d.announceStale) })
	d.scheduler.Run(d.ctx)
	beside.Wait()
	d.deliveries.Wait()
	d.Log.Info("stopped")
	return p.Close()
}

// every does something in intervals, until the daemon stops.
func (d *daemon) every(interval time.Duration, do func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-d.ctx.Done():
			return
		case <-ticker.C:
			do()
		}
	}
}

// unlessStopping is nil where an error only says that the daemon is to stop.
func (d *daemon) unlessStopping(err error) error {
	if d.ctx.Err() == nil {
		return err
	}
	return nil
}

// use makes a pipeline the daemon's, and its jobs those of the scheduler.
func (d *daemon) use(p *pipeline.Pipeline, jobs []schedule.Job) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.pipeline = p
	d.scheduler.Set(jobs)
	d.monitor.Use(d.view(p))
	d.deliver(p)
}

// inUse is the pipeline of the newest configuration.
func (d *daemon) inUse() *pipeline.Pipeline {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.pipeline
}

// turned is called after each turn of the scheduler's loop: systemd learns that
// the daemon lives, and what it does.
func (d *daemon) turned() {
	d.systemd.alive()
	d.systemd.status(statusText(d.scheduler.States(), d.outage.since()))
}

// measureEvery is how often the daemon measures disks between its runs.
const measureEvery = 15 * time.Second

func (d *daemon) measureDisks() { d.inUse().Disks.Measure() }

package main

import (
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"syncer/monitor"
	"syncer/schedule"
)

// serveCommand is `syncer serve`.
type serveCommand struct {
	Grace     time.Duration `help:"How long runs may go on after SIGTERM before they are canceled." default:"1m"`
	Migrate   bool          `help:"Bring an older schema up to date before serving."`
	LogFormat string        `help:"How to log: text, json, or auto, which is text on a terminal and JSON elsewhere." enum:"auto,text,json" default:"auto"`
}

// Help is the longer text of `syncer serve --help`.
func (serveCommand) Help() string {
	return `Reads every list that has a schedule at its due times, until interrupted. Lists of one source are read one after the other, sources side by side. A due time that comes while its list is still being read is skipped and recorded; after downtime the newest missed one is caught up on. Several daemons may share a database: each due time runs once, and that of a daemon that died is taken up by another after a minute.

SIGHUP reads the configuration again; a bad one is refused and the old one stays. SIGTERM starts no more runs and lets those that run finish; a second one ends the process at once. While the database is away the daemon waits. systemd is told of all this.

A schema that is older than the program is refused, or with --migrate brought up to date first, after saying where the mirror is; of several daemons one does it and the others wait. No step waits longer than three seconds for a lock, so that a long report is not followed by a queue. A schema that is newer is refused in any case.

A page for people, metrics for Prometheus, /livez and /readyz are at the configuration's listen (127.0.0.1:8630 if left out).`
}

// Run serves until the session ends.
func (c *serveCommand) Run(s *session) error {
	if c.Grace < 0 {
		return usageError{errors.New("--grace: want at least 0s")}
	}
	s.log = newLog(s.Stderr, c.LogFormat, s.Lookup)
	err := c.daemon(s)
	if err == nil || logFormat(s.Stderr, c.LogFormat) == "text" && onTerminal(s.Stderr) {
		return err
	}
	s.log.Error("serve failed", "err", err) // in the log's format, with its priority
	return errShown
}

func (c *serveCommand) daemon(s *session) error {
	notify, err := newNotifier(s.log)
	if err != nil {
		return err
	}
	d := &daemon{session: s, migrates: c.Migrate, notify: notify, away: &away{now: s.Now, log: s.log}, lanes: newLanes()}
	d.scheduler = schedule.New(schedule.Options{
		Now: s.Now, Poll: notify.poll(), Grace: c.Grace,
		Skipped: d.skipped, Panicked: d.panicked, Turned: d.turned,
	})
	d.monitor = monitor.New(monitor.Options{Now: s.Now, Log: s.log, Jobs: d.scheduler.States, Program: build().String()})
	s.observer = d.monitor
	return d.serve()
}

// daemon is `syncer serve` at work. Its session's context ends when it is to
// stop; runs have one of their own, which lasts for the grace.
type daemon struct {
	*session
	migrates  bool // an older schema is brought up to date, not refused
	notify    *notifier
	away      *away
	lanes     *lanes
	scheduler *schedule.Scheduler
	monitor   *monitor.Monitor

	mutex     sync.Mutex
	workshop  *workshop // replaced when the configuration is read again
	delivery  func()    // ends the delivery of notifications by the workshop's configuration
	notifying sync.WaitGroup
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
	w, err := d.open(loaded)
	if err != nil {
		return d.unlessStopping(err)
	}
	jobs, err := d.jobs(d.ctx, w)
	if err != nil {
		return errors.Join(d.unlessStopping(err), w.close())
	}
	d.use(w, jobs)
	d.measureRoom()
	d.log.Info("serving", append([]any{"lists", len(jobs)}, build().attrs()...)...)
	d.notify.ready()
	var beside sync.WaitGroup
	beside.Go(func() { <-d.ctx.Done(); d.notify.stopping() })
	beside.Go(func() { d.heed(hangups) })
	beside.Go(func() { d.every(takeUpEvery, d.takeUp) })
	beside.Go(func() { d.every(lookAtRoomEvery, d.measureRoom) })
	beside.Go(func() { d.every(staleEvery, d.announceStale) })
	d.scheduler.Run(d.ctx)
	beside.Wait()
	d.notifying.Wait()
	d.log.Info("stopped")
	return w.close()
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

// use makes a workshop the daemon's, and its jobs those of the scheduler.
func (d *daemon) use(w *workshop, jobs []schedule.Job) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.workshop = w
	d.scheduler.Set(jobs)
	d.monitor.Use(d.viewOf(w))
	d.deliver(w)
}

func (d *daemon) inUse() *workshop {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.workshop
}

// turned tells systemd after each turn of the scheduler's loop: it lives, and
// this is what it does.
func (d *daemon) turned() {
	d.notify.alive()
	d.notify.status(statusText(d.scheduler.States(), d.away.since()))
}

package main

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"syncer/cmd/syncer/daemon"
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
	// Without this the process would end at the first line that nobody reads any
	// more (SIGPIPE); notified, the write fails and the log drops the line.
	unread := make(chan os.Signal, 1)
	signal.Notify(unread, syscall.SIGPIPE)
	defer signal.Stop(unread)
	log := daemon.NewLog(s.Stderr, c.LogFormat, s.Lookup)
	err := daemon.Serve(s.ctx, daemon.Options{
		Load: s.config, Lookup: s.Lookup, Now: s.Now, Log: log, Grace: c.Grace, Migrate: c.Migrate,
		Program: build().String(), Build: build().attrs(),
	})
	if err == nil || daemon.LoggedForPeople(s.Stderr, c.LogFormat) {
		return err
	}
	log.Error("serve failed", "err", err) // in the log's format, with its priority
	return errShown
}

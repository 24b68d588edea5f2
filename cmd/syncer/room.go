package main

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/ingest"
	"syncer/monitor"
)

// room measures the disks to which evidence is written and pauses it before one
// is full: history needs what is left. A server's disk cannot be measured from
// here; what it says when it is full fails the run and nothing else.
type room struct {
	now    func() time.Time
	log    *slog.Logger
	free   func(dir string) (uint64, error)
	below  uint64 // bytes; 0 never pauses
	places []spot

	mutex   sync.Mutex
	lastLog time.Time
	disks   []monitor.Disk
}

// spot is a folder to which evidence is written.
type spot struct{ disk, dir string }

// The disks as metrics name them.
const (
	diskDatabase = "database"
	diskMirror   = "mirror"
)

func newRoom(s *session, loaded *config.Config, log *slog.Logger) *room {
	r := &room{now: s.Now, log: log, free: freeBytes, below: loaded.Evidence.PauseBelow}
	for _, one := range []spot{{diskDatabase, loaded.Database.Embedded}, {diskMirror, loaded.Evidence.Mirror}} {
		if one.dir != "" {
			r.places = append(r.places, one)
		}
	}
	return r
}

// paused measures, tells what became different and, once a minute, what is
// still so.
func (r *room) paused() ingest.Paused {
	var found ingest.Paused
	for _, one := range r.measure() {
		switch {
		case !one.Paused:
		case one.Name == diskDatabase:
			found.Pages = r.reason(one)
		case one.Name == diskMirror:
			found.Mirror = r.reason(one)
		}
	}
	return found
}

func (r *room) reason(one monitor.Disk) string {
	return fmt.Sprintf("%s free in %s, less than the %s of evidence.pause_below", roomWords(one.Free), one.Dir, roomWords(r.below))
}

func (r *room) measure() []monitor.Disk {
	var disks []monitor.Disk
	for _, one := range r.places {
		free, err := r.free(nearest(one.dir))
		if err != nil {
			continue // check says why; what cannot be measured is written to
		}
		disks = append(disks, monitor.Disk{Name: one.disk, Dir: one.dir, Free: free, Paused: free < r.below})
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.tell(disks)
	r.disks = disks
	return disks
}

// last is what was measured last.
func (r *room) last() []monitor.Disk {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.disks
}

func (r *room) tell(disks []monitor.Disk) {
	was, is := anyPaused(r.disks), anyPaused(disks)
	now := r.now()
	switch {
	case is && (!was || now.Sub(r.lastLog).Abs() >= time.Minute):
		r.lastLog = now
		for _, one := range disks {
			if one.Paused {
				r.log.Error("evidence is paused, for its disk is nearly full; history goes on, and what changes now is not proven", "disk", one.Name, "why", r.reason(one))
			}
		}
	case was && !is:
		r.log.Info("there is room again: evidence is kept from now on")
	}
}

// follow takes over what another room told, when the configuration is read again.
func (r *room) follow(old *room) {
	old.mutex.Lock()
	defer old.mutex.Unlock()
	r.disks, r.lastLog = old.disks, old.lastLog
}

func anyPaused(disks []monitor.Disk) bool {
	for _, one := range disks {
		if one.Paused {
			return true
		}
	}
	return false
}

// lookAtRoomEvery is how often a daemon measures between its runs.
const lookAtRoomEvery = 15 * time.Second

func (d *daemon) measureRoom() { d.inUse().room.measure() }

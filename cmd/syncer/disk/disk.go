// Package disk measures the disks to which evidence is written and pauses
// evidence before one is full: history needs what is left. A server's disk
// cannot be measured from here; what it says when it is full fails the run and
// nothing else.
package disk

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/ingest"
	"syncer/monitor"
)

// The disks as metrics name them.
const (
	database = "database"
	mirror   = "mirror"
)

// Options are what a Watch takes beside the configuration.
type Options struct {
	Now func() time.Time
	// Log receives a line when evidence is paused or resumes, and once a
	// minute while it is paused.
	Log *slog.Logger
}

// Watch measures the disks of one configuration. It may be used from several
// goroutines.
type Watch struct {
	now    func() time.Time
	log    *slog.Logger
	free   func(dir string) (uint64, error)
	below  uint64 // bytes; 0 never pauses
	places []place

	mutex   sync.Mutex
	lastLog time.Time
	disks   []monitor.Disk
}

// place is a folder to which evidence is written.
type place struct{ disk, dir string }

// New returns a Watch over the embedded database and the mirror of a
// configuration, as far as it has them. Nothing is measured yet.
func New(c *config.Config, o Options) *Watch {
	w := &Watch{now: o.Now, log: o.Log, free: Free, below: c.Evidence.PauseBelow}
	for _, p := range []place{{database, c.Database.Embedded}, {mirror, c.Evidence.Mirror}} {
		if p.dir != "" {
			w.places = append(w.places, p)
		}
	}
	return w
}

// Paused measures and returns why pages or the mirror are paused, "" for those
// that are not.
func (w *Watch) Paused() ingest.Paused {
	var found ingest.Paused
	for _, disk := range w.Measure() {
		switch {
		case !disk.Paused:
		case disk.Name == database:
			found.Pages = w.reason(disk)
		case disk.Name == mirror:
			found.Mirror = w.reason(disk)
		}
	}
	return found
}

func (w *Watch) reason(disk monitor.Disk) string {
	return fmt.Sprintf("%s free in %s, less than the %s of evidence.pause_below", Size(disk.Free), disk.Dir, Size(w.below))
}

// Measure returns the disks as they are now, and logs what became different. A
// disk that cannot be measured is left out: it is written to, and syncer check
// says why it cannot be measured.
func (w *Watch) Measure() []monitor.Disk {
	var disks []monitor.Disk
	for _, p := range w.places {
		free, err := w.free(p.dir)
		if err != nil {
			continue
		}
		disks = append(disks, monitor.Disk{Name: p.disk, Dir: p.dir, Free: free, Paused: free < w.below})
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.report(disks)
	w.disks = disks
	return disks
}

// Last returns the disks as they were last measured.
func (w *Watch) Last() []monitor.Disk {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.disks
}

// report logs that evidence is paused, or no more.
func (w *Watch) report(disks []monitor.Disk) {
	was, is := anyPaused(w.disks), anyPaused(disks)
	now := w.now()
	switch {
	case is && (!was || now.Sub(w.lastLog).Abs() >= time.Minute):
		w.lastLog = now
		for _, disk := range disks {
			if disk.Paused {
				w.log.Error("evidence is paused, for its disk is nearly full; history goes on, and what changes now is not proven", "disk", disk.Name, "why", w.reason(disk))
			}
		}
	case was && !is:
		w.log.Info("there is room again: evidence is kept from now on")
	}
}

// Follow takes over what another Watch has logged, so that reading the
// configuration again repeats nothing.
func (w *Watch) Follow(old *Watch) {
	old.mutex.Lock()
	defer old.mutex.Unlock()
	w.disks, w.lastLog = old.disks, old.lastLog
}

// Quiet makes w log nothing from now on: whoever shows what is paused says it.
func (w *Watch) Quiet() { w.log = slog.New(slog.DiscardHandler) }

func anyPaused(disks []monitor.Disk) bool {
	for _, disk := range disks {
		if disk.Paused {
			return true
		}
	}
	return false
}

package monitor

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"syncer/schedule"
	"syncer/store/outbox"
	"syncer/store/report"
)

// Database is an open store, as far as the monitor reads it.
type Database struct {
	// Ready says why lists cannot be read into the database; nil if they can. See
	// store.Store.
	Ready  func(ctx context.Context) error
	Report Report
	Outbox Outbox
}

// Report is what is read of lists and changes.
type Report interface {
	Freshness(ctx context.Context) ([]report.Freshness, error)
	Figures(ctx context.Context) ([]report.ListFigures, error)
	Waiting(ctx context.Context, most int) ([]report.HeldSnapshot, error)
	NewestPriceChanges(ctx context.Context, since time.Time, most int) ([]report.PriceChange, error)
	NewestStatusChanges(ctx context.Context, since time.Time, most int) ([]report.StatusChange, error)
	Pool() report.PoolFigures
}

// Outbox is what is read of the messages that wait.
type Outbox interface {
	Figures(ctx context.Context) ([]outbox.Figures, error)
}

// Options are what a Monitor needs of its surroundings.
type Options struct {
	Now func() time.Time
	Log *slog.Logger
	// Jobs are what the scheduler is doing; nil for a process without one.
	Jobs func() []schedule.State
	// Program is which one this is, for the foot of the page.
	Program string
}

// View is what is watched; another one follows when the configuration is read
// again.
type View struct {
	Database *Database // nil while it was never reached
	Lists    []Watched
	Zone     *time.Location // of the moments that people read
	// Heartbeat is the address to ping while nothing is stale; "" for none.
	Heartbeat string
	// Disks are those that evidence is written to, as they were last measured;
	// nil for none.
	Disks func() []Disk
	// Webhooks are the names of those that get notifications.
	Webhooks []string
}

// Disk is one that evidence is written to.
type Disk struct {
	Name   string // database or mirror
	Dir    string
	Free   uint64 // bytes
	Paused bool   // so little is left that no evidence is written
}

func (v View) disks() []Disk {
	if v.Disks == nil {
		return nil
	}
	return v.Disks()
}

// Monitor watches one daemon.
type Monitor struct {
	options Options
	started time.Time
	counts  *counters

	mutex sync.Mutex
	view  View

	asking sync.Mutex // one asks the database at a time
	last   reading
}

// reading is what was found when the database was last asked.
type reading struct {
	at    time.Time
	err   error
	facts Facts // the last that were read, also when err is not nil
}

// New is a monitor of a daemon that begins now.
func New(options Options) *Monitor {
	m := &Monitor{options: options, started: options.Now(), counts: newCounts(), view: View{Zone: time.UTC}}
	m.counts.registry.MustRegister(&collector{m})
	return m
}

// Use makes this what is watched.
func (m *Monitor) Use(view View) {
	for _, list := range view.Lists {
		m.counts.begin(list.ID.String(), list.Provider)
	}
	for _, webhook := range view.Webhooks {
		m.counts.beginWebhook(webhook)
	}
	m.mutex.Lock()
	m.view = view
	m.mutex.Unlock()
	m.asking.Lock()
	m.last.at = time.Time{} // read again
	m.asking.Unlock()
}

func (m *Monitor) inUse() View {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.view
}

const (
	// readAgain is how old an answer of the database may be.
	readAgain = 2 * time.Second
	// readWithin bounds what the database may take for one.
	readWithin = 5 * time.Second
)

// read asks the database, unless somebody just did.
func (m *Monitor) read(ctx context.Context) reading {
	m.asking.Lock()
	defer m.asking.Unlock()
	now := m.options.Now()
	if !m.last.at.IsZero() && now.Sub(m.last.at).Abs() < readAgain {
		return m.last
	}
	// Others wait for the answer as well: it does not end with who asked.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readWithin)
	defer cancel()
	facts, err := readFacts(ctx, m.inUse().Database)
	if err == nil {
		m.last.facts = facts
	}
	m.logReady(m.last.err, err)
	m.last.at, m.last.err = now, err
	return m.last
}

// logReady writes a line when readiness ends or comes back.
func (m *Monitor) logReady(before, now error) {
	switch {
	case now != nil && before == nil && !errors.Is(now, errNotReached):
		m.options.Log.Warn("not ready", "err", now)
	case now == nil && before != nil:
		m.options.Log.Info("ready")
	}
}

func readFacts(ctx context.Context, database *Database) (facts Facts, err error) {
	if database == nil {
		return facts, errNotReached
	}
	if err := database.Ready(ctx); err != nil {
		return facts, err
	}
	if facts.Freshness, err = database.Report.Freshness(ctx); err != nil {
		return facts, err
	}
	if facts.Figures, err = database.Report.Figures(ctx); err != nil {
		return facts, err
	}
	facts.Outbox, err = database.Outbox.Figures(ctx)
	return facts, err
}

// Stale are the lists of which something is expected that did not come. The
// error says that it is not known.
func (m *Monitor) Stale(ctx context.Context) ([]ListStatus, error) {
	lists, err := m.lists(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(lists, func(list ListStatus) bool { return !list.Stale }), nil
}

// lists are how all lists stand now.
func (m *Monitor) lists(ctx context.Context) ([]ListStatus, error) {
	found := m.read(ctx)
	lists := Judge(m.inUse().Lists, found.facts, m.started, m.options.Now())
	running := map[string]bool{}
	if m.options.Jobs != nil {
		for _, job := range m.options.Jobs() {
			running[job.Name] = !job.Running.IsZero()
		}
	}
	for i := range lists {
		lists[i].Running = running[lists[i].List.String()]
	}
	return lists, found.err
}

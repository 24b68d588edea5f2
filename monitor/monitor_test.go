package monitor_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"syncer/monitor"
	"syncer/schedule"
	"syncer/store/outbox"
	"syncer/store/report"
)

// database is one that says what a test wants to hear.
type database struct {
	mutex    sync.Mutex
	err      error // why it does not answer
	asked    int
	facts    monitor.Facts
	holds    []report.HeldSnapshot
	prices   []report.PriceChange
	statuses []report.StatusChange
	slow     error // why it has no changes in time
}

func (d *database) ready(context.Context) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.asked++
	return d.err
}
func (d *database) Freshness(context.Context) ([]report.Freshness, error) {
	return d.facts.Freshness, nil
}
func (d *database) Figures(context.Context) ([]report.ListFigures, error) {
	return d.facts.Figures, nil
}
func (d *database) Waiting(context.Context, int) ([]report.HeldSnapshot, error) { return d.holds, nil }
func (d *database) NewestPriceChanges(context.Context, time.Time, int) ([]report.PriceChange, error) {
	return d.prices, d.slow
}
func (d *database) NewestStatusChanges(context.Context, time.Time, int) ([]report.StatusChange, error) {
	return d.statuses, nil
}
func (d *database) Pool() report.PoolFigures { return report.PoolFigures{Max: 4, Idle: 1, InUse: 2} }

// waiting is the outbox of a database.
type waiting struct{ *database }

func (w waiting) Figures(context.Context) ([]outbox.Figures, error) { return w.facts.Outbox, nil }

// opened is the database as the monitor reads it.
func (d *database) opened() *monitor.Database {
	return &monitor.Database{Ready: d.ready, Report: d, Outbox: waiting{d}}
}

func (d *database) fail(err error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.err = err
}

// stand is a monitor whose clock a test sets.
type stand struct {
	*monitor.Monitor
	db  *database
	log bytes.Buffer
	now time.Time
}

var errAway = errors.New("dial tcp db.internal:5432: connection refused (user=syncer password=canary)")

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{now: noon(), db: &database{}}
	s.db.facts.Freshness = []report.Freshness{{List: flavors, Provider: "iwinv", State: monitor.Fresh, LastSnapshotAt: noon().Add(-time.Hour), Entries: 69}}
	s.Monitor = monitor.New(monitor.Options{Now: func() time.Time { return s.now }, Program: "syncer v1 (commit 0123)", Log: slog.New(slog.NewTextHandler(&s.log, nil))})
	s.use(t, "")
	return s
}

func (s *stand) use(t *testing.T, heartbeat string) {
	t.Helper()
	s.Use(monitor.View{Database: s.db.opened(), Zone: time.UTC, Heartbeat: heartbeat, Lists: []monitor.Watched{{ID: flavors, Provider: "iwinv", Expectation: schedule.Expectation{Times: parsed(t, "0 */6 * * *")}}}})
}

// get asks the monitor, a while after it was last asked.
func (s *stand) get(t *testing.T, path string) (status int, text string) {
	t.Helper()
	s.now = s.now.Add(3 * time.Second)
	recorder := httptest.NewRecorder()
	s.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	body, err := io.ReadAll(recorder.Body)
	if err != nil {
		t.Fatal(err)
	}
	return recorder.Code, string(body)
}

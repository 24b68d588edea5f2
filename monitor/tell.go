package monitor

import (
	"errors"
	"time"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/store"
	"syncer/store/record"
)

// Ran counts a run that ended. One that another process had taken is none.
func (m *Monitor) Ran(list catalog.ListID, report ingest.Report, took time.Duration, err error) {
	outcome := string(report.Outcome)
	switch {
	case errors.Is(err, store.ErrTaken):
		return
	case errors.Is(err, store.ErrNotOurs):
		outcome = outcomeAbandoned
	case err != nil:
		outcome = outcomeFailed
	}
	c, name := m.counts, list.String()
	c.runs.WithLabelValues(name, outcome).Inc()
	c.runSeconds.WithLabelValues(outcome).Observe(took.Seconds())
	if err != nil {
		return
	}
	c.pages.WithLabelValues(name).Add(float64(report.Pages))
	c.bytes.WithLabelValues(name).Add(float64(report.Bytes))
	c.entries.WithLabelValues(name).Add(float64(report.Entries))
	if report.Outcome == record.Changed {
		c.added.WithLabelValues(name).Add(float64(len(report.Delta.Added)))
		c.changed.WithLabelValues(name).Add(float64(len(report.Delta.Changed)))
		c.removed.WithLabelValues(name).Add(float64(len(report.Delta.Removed)))
	}
	m.kept(name, report.Kept)
}

func (m *Monitor) kept(list string, kept ingest.Kept) {
	m.counts.mirrored.WithLabelValues(list).Add(float64(kept.Mirror.Written))
	if kept.Mirror.Err != nil {
		m.counts.mirrorFailures.WithLabelValues(list).Inc()
	}
	m.counts.givenUp.WithLabelValues(list).Add(float64(kept.GivenUp.Pages))
}

// Skipped counts a due time that came while its list was being read.
func (m *Monitor) Skipped(list catalog.ListID) {
	m.counts.skipped.WithLabelValues(list.String()).Inc()
}

// Panicked counts a panic outside of a run.
func (m *Monitor) Panicked(list string) { m.counts.panicked.WithLabelValues(list).Inc() }

// Notified counts an attempt to deliver a notification; see notify.Deliverer.
func (m *Monitor) Notified(webhook, outcome string) {
	m.counts.notified.WithLabelValues(webhook, outcome).Inc()
}

// Answered counts an attempt of a request; see fetchers.Observer.
func (m *Monitor) Answered(provider string, status int, took time.Duration) {
	m.counts.requests.WithLabelValues(provider, statusClass(status)).Inc()
	m.counts.requestSeconds.WithLabelValues(provider).Observe(took.Seconds())
}

// Paced counts a wait for a source's turn.
func (m *Monitor) Paced(provider string, wait time.Duration) {
	m.counts.paced.WithLabelValues(provider).Add(wait.Seconds())
}

// Repeated counts an attempt that is made again after a wait.
func (m *Monitor) Repeated(provider string, wait time.Duration) {
	m.counts.retries.WithLabelValues(provider).Inc()
	m.counts.retryWaits.WithLabelValues(provider).Add(wait.Seconds())
}

func statusClass(status int) string {
	switch class := status / 100; {
	case status == 0:
		return "none"
	case class >= 1 && class <= 5:
		return statusClasses()[class]
	}
	return "other"
}

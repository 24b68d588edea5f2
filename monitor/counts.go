package monitor

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"syncer/store/record"
)

// counts are what this process did, since it began.
type counts struct {
	registry *prometheus.Registry

	runs                     *prometheus.CounterVec // list, outcome
	runSeconds               *prometheus.HistogramVec
	pages, bytes, entries    *prometheus.CounterVec // list
	added, changed, removed  *prometheus.CounterVec
	skipped, panicked        *prometheus.CounterVec
	mirrored, mirrorFailures *prometheus.CounterVec
	givenUp                  *prometheus.CounterVec
	requests                 *prometheus.CounterVec // provider, status
	requestSeconds           *prometheus.HistogramVec
	retries                  *prometheus.CounterVec // provider
	paced, retryWaits        *prometheus.CounterVec
	pings                    *prometheus.CounterVec // outcome
	notified                 *prometheus.CounterVec // webhook, outcome
}

// The outcomes of runs that record.Outcome has no word for.
const (
	outcomeFailed    = "failed"
	outcomeAbandoned = "abandoned" // it was taken from this process
)

func outcomes() []string {
	return []string{string(record.Changed), string(record.Unchanged), string(record.Held), outcomeFailed, outcomeAbandoned}
}

// statusClasses are those of answers; none is an attempt without an answer.
func statusClasses() []string { return []string{"none", "1xx", "2xx", "3xx", "4xx", "5xx", "other"} }

func newCounts() *counts {
	c := &counts{registry: prometheus.NewRegistry()}
	c.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	c.runs = c.counter("syncer_runs_total", "Runs that ended in this process.", "list", "outcome")
	c.runSeconds = c.histogram("syncer_run_duration_seconds", "How long runs took, waits among them.", runBuckets(), "outcome")
	c.pages = c.counter("syncer_run_pages_total", "Pages of complete snapshots.", "list")
	c.bytes = c.counter("syncer_run_bytes_total", "Bytes of the pages of complete snapshots, after decompression.", "list")
	c.entries = c.counter("syncer_run_entries_total", "Entries of complete snapshots.", "list")
	c.added = c.counter("syncer_entries_added_total", "Entries that became part of history.", "list")
	c.changed = c.counter("syncer_entries_changed_total", "Entries of history that changed.", "list")
	c.removed = c.counter("syncer_entries_removed_total", "Entries of history that a snapshot lacked first.", "list")
	c.skipped = c.counter("syncer_ticks_skipped_total", "Due times that came while their list was still being read, or waited to be.", "list")
	c.panicked = c.counter("syncer_panics_total", "Panics outside of runs; one within fails its run.", "list")
	c.mirrored = c.counter("syncer_mirror_snapshots_total", "Snapshots copied to the mirror.", "list")
	c.mirrorFailures = c.counter("syncer_mirror_failures_total", "Runs after which the mirror lacked what it could have.", "list")
	c.givenUp = c.counter("syncer_evidence_given_up_pages_total", "Stored pages deleted by evidence.keep.", "list")
	c.requests = c.counter("syncer_http_requests_total", "Attempts of requests to providers.", "provider", "status")
	c.requestSeconds = c.histogram("syncer_http_request_duration_seconds", "How long attempts of requests took.", prometheus.DefBuckets, "provider")
	c.retries = c.counter("syncer_http_retries_total", "Attempts that were made again.", "provider")
	c.paced = c.counter("syncer_http_pace_wait_seconds_total", "Waits that keep the pace a provider allows.", "provider")
	c.retryWaits = c.counter("syncer_http_retry_wait_seconds_total", "Waits between attempts.", "provider")
	c.pings = c.counter("syncer_heartbeats_total", "Pings of heartbeat_url; withheld while a list is stale.", "outcome")
	c.notified = c.counter("syncer_notifications_total", "Attempts to deliver a notification: delivered, failed (it is sent again), parked (given up).", "webhook", "outcome")
	return c
}

// notifyOutcomes are those that Notified is told.
func notifyOutcomes() []string { return []string{"delivered", "failed", "parked"} }

// beginWebhook makes every counter of a webhook 0.
func (c *counts) beginWebhook(name string) {
	for _, outcome := range notifyOutcomes() {
		c.notified.WithLabelValues(name, outcome)
	}
}

// runBuckets are from a second to an hour.
func runBuckets() []float64 { return []float64{1, 3, 10, 30, 60, 180, 600, 1800, 3600} }

func (c *counts) counter(name, help string, labels ...string) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	c.registry.MustRegister(vec)
	return vec
}

func (c *counts) histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	c.registry.MustRegister(vec)
	return vec
}

// begin makes every counter of a list and its provider 0, so that the first of
// anything is an increase and not an appearance.
func (c *counts) begin(list, provider string) {
	for _, outcome := range outcomes() {
		c.runs.WithLabelValues(list, outcome)
		c.runSeconds.WithLabelValues(outcome)
	}
	for _, vec := range []*prometheus.CounterVec{c.pages, c.bytes, c.entries, c.added, c.changed, c.removed, c.skipped, c.panicked, c.mirrored, c.mirrorFailures, c.givenUp} {
		vec.WithLabelValues(list)
	}
	for _, class := range statusClasses() {
		c.requests.WithLabelValues(provider, class)
	}
	c.requestSeconds.WithLabelValues(provider)
	for _, vec := range []*prometheus.CounterVec{c.retries, c.paced, c.retryWaits} {
		vec.WithLabelValues(provider)
	}
	for _, outcome := range []string{pinged, pingFailed, pingWithheld} {
		c.pings.WithLabelValues(outcome)
	}
}

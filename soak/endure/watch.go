package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// gauge is what must not grow, and how much it may move for other reasons: a
// collector of garbage that takes its time, a walk that is longer.
type gauge struct {
	name, metric string
	unit         float64 // divides what is read
	slack        float64 // beside a quarter
}

func gauges() []gauge {
	return []gauge{
		{"resident memory, MiB", "process_resident_memory_bytes", 1 << 20, 24},
		{"heap in use, MiB", "go_memstats_heap_inuse_bytes", 1 << 20, 16},
		{"goroutines", "go_goroutines", 1, 40},
		{"open descriptors", "process_open_fds", 1, 20},
		{connectionsName, "", 1, 2},
	}
}

const connectionsName = "database connections"

// looks is how often the daemon is looked at between two due times, and
// leastSamples how often at least for a judgement.
const (
	looks        = 5
	leastSamples = 8
)

// watch is the daemon as it is seen from outside, again and again.
type watch struct {
	stage   *stage
	daemon  *child
	address string
	samples map[string][]float64
	longest time.Duration // between two looks
	stood   time.Duration // how long all looks together came late, as on a machine that stands still
}

func watching(s *stage, daemon *child, address string) *watch {
	return &watch{stage: s, daemon: daemon, address: address, samples: map[string][]float64{}}
}

// until looks at the daemon until a moment; one that ends is an error.
func (w *watch) until(ctx context.Context, end time.Time) error {
	for last := time.Now(); time.Now().Before(end); {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if w.daemon.over() {
			return fmt.Errorf("the daemon has ended with %d: %s", w.daemon.command.ProcessState.ExitCode(), w.daemon.log.text())
		}
		if err := w.look(ctx); err != nil {
			return err
		}
		time.Sleep(w.stage.every / looks)
		passed := time.Since(last)
		w.longest, last = max(w.longest, passed), time.Now()
		if passed > w.stage.every/2 {
			w.stood += passed
		}
	}
	return nil
}

// fewest is how many samples there are of what was seen least.
func (w *watch) fewest() int {
	least := math.MaxInt
	for _, g := range gauges() {
		least = min(least, len(w.samples[g.name]))
	}
	return least
}

// look takes one sample. Before the page is served there is none.
func (w *watch) look(ctx context.Context) error {
	metrics, err := w.metrics(ctx)
	if err != nil {
		return nil //nolint:nilerr // it starts, or is slow; the judgement wants enough samples
	}
	for _, g := range gauges() {
		if value, found := metrics[g.metric]; found {
			w.samples[g.name] = append(w.samples[g.name], value/g.unit)
		}
	}
	n, err := ask[int](ctx, w.stage.pool, `SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND application_name <> $1 AND backend_type = 'client backend'`, observer)
	w.samples[connectionsName] = append(w.samples[connectionsName], float64(n))
	return err
}

// metrics are those of the daemon that have no labels.
func (w *watch) metrics(ctx context.Context) (map[string]float64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	answer, err := (&http.Client{Timeout: 10 * time.Second}).Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }() // it was read
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("metrics: status %d", answer.StatusCode)
	}
	return parseMetrics(answer.Body)
}

func parseMetrics(text io.Reader) (map[string]float64, error) {
	all := map[string]float64{}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, found := strings.Cut(lines.Text(), " ")
		if number, err := strconv.ParseFloat(value, 64); found && err == nil {
			all[name] = number
		}
	}
	return all, lines.Err()
}

// trend is what became of a gauge: its median in the second quarter of the
// time, when all is warm, in the last, and the most that was seen.
type trend struct {
	gauge
	early, late, most float64
}

// grew reports more than a quarter and the gauge's slack.
func (t trend) grew() bool { return t.late > t.early*1.25+t.slack }

// trends judges every gauge; too few samples show nothing.
func (w *watch) trends() (all []trend, err error) {
	for _, g := range gauges() {
		samples := w.samples[g.name]
		n := len(samples)
		if n < leastSamples {
			return nil, fmt.Errorf("%s: only %d samples", g.name, n)
		}
		t := trend{gauge: g, early: median(samples[n/4 : n/2]), late: median(samples[n*3/4:]), most: slices.Max(samples)}
		all = append(all, t)
		if t.grew() {
			err = errors.Join(err, fmt.Errorf("%s grew from %.0f to %.0f", g.name, t.early, t.late))
		}
	}
	return all, err
}

func median(samples []float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	return sorted[len(sorted)/2]
}

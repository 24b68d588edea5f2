package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
)

// built is the program, which the first test that needs it builds.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// TestMain is the other process, too: one that measures itself.
func TestMain(m *testing.M) {
	if database := os.Getenv(measured); database != "" {
		os.Exit(measure(database))
	}
	pgtest.Main(m, func() error { return os.RemoveAll(built.dir) })
}

func binary(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "soak-"); built.err == nil {
			built.err = build(context.Background(), "../..", filepath.Join(built.dir, "syncer"))
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "syncer")
}

func newTestStage(t *testing.T, o options) *stage {
	t.Helper()
	p := program{binary: binary(t), dir: t.TempDir()}
	return &stage{options: o, program: p, database: pgtest.URL(t), out: io.Discard}
}

// TestTheDaemonEndures is the short form of `make endure`: a few days of the
// simulated world.
func TestTheDaemonEndures(t *testing.T) {
	t.Parallel()
	s := newTestStage(t, options{lasts: 6 * time.Second, every: 2 * time.Second, seed: 1, products: 40, rates: [2]float64{0.15, 0.1}})
	var report strings.Builder
	s.out = &report
	if err := s.disturb(t.Context()); err != nil {
		t.Errorf("%v\n%s", err, report.String())
	}
}

// TestNothingGrows is the short form of `make unchanged`. It measures a process in
// which nothing else goes on: one of its own.
func TestNothingGrows(t *testing.T) {
	t.Parallel()
	alone := exec.CommandContext(t.Context(), os.Args[0])
	alone.Dir = t.TempDir()
	alone.Env = append(os.Environ(), measured+"="+pgtest.URL(t), measuredProgram+"="+binary(t))
	if out, err := alone.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// measured and measuredProgram are the database and the program of a process that
// measures itself.
const (
	measured        = "ENDURE_TEST_DATABASE"
	measuredProgram = "ENDURE_TEST_PROGRAM"
)

func measure(database string) (code int) {
	s := stage{
		options: options{runs: 400, seed: 1, products: 40}, database: database, out: os.Stdout,
		program: program{binary: os.Getenv(measuredProgram), dir: "."},
	}
	if err := s.unchanged(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestWrongContentIsNoticed gives the judgement what no provider showed.
func TestWrongContentIsNoticed(t *testing.T) {
	t.Parallel()
	day := func(price string, keys ...string) *shown {
		content := &shown{digest: catalog.Digest([]byte(price + strings.Join(keys, "") + "0123456789abcdef")[:16]), entries: map[string]parts{}}
		for _, key := range keys {
			content.entries[key] = parts{"rest": key, "price": price}
		}
		return content
	}
	noPrice := day("1", "a", "b")
	delete(noPrice.entries["a"], "price")
	moved := []*shown{day("1", "a", "b", "c"), day("1", "b", "c", "d")} // as many came as left
	fewer := []*shown{day("1", "a", "b", "c"), day("1", "b", "c")}
	renamed := day("1", "a", "b")
	renamed.entries["a"] = parts{"rest": "another a", "price": "1"}
	renamed.digest = catalog.Digest{3}
	composed := day("1", "a", "b")
	composed.entries["a"] = parts{"rest": "a", "price": "2"}
	noPrice.digest, composed.digest = catalog.Digest{1}, catalog.Digest{2} // those of no day
	showing := []*shown{day("1", "a", "b"), day("2", "a", "b")}
	for name, test := range map[string]struct {
		found  *shown
		before []string
		late   int
		wrong  string
		days   []*shown
	}{
		"one of the days":                  {day("2", "a", "b"), []string{"a", "b"}, 0, "", nil},
		"an entry of each":                 {composed, nil, 0, "", nil},
		"a price of no day":                {day("3", "a", "b"), nil, 0, "price: 3 was never shown", nil},
		"a price that is missing":          {noPrice, nil, 0, "price is missing", nil},
		"an entry of no day":               {day("1", "a", "b", "c"), nil, 0, `"c" was never shown`, nil},
		"an entry that is missing":         {day("1", "a"), []string{"a", "b"}, 0, `"b" is missing`, nil},
		"an entry that is late":            {day("1", "a"), []string{"a"}, 1, "", nil},
		"a price asked for too late":       {noPrice, nil, 0, "", []*shown{day("1", "a", "b"), renamed}},
		"a price that left with its entry": {noPrice, nil, 0, "", []*shown{day("1", "a", "b"), day("1", "b")}},
		"an entry that slipped":            {day("1", "a", "b", "d"), []string{"a", "b", "c"}, 0, "", moved},
		"an entry that could not slip":     {day("1", "a", "b"), []string{"a", "b", "c"}, 0, `"c" is missing`, fewer},
	} {
		j := contentJudge{verdict: &verdict{}, before: map[string]bool{}, read: func(time.Time) (*shown, error) { return test.found, nil }}
		for _, key := range test.before {
			j.before[key] = true
		}
		if test.days == nil {
			test.days = showing
		}
		read := reading{digest: test.found.digest}
		err := j.judge(read, test.days)
		if (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%s: got %v", name, err)
		}
		if j.late != test.late || j.exact+j.mixed != 1 || (j.slips == 1) != (test.days[0] == moved[0]) {
			t.Errorf("%s: %d exact, %d mixed, %d late, %d slipped", name, j.exact, j.mixed, j.late, j.slips)
		}
		if j.slips > 0 && j.judge(read, test.days) == nil {
			t.Errorf("%s: what is missing twice is not noticed", name)
		}
	}
}

// TestDaysOfAReading wants all days that may have been shown, and no other.
func TestDaysOfAReading(t *testing.T) {
	t.Parallel()
	begun := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return begun.Add(time.Duration(seconds) * time.Second) }
	c := clock{begunAfter: begun, begunBefore: at(2), day: 10 * time.Second}
	for name, test := range map[string]struct{ from, to, still, first, last int }{
		"within a day":            {13, 15, 0, 1, 1},
		"across two":              {13, 21, 0, 1, 2},
		"it may have begun":       {11, 15, 0, 0, 1},
		"across a standing":       {100, 130, 120, 9, lastDay},
		"after it":                {125, 130, 120, lastDay, lastDay},
		"the world is at its end": {5000, 5010, 0, lastDay, lastDay},
	} {
		c.stoodStill = time.Time{}
		if test.still > 0 {
			c.stoodStill = at(test.still)
		}
		if first, last := c.days(at(test.from), at(test.to)); first != test.first || last != test.last {
			t.Errorf("%s: got %d to %d, want %d to %d", name, first, last, test.first, test.last)
		}
	}
}

// TestGrowthIsNoticed has one gauge that doubles, and one that does not.
func TestGrowthIsNoticed(t *testing.T) {
	t.Parallel()
	w := &watch{samples: map[string][]float64{}}
	for i := range 40 {
		for _, g := range gauges() {
			w.samples[g.name] = append(w.samples[g.name], 100)
		}
		w.samples["goroutines"][i] = float64(100 + 10*i)
	}
	if _, err := w.trends(); err == nil || !strings.HasPrefix(err.Error(), "goroutines grew") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	w.samples["goroutines"] = w.samples["goroutines"][:3]
	if _, err := w.trends(); err == nil || !strings.Contains(err.Error(), "only 3 samples") {
		t.Errorf("got %v", err)
	}
}

// TestGrowthOfRunsIsNoticed lets each measure and each table grow in turn.
func TestGrowthOfRunsIsNoticed(t *testing.T) {
	t.Parallel()
	at := func(runs int) standing {
		return standing{
			runs:   runs,
			bound:  map[string]float64{heapName: 1000, goroutineName: 30, descriptorName: 27, connectionsName: 4},
			tables: []table{{"pages", 76, 1}, {"runs", int64(runs), 1}, {"snapshots", int64(runs), 1}},
		}
	}
	for name, grow := range map[string]func(*standing){
		"":                                 func(*standing) {},
		heapName + ": 1000 at run 100":     func(s *standing) { s.bound[heapName] = 1165 },
		goroutineName + ": 30 at run 100":  func(s *standing) { s.bound[goroutineName] = 34 },
		connectionsName + ": 4 at run 100": func(s *standing) { s.bound[connectionsName] = 5 },
		"table pages has 1 more rows":      func(s *standing) { s.tables[0].rows++ },
		"table snapshots has 299 more":     func(s *standing) { s.tables[2].rows-- },
	} {
		last := at(400)
		grow(&last)
		err := (&repeated{samples: []standing{at(100), last}}).judge()
		if (err == nil) != (name == "") || err != nil && (!strings.HasPrefix(err.Error(), name) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

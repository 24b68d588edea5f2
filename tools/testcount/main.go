// Command testcount reads `go test -json` and prints what a person needs: the
// output of what failed, the reason of what was skipped, a line a package, and
// at the end how many tests passed, failed and were skipped. It fails when a
// test failed, and when there were none.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of `go test -json` (go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build
	Test       string
	Output     string
	Elapsed    float64
}

// longest is the length in bytes of the longest line of output that is read.
const longest = 8 << 20

func main() {
	ok, err := count(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testcount:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func count(in io.Reader, out io.Writer) (bool, error) {
	t := newTally(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longest)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			_, _ = fmt.Fprintln(out, lines.Text()) // the go command's own words
			continue
		}
		t.take(e)
	}
	passed, failed, skipped := t.totals()
	_, err := fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if err == nil {
		err = lines.Err()
	}
	return failed == 0 && passed+skipped > 0, err
}

// tally keeps results until the end, because only then is it known which
// tests are mere parents of others: a parent is not counted.
type tally struct {
	out     io.Writer
	results map[string]string   // package and test to pass, fail, skip
	output  map[string][]string // of what is not decided yet
	failing map[string]bool     // packages with a failed test
	broken  int                 // packages that failed without one: build, panic, time-out
}

func newTally(out io.Writer) *tally {
	return &tally{out: out, results: map[string]string{}, output: map[string][]string{}, failing: map[string]bool{}}
}

func (t *tally) take(e event) {
	id := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		t.output[id] = append(t.output[id], e.Output)
	case "build-output":
		t.print(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			t.endPackage(e)
		} else {
			t.endTest(id, e)
		}
	}
}

func (t *tally) endTest(id string, e event) {
	t.results[id] = e.Action
	if e.Action == "fail" {
		t.failing[e.Package] = true
	}
	if e.Action != "pass" {
		t.print(strings.Join(t.output[id], ""))
	}
	delete(t.output, id)
}

// endPackage prints what is left over where a package fails: the output of a
// panic or a time-out belongs to a test that never ended.
func (t *tally) endPackage(e event) {
	if e.Action == "fail" {
		t.printLeft(e.Package)
		if !t.failing[e.Package] {
			t.broken++
		}
	}
	if e.Action != "skip" { // skip: a package without tests
		t.print(fmt.Sprintf("%-4s %-40s %6.1f s\n", e.Action, e.Package, e.Elapsed))
	}
}

func (t *tally) printLeft(pkg string) {
	for id, lines := range t.output {
		if strings.HasPrefix(id, pkg+" ") {
			t.print(strings.Join(lines, ""))
		}
	}
}

func (t *tally) print(text string) { _, _ = io.WriteString(t.out, text) }

func (t *tally) totals() (passed, failed, skipped int) {
	parents := map[string]bool{}
	for id := range t.results {
		for cut := strings.LastIndex(id, "/"); cut > strings.Index(id, " "); cut = strings.LastIndex(id[:cut], "/") {
			parents[id[:cut]] = true
		}
	}
	counts := map[string]int{}
	for id, result := range t.results {
		if !parents[id] {
			counts[result]++
		}
	}
	failed = counts["fail"] + t.broken
	if failed == 0 && len(t.failing) > 0 {
		failed = len(t.failing) // a parent failed by itself
	}
	return counts["pass"], failed, counts["skip"]
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/cmd/syncer/setup"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// announced is the first line of `syncer simulate --json`, which serves until
// the test ends: the fields of each provider's configuration.
func announced(t *testing.T, args ...string) map[string]map[string]string {
	t.Helper()
	read, write := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"simulate", "--json"}, args...), environment{
			Stdout: write, Stderr: io.Discard, Now: time.Now, Lookup: func(string) (string, bool) { return "", false },
		})
		write.Close()
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != exitOK {
			t.Errorf("simulate ended with %d", code)
		}
	})
	line, err := bufio.NewReader(read).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]map[string]string
	if err := json.Unmarshal(line, &fields); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return fields
}

// TestTheSimulationSaysAllThatAConfigurationNeeds reads every list of every
// provider twice, with nothing but what the simulation prints: once from the
// environment, once from a file.
func TestTheSimulationSaysAllThatAConfigurationNeeds(t *testing.T) {
	fields := announced(t, "--world", "4")
	for way, configure := range map[string]func(*testing.T, map[string]map[string]string) (path string, values map[string]string){
		"environment": allInEnvironment, "file": allInFile,
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			database := pgtest.URL(t)
			path, values := configure(t, fields)
			values["DATABASE_URL"] = database
			first, second := synced(t, path, values), synced(t, path, values)
			for i, list := range everyList() {
				mayFall := list == "scp/planned-computes" // cancellation fees fall from day to day
				if got := first[i]; got.List != list || got.Outcome != "changed" || got.Entries == 0 {
					t.Errorf("%s, first: %+v", list, got)
				}
				if got := second[i]; got.List != list || got.Outcome != "unchanged" && !mayFall || got.Entries != first[i].Entries {
					t.Errorf("%s, second: %+v", list, got)
				}
			}
			if ended := countOf(t, database, "SELECT count(*) FROM price_history h JOIN prices p ON p.list_id = h.list_id AND p.id = h.price_id WHERE price_kind = 'contract' AND valid_to IS NOT NULL"); ended != 0 {
				t.Errorf("%d unit prices have a second version", ended)
			}
			if prices := countOf(t, database, "SELECT count(DISTINCT p.list_id) FROM price_history h JOIN prices p ON p.list_id = h.list_id AND p.id = h.price_id WHERE p.pricing_currency <> 'XXX'"); prices < 6 { // one list a provider, and two of scp
				t.Errorf("%d lists have prices in a currency", prices)
			}
		})
	}
}

// TestTheSimulatedWorldMovesByWholeDays and stands still in between, or always.
func TestTheSimulatedWorldMovesByWholeDays(t *testing.T) {
	now := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	moving, still := simulateCommand{World: 1, Day: time.Minute}, simulateCommand{World: 1}
	shows, stands := moving.date(clock), still.date(clock)
	for _, step := range []struct {
		passed time.Duration
		day    int
	}{{0, 7}, {59 * time.Second, 7}, {time.Minute, 8}, {10 * time.Minute, 17}} {
		now = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC).Add(step.passed)
		if want := simulate.WorldStart().AddDate(0, 0, step.day); !shows().Equal(want) {
			t.Errorf("after %s: got %s, want %s", step.passed, shows(), want)
		}
		if want := simulate.WorldStart().AddDate(0, 0, 7); !stands().Equal(want) {
			t.Errorf("after %s the world that stands still shows %s", step.passed, stands())
		}
	}
}

// everyList is SOURCE/LIST in the order in which sync shows them.
func everyList() []string {
	var all []string
	for _, p := range setup.Providers() {
		for _, list := range p.Lists {
			all = append(all, p.Name+"/"+list)
		}
	}
	slices.Sort(all)
	return all
}

func allInEnvironment(t *testing.T, fields map[string]map[string]string) (path string, values map[string]string) {
	values = map[string]string{}
	for source, own := range fields {
		for name, value := range environmentOf(source, own) {
			values[name] = value
		}
	}
	return fileOf(t, t.TempDir(), fields, func(string, string) string { return "" }), values
}

func allInFile(t *testing.T, fields map[string]map[string]string) (path string, values map[string]string) {
	dir := t.TempDir()
	path = fileOf(t, dir, fields, func(source, field string) string {
		for _, p := range setup.Providers() {
			if p.Name != source || !slices.ContainsFunc(p.Credentials, func(set []string) bool { return slices.Contains(set, field) }) {
				continue
			}
			file := source + "_" + field
			if err := os.WriteFile(filepath.Join(dir, file), []byte(fields[source][field]), 0o600); err != nil {
				t.Fatal(err)
			}
			return "      " + field + "_file: " + file + "\n"
		}
		return "    " + field + ": " + fields[source][field] + "\n"
	})
	return path, map[string]string{}
}

// fileOf names every list and, as written by line, the fields of each source.
func fileOf(t *testing.T, dir string, fields map[string]map[string]string, line func(source, field string) string) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("sources:\n")
	for _, p := range setup.Providers() {
		fmt.Fprintf(&text, "  %s:\n    lists: { %s: }\n", p.Name, strings.Join(p.Lists, ": , "))
		settings, credentials := "", ""
		for field := range fields[p.Name] {
			if written := line(p.Name, field); strings.HasPrefix(written, "      ") {
				credentials += written
			} else {
				settings += written
			}
		}
		text.WriteString(settings)
		if credentials != "" {
			text.WriteString("    credentials:\n" + credentials)
		}
	}
	path := filepath.Join(dir, "syncer.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// synced runs `syncer sync` over everything.
func synced(t *testing.T, path string, values map[string]string, args ...string) []syncLine {
	t.Helper()
	code, stdout, stderr := withValues(t, values, append([]string{"sync", "--json", "-c", path}, args...)...)
	var lines []syncLine
	if err := json.Unmarshal([]byte(stdout), &lines); err != nil || code != exitOK {
		t.Fatalf("got %d, %v:\n%s%s", code, err, stdout, stderr)
	}
	return lines
}

func countOf(t *testing.T, database, query string) (count int) {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(context.Background())
	if err := connection.QueryRow(t.Context(), query).Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

package deploy_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"syncer/catalog"
	"syncer/monitor"
	"syncer/schedule"
	"syncer/store/outbox"
	"syncer/store/report"
)

// rules is a file of Prometheus rules, as far as ours go.
type rules struct {
	Groups []struct {
		Name  string `yaml:"name"`
		Rules []rule `yaml:"rules"`
	} `yaml:"groups"`
}

type rule struct {
	Alert  string `yaml:"alert"`
	Expr   string `yaml:"expr"`
	For    string `yaml:"for"`
	Labels struct {
		Severity string `yaml:"severity"`
	} `yaml:"labels"`
	Annotations struct {
		Summary string `yaml:"summary"`
		Runbook string `yaml:"runbook"`
	} `yaml:"annotations"`
}

func alerts(t *testing.T) []rule {
	t.Helper()
	text, err := os.ReadFile("alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var read rules
	if err := yaml.UnmarshalWithOptions(text, &read, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(read.Groups) != 1 || len(read.Groups[0].Rules) < 10 {
		t.Fatalf("read %+v", read)
	}
	return read.Groups[0].Rules
}

// TestEveryAlertSaysWhatToDo wants a severity, a summary and a section of the
// runbook for each, and no section without its alert.
func TestEveryAlertSaysWhatToDo(t *testing.T) {
	text, err := os.ReadFile("../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{} // and whether an alert names it
	for _, found := range regexp.MustCompile(`(?m)^## (\w+)$`).FindAllStringSubmatch(string(text), -1) {
		sections[found[1]] = false
	}
	var pages []string
	for _, one := range alerts(t) {
		if _, found := sections[one.Alert]; !found {
			t.Errorf("%s: no section in docs/runbook.md", one.Alert)
		}
		sections[one.Alert] = true
		if want := "docs/runbook.md#" + strings.ToLower(one.Alert); one.Annotations.Runbook != want {
			t.Errorf("%s: runbook %q, want %q", one.Alert, one.Annotations.Runbook, want)
		}
		if one.Annotations.Summary == "" || !slices.Contains([]string{"page", "ticket"}, one.Labels.Severity) {
			t.Errorf("%s: summary %q, severity %q", one.Alert, one.Annotations.Summary, one.Labels.Severity)
		}
		if _, err := time.ParseDuration(one.For); one.For != "" && err != nil {
			t.Errorf("%s: for: %v", one.Alert, err)
		}
		if one.Labels.Severity == "page" {
			pages = append(pages, one.Alert)
		}
	}
	if want := []string{"SyncerNothingSynced", "SyncerDatabaseUnreachable"}; !slices.Equal(pages, want) {
		t.Errorf("%v page, want %v", pages, want)
	}
	for section, named := range sections {
		if !named {
			t.Errorf("docs/runbook.md: section %s has no alert", section)
		}
	}
}

// TestAlertsAndDashboardNameMetricsThatExist reads every expression.
func TestAlertsAndDashboardNameMetricsThatExist(t *testing.T) {
	known := exposed(t)
	expressions := dashboard(t)
	for _, one := range alerts(t) {
		expressions = append(expressions, one.Expr)
	}
	for _, expression := range expressions {
		if strings.Count(expression, "(") != strings.Count(expression, ")") || strings.Count(expression, `"`)%2 != 0 {
			t.Errorf("%s: brackets or quotes do not match", expression)
		}
		names := metricsIn(expression)
		if len(names) == 0 {
			t.Errorf("%s: names no metric", expression)
		}
		for name, labels := range names {
			for _, label := range append(labels, "") {
				if label != "" && !strings.Contains(known[name], label) && label != "job" && label != "instance" {
					t.Errorf("%s: %s has no label %s", expression, name, label)
				}
			}
			if _, found := known[name]; !found {
				t.Errorf("%s: there is no metric %s", expression, name)
			}
		}
	}
}

var (
	metric = regexp.MustCompile(`\b((?:syncer|go|process)_\w+)(?:\{([^}]*)\})?`)
	label  = regexp.MustCompile(`(\w+)(?:=|!)`)
)

// metricsIn are the metrics of an expression with the labels they are chosen by.
func metricsIn(expression string) map[string][]string {
	names := map[string][]string{}
	for _, found := range metric.FindAllStringSubmatch(expression, -1) {
		names[found[1]] = []string{}
		for _, chosen := range label.FindAllStringSubmatch(found[2], -1) {
			names[found[1]] = append(names[found[1]], chosen[1])
		}
	}
	return names
}

func dashboard(t *testing.T) (expressions []string) {
	t.Helper()
	text, err := os.ReadFile("grafana/syncer.json")
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, W int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, panel := range read.Panels {
		if seen[panel.ID] || panel.Title == "" || len(panel.Targets) == 0 || panel.GridPos.X+panel.GridPos.W > 24 {
			t.Errorf("panel %d %q: no title, no target, twice, or beyond the edge", panel.ID, panel.Title)
		}
		seen[panel.ID] = true
		for _, target := range panel.Targets {
			expressions = append(expressions, target.Expr)
		}
	}
	return expressions
}

// exposed are the metrics of a daemon with one list, and their labels as text.
func exposed(t *testing.T) map[string]string {
	t.Helper()
	times, err := schedule.Parse("@hourly", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	m := monitor.New(monitor.Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	m.Use(monitor.View{
		Database: &monitor.Database{Ready: func(context.Context) error { return nil }, Report: oneList{}, Outbox: noMessages{}}, Zone: time.UTC, Webhooks: []string{"d"}, Lists: []monitor.Watched{{ID: catalog.ListID{Source: "a", Name: "b"}, Provider: "c", Expectation: schedule.Expectation{Times: times}}},
		Disks: func() []monitor.Disk { return []monitor.Disk{{Name: "database"}} },
	})
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	known := map[string]string{}
	for line := range strings.Lines(recorder.Body.String()) {
		if found := regexp.MustCompile(`^(\w+)(\{.*\})? `).FindStringSubmatch(line); found != nil {
			known[found[1]] += found[2]
		}
	}
	return known
}

// oneList is a database that knows one list.
type oneList struct{ monitor.Report }

func (oneList) Freshness(context.Context) ([]report.Freshness, error) {
	return []report.Freshness{{List: catalog.ListID{Source: "a", Name: "b"}, Provider: "c", LastSnapshotAt: time.Unix(1, 0)}}, nil
}
func (oneList) Figures(context.Context) ([]report.ListFigures, error) { return nil, nil }
func (oneList) Pool() report.PoolFigures                              { return report.PoolFigures{} }

// noMessages is an outbox in which nothing waits.
type noMessages struct{}

func (noMessages) Figures(context.Context) ([]outbox.Figures, error) { return nil, nil }

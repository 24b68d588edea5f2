package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"syncer/ingest"
)

// checker judges a document and collects every problem.
type checker struct {
	where     located
	providers []Provider
	dir       string
	reports   *time.Location            // the zone of sources that have none
	hoisted   map[string]map[string]any // options beside base_url, by source
	lookup    Lookup
	problems  []error
}

func (c *checker) fail(keys []string, format string, args ...any) {
	c.problems = append(c.problems, c.where.problem(keys, format, args...))
}

func (c *checker) config(path string, doc document) *Config {
	c.reports = c.location([]string{"report_timezone"}, doc.ReportTimezone)
	checked := &Config{
		Path:           path,
		Database:       c.database(doc.Database),
		Sources:        c.sources(doc.Sources),
		Guard:          c.guard(doc.Guard),
		Absence:        c.absence(doc.Absence),
		Doubt:          c.doubt(doc.Doubt, doc.Guard.Enabled),
		SetAside:       c.setAside(doc.SetAside),
		Evidence:       c.evidence(doc.Evidence),
		Listen:         c.listen(doc.Listen),
		PprofSocket:    c.file(doc.PprofSocket),
		Heartbeat:      c.heartbeat(doc.HeartbeatURL, doc.HeartbeatFile),
		ReportTimezone: c.reports,
	}
	checked.Notifications = c.notifications(doc.Notifications, checked.Lists())
	return checked
}

func (c *checker) guard(node guardNode) ingest.Guard {
	percents := map[string]int{
		"max_removed_percent": node.MaxRemovedPercent, "max_unpriced_percent": node.MaxUnpricedPercent, "max_changed_percent": node.MaxChangedPercent,
		"max_tax_percent": node.MaxTaxPercent, "max_currency_unit_percent": node.MaxCurrencyUnitPercent, "max_zero_percent": node.MaxZeroPercent,
		"max_status_percent": node.MaxStatusPercent, "max_emptied_percent": node.MaxEmptiedPercent, "max_doubtful_percent": node.MaxDoubtfulPercent,
	}
	for _, name := range sortedKeys(percents) {
		if value := percents[name]; value < 0 || value > 100 {
			c.fail([]string{"guard", name}, "want a percentage from 0 to 100, got %d", value)
		}
	}
	if node.IgnoreUpTo < 0 {
		c.fail([]string{"guard", "ignore_up_to"}, "want at least 0, got %d", node.IgnoreUpTo)
	}
	if node.MaxGrowthFactor < 2 {
		c.fail([]string{"guard", "max_growth_factor"}, "want at least 2, got %d", node.MaxGrowthFactor)
	}
	return ingest.Guard(node)
}

func (c *checker) absence(node absenceNode) Absence {
	if node.ConfirmSnapshots < 1 {
		c.fail([]string{"absence", "confirm_snapshots"}, "want at least 1, got %d", node.ConfirmSnapshots)
	}
	return Absence{
		ConfirmSnapshots: node.ConfirmSnapshots,
		ConfirmFor:       c.duration([]string{"absence", "confirm_for"}, node.ConfirmFor),
	}
}

func (c *checker) setAside(node setAsideNode) SetAside {
	if node.MaxPercent < 0 || node.MaxPercent > 100 {
		c.fail([]string{"set_aside", "max_percent"}, "want a percentage from 0 to 100, got %d", node.MaxPercent)
	}
	return SetAside(node)
}

// doubt is off where the guard is.
func (c *checker) doubt(node doubtNode, guarded bool) Doubt {
	if node.off || !guarded {
		return Doubt{}
	}
	if node.ConfirmSnapshots < 1 {
		c.fail([]string{"doubt", "confirm_snapshots"}, "want at least 1, got %d; doubt: off doubts nothing", node.ConfirmSnapshots)
	}
	return Doubt{
		ConfirmSnapshots: node.ConfirmSnapshots,
		ConfirmFor:       c.duration([]string{"doubt", "confirm_for"}, node.ConfirmFor),
	}
}

func (c *checker) evidence(node evidenceNode) Evidence {
	checked := Evidence{Keep: Keep(node.Keep), Mirror: c.file(node.Mirror), PauseBelow: c.size([]string{"evidence", "pause_below"}, node.PauseBelow)}
	if checked.Keep == KeepForever || checked.Keep == KeepBoundaries {
		return checked
	}
	keys := []string{"evidence", "keep"}
	age, err := parseDuration(node.Keep)
	if err != nil || age <= 0 {
		c.fail(keys, "want forever, boundaries or an age such as 730d, got %q", node.Keep)
	}
	checked.Keep, checked.KeepFor = KeepAge, age
	return checked
}

// location never returns nil, so that a wrong zone is one problem and no more.
func (c *checker) location(keys []string, name string) *time.Location {
	found, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		c.fail(keys, "want a time zone such as Asia/Seoul or UTC, got %q", name)
		return time.UTC
	}
	return found
}

func (c *checker) duration(keys []string, text string) time.Duration {
	value, err := parseDuration(text)
	if err != nil || value < 0 {
		c.fail(keys, "want a duration such as 72h or 3d, got %q", text)
	}
	return value
}

// file makes a path absolute, beginning at the configuration's folder; "" and
// paths below $CREDENTIALS_DIRECTORY stay as they are.
func (c *checker) file(path string) string {
	if path == "" || filepath.IsAbs(path) || strings.HasPrefix(path, credentialsPrefix) {
		return path
	}
	return filepath.Join(c.dir, path)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

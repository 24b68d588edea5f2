// Package doctor tries every part of an installation, read-only, and says what to
// do: configuration, secrets, disks, schedules, the database, and the way to each
// provider. It changes nothing, and what it finds can be written as a bug report
// without secrets.
package doctor

import (
	"context"
	"fmt"
	"time"

	"syncer/cmd/syncer/config"
)

// Options are what a check takes from outside.
type Options struct {
	// Path is the configuration's file, and Load reads it.
	Path   string
	Load   func() (*config.Config, error)
	Lookup config.Lookup
	Now    func() time.Time
	// Program is the line that names this program in a bug report.
	Program string
	// Quick asks no provider.
	Quick bool
	// Gather also reads from the database what a bug report holds.
	Gather bool
}

// Mark is how a part was found.
type Mark string

// The marks.
const (
	OK   Mark = "ok"
	Warn Mark = "warn"
	Fail Mark = "fail"
)

// Finding is what was found of a part, as syncer check --json writes it.
type Finding struct {
	Mark  Mark   `json:"result"`
	Part  string `json:"part"`  // configuration, secret, network, clock, list, database, disk or schedule
	About string `json:"about"` // a source, a list, a file or a setting
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"` // what to do about it
}

// Report is what a check found, in the order in which parts were looked at.
type Report struct {
	Findings []Finding

	checking *checking
}

// Count is the number of findings of a mark.
func (r *Report) Count(wanted Mark) int {
	n := 0
	for _, found := range r.Findings {
		if found.Mark == wanted {
			n++
		}
	}
	return n
}

// Check looks at every part; what one part hides does not keep the others from
// being looked at.
func Check(ctx context.Context, o Options) *Report {
	c := &checking{Options: o}
	if c.configuration() {
		c.secrets()
		c.heartbeat()
		c.webhooks()
		c.disks()
		c.schedules()
		c.database(ctx)
		if !o.Quick {
			c.providers(ctx)
		}
	}
	return &Report{Findings: c.findings, checking: c}
}

// checking is a check under way.
type checking struct {
	Options
	config   *config.Config // nil when it cannot be read
	findings []Finding
	gathered []bundled // of the database, for the bug report
}

func (c *checking) ok(part, about, text string, args ...any) {
	c.findings = append(c.findings, Finding{OK, part, about, fmt.Sprintf(text, args...), ""})
}

func (c *checking) warn(part, about, do, text string, args ...any) {
	c.findings = append(c.findings, Finding{Warn, part, about, fmt.Sprintf(text, args...), do})
}

func (c *checking) fail(part, about, do string, err error) {
	c.findings = append(c.findings, Finding{Fail, part, about, err.Error(), do})
}

package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/database"
	"syncer/pgtemp"
	"syncer/store"
	"syncer/store/postgres"
	"syncer/store/schema"
	"syncer/timeline"
)

// clockSlack is how far two clocks may be apart without a word: most providers
// refuse signatures that are five minutes old, and a due time ahead of the
// database's clock by more than a minute is not taken.
const clockSlack = time.Minute

// database looks at the server and the schema, and gathers what a bug report
// holds of it.
func (c *checking) database(ctx context.Context) {
	about := c.config.Database.From()
	if dir := c.config.Database.Embedded; dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "data", "PG_VERSION")); errors.Is(err, fs.ErrNotExist) {
			c.warn("database", about, "run: syncer migrate", "there is no database yet")
			return
		}
	}
	url, stop, err := database.Start(ctx, c.config, c.Lookup, slog.New(slog.DiscardHandler))
	if err != nil {
		c.fail("database", about, databaseAdvice(err), err)
		return
	}
	defer func() { _ = stop() }() // it was only asked
	before := c.Now()
	found, err := schema.Inspect(ctx, url, c.config.ReportTimezone)
	if err != nil {
		c.fail("database", about, databaseAdvice(err), err)
		return
	}
	c.server(about, found)
	c.schema(about, found)
	c.rights(about, found)
	c.databaseClock(about, found.Now.Sub(before.Add(c.Now().Sub(before)/2)))
	if found.SchemaFound != found.SchemaWant {
		return
	}
	c.opened(ctx, url)
	if c.Gather {
		c.gather(ctx, url)
	}
}

// opened wants a database that takes writes, and the configured rule of absence to
// be the one by which history was written: no list could be read else.
func (c *checking) opened(ctx context.Context, url string) {
	opened, err := store.Open(ctx, url)
	if err != nil {
		c.fail("database", c.config.Database.From(), databaseAdvice(err), err)
		return
	}
	defer opened.Close()
	if err := opened.Writable(ctx); err != nil {
		c.fail("database", c.config.Database.From(), databaseAdvice(err), err)
	}
	err = opened.RulesAgree(ctx, timeline.Judgement{Absence: c.config.Absence.Rule(), Doubt: c.config.Doubt.Rule()}, config.IDs(c.config.Lists()))
	switch {
	case errors.Is(err, store.ErrRule):
		for line := range strings.Lines(err.Error()) { // one a rule
			found, do, _ := strings.Cut(strings.TrimSpace(line), "; ")
			c.fail("configuration", "absence", do, errors.New(found))
		}
	case err != nil:
		c.fail("database", c.config.Database.From(), databaseAdvice(err), err)
	}
}

// databaseAdvice says what to do about an error of the database.
func databaseAdvice(err error) string {
	switch text := err.Error(); {
	case errors.Is(err, pgtemp.ErrDiskFull), postgres.DiskFull(err):
		return "make room there; nothing is lost, and nothing has to be repaired"
	case strings.Contains(text, "28P01"), strings.Contains(text, "28000"):
		return "correct user and password of the address, or pg_hba.conf"
	case strings.Contains(text, "42501"):
		return "log in as the writer, or as the owner of the schema run: syncer roles --apply"
	case strings.Contains(text, "3D000"):
		return "make the database: CREATE DATABASE"
	case errors.Is(err, postgres.ErrReadOnly), strings.Contains(text, "25006"):
		return "name the primary server in the address, or set default_transaction_read_only = off"
	case postgres.Away(err):
		return "start the server, or correct host and port of the address"
	}
	return ""
}

// server looks at what the schema needs of its server.
func (c *checking) server(about string, found schema.Inspection) {
	if !found.VersionSupported() {
		c.fail("database", about, "upgrade the server", fmt.Errorf("PostgreSQL %s; want 15 or newer", found.Version))
	} else {
		c.ok("database", about, "PostgreSQL %s", found.Version)
	}
	if found.Encoding != "UTF8" {
		c.fail("database", about, "make the database with ENCODING 'UTF8'", fmt.Errorf("its encoding is %s", found.Encoding))
	}
	if !found.TimeZoneSet {
		c.fail("database", about, "choose another report_timezone, or update the server's time zones",
			fmt.Errorf("the server does not know the time zone %s", c.config.ReportTimezone))
	}
}

// schema compares the schema with that of this program.
func (c *checking) schema(about string, found schema.Inspection) {
	switch have, want := found.SchemaFound, found.SchemaWant; {
	case have == 0:
		c.fail("database", about, "run: syncer migrate", errors.New("it has no schema yet"))
	case have < want:
		c.fail("database", about, "run: syncer migrate", fmt.Errorf("its schema is %d, this syncer's %d", have, want))
	case have > want:
		c.fail("database", about, "install the newer syncer", fmt.Errorf("its schema is %d, this syncer's %d", have, want))
	case len(found.Views) > 0:
		c.fail("database", about, "run: syncer migrate", fmt.Errorf("%d of its views in schema bi are not this syncer's", len(found.Views)))
	default:
		c.ok("database", about, "schema %d", have)
	}
}

// rights wants what the daemon needs, and a word about what it does not.
func (c *checking) rights(about string, found schema.Inspection) {
	switch {
	case found.SchemaFound != found.SchemaWant: // rights of another schema say nothing
	case len(found.Missing) > 0:
		c.fail("database", about, "as the owner of the schema run: syncer roles --apply",
			fmt.Errorf("user %s may not: %s", found.User, strings.Join(found.Missing, ", ")))
	case c.config.Database.Embedded != "": // its one user is its own
		c.ok("database", about, "all rights that are needed")
	case found.Superuser:
		c.warn("database", about, "let the daemon log in as a role of its own: syncer roles --help", "user %s is a superuser", found.User)
	case len(found.Excessive) > 0:
		c.warn("database", about, "let the daemon log in as a role of its own: syncer roles --help",
			"user %s could delete history (%s)", found.User, strings.Join(found.Excessive, ", "))
	default:
		c.ok("database", about, "user %s has the rights that are needed, and no more over history", found.User)
	}
}

func (c *checking) databaseClock(about string, ahead time.Duration) {
	if ahead.Abs() > clockSlack {
		c.fail("clock", about, "set both clocks (NTP): moments of snapshots are the database's, schedules this machine's",
			fmt.Errorf("the database's clock is %s", clockText(ahead)))
		return
	}
	c.ok("clock", about, "the database's clock agrees with this machine's")
}

// clockText says how far a clock is ahead of this machine's, or behind it.
func clockText(ahead time.Duration) string {
	word := "ahead of this machine's"
	if ahead < 0 {
		word = "behind this machine's"
	}
	return fmt.Sprintf("%s %s", ahead.Abs().Round(time.Second), word)
}

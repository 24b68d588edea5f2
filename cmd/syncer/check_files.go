package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
)

// cleanLines makes a text of several lines, as errors of the configuration
// are, safe to show.
func cleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = terminal.Clean(lines[i])
	}
	return strings.Join(lines, "\n      ")
}

// configuration reads the file; without it nothing else can be looked at.
func (c *checking) configuration() bool {
	loaded, err := c.session.config()
	if err != nil {
		about := c.session.path
		if about == "" {
			about = defaultConfig
		}
		c.fail("configuration", about, "correct the file; docs/operating.md describes every setting", err)
		return false
	}
	c.config = loaded
	switch err := loaded.FileModes(); {
	case errors.Is(err, config.ErrOthersWrite):
		c.warn("configuration", loaded.Path, "run: chmod go-w "+loaded.Path, "others than its owner can change it")
	case err != nil:
		c.fail("configuration", loaded.Path, "", err)
	default:
		c.ok("configuration", loaded.Path, "%d sources, %d lists", len(loaded.Sources), len(loaded.Lists()))
	}
	return true
}

// webhooks reads the secrets of webhooks and asks nobody: who wants to see a
// message arrive runs syncer notify test.
func (c *checking) webhooks() {
	for _, webhook := range c.config.Notifications.Webhooks {
		about := "webhook " + webhook.Name
		for _, held := range webhook.Secrets(c.session.Lookup) {
			if held.Err != nil {
				c.fail("secret", about+" "+held.Field, secretAdvice(held), held.Err)
				continue
			}
			c.ok("secret", about+" "+held.Field, "from %s", held.From)
		}
		if _, err := c.session.webhook(webhook); err != nil && !c.failed("secret", about) {
			c.fail("secret", about, "", err)
		}
	}
}

// secrets reads every secret; none is shown.
func (c *checking) secrets() {
	for _, source := range c.config.Sources {
		for _, held := range source.Secrets(c.session.Lookup) {
			about := source.Name + " " + held.Field
			if held.Err != nil {
				c.fail("secret", about, secretAdvice(held), held.Err)
				continue
			}
			c.ok("secret", about, "from %s", held.From)
		}
		if _, err := source.Open(c.session.Lookup); err != nil && !c.failed("secret", source.Name+" ") {
			c.fail("secret", source.Name, "", err)
		}
	}
}

// heartbeat reads the address that is pinged, and does not ping.
func (c *checking) heartbeat() {
	from := c.config.Heartbeat.From(c.session.Lookup)
	if from == "" {
		return
	}
	if _, err := c.config.Heartbeat.URL(c.session.Lookup); err != nil {
		c.fail("secret", "heartbeat_url", secretAdvice(config.Held{From: from, Err: err}), err)
		return
	}
	c.ok("secret", "heartbeat_url", "from %s", from)
}

func secretAdvice(held config.Held) string {
	switch {
	case errors.Is(held.Err, fs.ErrNotExist):
		return "write the secret into " + held.From + ", mode 0600"
	case errors.Is(held.Err, fs.ErrPermission):
		return "make " + held.From + " belong to the user that runs syncer"
	}
	return ""
}

// failed tells whether something of a part whose name begins so failed before.
func (c *checking) failed(part, prefix string) bool {
	for _, one := range c.findings {
		if one.Mark == markFail && one.Part == part && strings.HasPrefix(one.About, prefix) {
			return true
		}
	}
	return false
}

// Room below which a disk is worth a word, and below which history will soon
// not be written any more.
const (
	littleRoom = 5 << 30
	noRoom     = 512 << 20
)

// disks looks at the folders that grow: the embedded database and the mirror.
func (c *checking) disks() {
	for _, one := range []struct{ setting, dir string }{
		{"database.embedded", c.config.Database.Embedded}, {"evidence.mirror", c.config.Evidence.Mirror},
	} {
		if one.dir == "" {
			continue
		}
		free, err := freeBytes(nearest(one.dir))
		switch about := one.setting + " " + one.dir; {
		case err != nil:
			c.fail("disk", about, "", fmt.Errorf("free space: %w", err))
		case free < noRoom:
			c.fail("disk", about, "make room: history cannot be written on a full disk", fmt.Errorf("%s free", roomWords(free)))
		case free < c.config.Evidence.PauseBelow:
			c.fail("disk", about, "make room, or lower evidence.pause_below: history goes on, and what changes is not proven",
				fmt.Errorf("%s free: evidence is paused below %s", roomWords(free), roomWords(c.config.Evidence.PauseBelow)))
		case free < littleRoom:
			c.warn("disk", about, "make room, or give pages up (evidence.keep)", "%s free", roomWords(free))
		default:
			c.ok("disk", about, "%s free", roomWords(free))
		}
	}
}

// nearest is the folder itself, or the one above it in which it will be made.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// roomWords is an amount of room: 78.4 GB, and 512 MB where there is little.
func roomWords(bytes uint64) string {
	if bytes < 1e9 {
		return fmt.Sprintf("%d MB", bytes/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
}

// schedules says when each list is read next.
func (c *checking) schedules() {
	for _, list := range c.config.Lists() {
		source, _ := c.config.Source(list.ID.Source)
		next := list.Times.Next(c.session.Now())
		switch {
		case source.Provider.BackfillOnly:
			c.ok("schedule", list.ID.String(), "filled by backfill only")
		case list.Times.IsZero():
			c.ok("schedule", list.ID.String(), "read by hand only")
		case next.IsZero():
			c.warn("schedule", list.ID.String(), "correct schedule", "%q is never due again", list.Schedule)
		default:
			c.ok("schedule", list.ID.String(), "next due %s (%s)", next.In(list.Times.Location()).Format(time.RFC3339), list.Schedule)
		}
	}
}

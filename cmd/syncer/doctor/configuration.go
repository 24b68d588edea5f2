package doctor

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
)

// configuration reads the file; without it nothing else can be looked at.
func (c *checking) configuration() bool {
	loaded, err := c.Load()
	if err != nil {
		c.fail("configuration", c.Path, "correct the file; docs/operating.md describes every setting", err)
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
		for _, held := range webhook.Secrets(c.Lookup) {
			if held.Err != nil {
				c.fail("secret", about+" "+held.Field, secretAdvice(held), held.Err)
				continue
			}
			c.ok("secret", about+" "+held.Field, "from %s", held.From)
		}
		if _, err := pipeline.Webhook(webhook, c.Lookup); err != nil && !c.failed("secret", about) {
			c.fail("secret", about, "", err)
		}
	}
}

// secrets reads every secret; none is shown.
func (c *checking) secrets() {
	for _, source := range c.config.Sources {
		for _, held := range source.Secrets(c.Lookup) {
			about := source.Name + " " + held.Field
			if held.Err != nil {
				c.fail("secret", about, secretAdvice(held), held.Err)
				continue
			}
			c.ok("secret", about, "from %s", held.From)
		}
		if _, err := source.Open(c.Lookup); err != nil && !c.failed("secret", source.Name+" ") {
			c.fail("secret", source.Name, "", err)
		}
	}
}

// heartbeat reads the address that is pinged, and does not ping.
func (c *checking) heartbeat() {
	from := c.config.Heartbeat.From(c.Lookup)
	if from == "" {
		return
	}
	if _, err := c.config.Heartbeat.URL(c.Lookup); err != nil {
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

// failed says whether something of a part whose name begins so failed before.
func (c *checking) failed(part, prefix string) bool {
	for _, found := range c.findings {
		if found.Mark == Fail && found.Part == part && strings.HasPrefix(found.About, prefix) {
			return true
		}
	}
	return false
}

// schedules says when each list is read next.
func (c *checking) schedules() {
	for _, list := range c.config.Lists() {
		if len(list.Ignored) > 0 {
			c.ok("ignored", list.ID.String(), "attributes that are not tracked: %s", strings.Join(list.Ignored, ", "))
		}
		source, _ := c.config.Source(list.ID.Source)
		next := list.Times.Next(c.Now())
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

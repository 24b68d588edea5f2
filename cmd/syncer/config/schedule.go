package config

import (
	"regexp"
	"slices"
	"time"

	"syncer/schedule"
)

// leastPace bounds what a list may set as its pace, and defaultPace is the
// pace of one that sets none: a catalog moves in days, and whoever asks for it
// every second is no guest.
const (
	leastPace   = time.Second
	defaultPace = 5 * time.Second
)

// listTimes checks when a list is read: schedule, timezone, pace and jitter.
func (c *checker) listTimes(keys []string, list *List, node *listNode, zone *time.Location) {
	at := func(name string) []string { return slices.Concat(keys, []string{name}) }
	if node.Timezone != "" {
		zone = c.location(at("timezone"), node.Timezone)
	}
	pace := c.pace(at("pace"), node.Pace)
	if node.Schedule == "" {
		return
	}
	parsed, err := schedule.Parse(node.Schedule, zone)
	if err != nil {
		c.fail(at("schedule"), "%v", err)
		return
	}
	gap := parsed.ShortestGap()
	if gap < pace {
		c.fail(at("schedule"), "%q is due every %s, more often than the pace of the list, %s, allows; set pace if the provider does", node.Schedule, gap, pace)
	}
	list.Schedule, list.Times = node.Schedule, parsed
	list.Jitter = c.jitter(at("jitter"), node.Jitter, gap)
}

// pace is the least time between two readings of a list.
func (c *checker) pace(keys []string, text string) time.Duration {
	if text == "" {
		return defaultPace
	}
	pace := c.duration(keys, text)
	if pace < leastPace {
		c.fail(keys, "want at least %s, got %q", leastPace, text)
	}
	return pace
}

// jitter wants less than the time between two due times, so that one has begun
// before the next.
func (c *checker) jitter(keys []string, text string, gap time.Duration) time.Duration {
	if text == "" {
		return 0
	}
	jitter := c.duration(keys, text)
	if jitter >= gap {
		c.fail(keys, "want less than the time between two due times, %s, got %q", gap, text)
	}
	return jitter
}

var wholeDays = regexp.MustCompile(`^(\d{1,5})d$`)

// parseDuration reads Go's durations and whole days: 90m, 72h, 3d.
func parseDuration(text string) (time.Duration, error) {
	if found := wholeDays.FindStringSubmatch(text); found != nil {
		hours, err := time.ParseDuration(found[1] + "h")
		return 24 * hours, err
	}
	return time.ParseDuration(text)
}

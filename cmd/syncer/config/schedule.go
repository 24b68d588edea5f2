package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// CheckSchedule refuses what robfig/cron v3.0.1 does not refuse by itself: an
// expression with a time zone of its own (the source has one, and "TZ=0"
// makes the parser panic), one that never fires (31 February), and intervals
// below a second, which it would silently make one.
func CheckSchedule(expression string) error {
	if strings.Contains(strings.ToUpper(expression), "TZ=") {
		return errors.New("want a cron expression without TZ=; set timezone on the source")
	}
	parsed, err := parseCron(expression)
	if err != nil {
		return fmt.Errorf("want a cron expression such as \"0 */6 * * *\" or @daily, got %q: %w", expression, err)
	}
	if every, found := strings.CutPrefix(expression, "@every "); found {
		if interval, err := time.ParseDuration(every); err != nil || interval < time.Second {
			return fmt.Errorf("want an interval of at least 1s, got %q", every)
		}
	}
	if parsed.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return fmt.Errorf("%q never fires: there is no such day", expression)
	}
	return nil
}

func parseCron(expression string) (parsed cron.Schedule, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = errors.New("it cannot be read")
		}
	}()
	return cron.ParseStandard(expression)
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

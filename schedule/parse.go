package schedule

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Parse reads a cron expression of five fields, or six with seconds in front,
// or one of @hourly, @daily, @weekly, @monthly, @yearly and @every DURATION. The
// weekday is 0 to 7 or a name; 0 and 7 are Sunday. zone is where its times of day are read.
//
// It refuses what robfig/cron v3.0.1 does not: a time zone within the
// expression (its parser panics on "TZ=0"), days that do not exist (30
// February is never due), steps larger than their field (*/90 minutes would
// mean every hour), and intervals that are not whole seconds (500ms would mean
// 1s).
func Parse(expression string, zone *time.Location) (Schedule, error) {
	if strings.Contains(strings.ToUpper(expression), "TZ=") {
		return Schedule{}, errors.New("want a cron expression without TZ=; set timezone instead")
	}
	if interval, found := strings.CutPrefix(expression, "@every"); found {
		return parseEvery(expression, strings.TrimSpace(interval), zone)
	}
	spec, err := parseSpec(expression)
	if err != nil {
		return Schedule{}, fmt.Errorf("want a cron expression such as \"0 */6 * * *\" or @daily, got %q: %w", expression, err)
	}
	if nextWall(spec, leapYear()).IsZero() {
		return Schedule{}, fmt.Errorf("%q is never due: there is no such day", expression)
	}
	return Schedule{expression: expression, zone: zone, times: timesOf(spec, zone), shortest: shortestGap(spec)}, nil
}

func parseEvery(expression, text string, zone *time.Location) (Schedule, error) {
	interval, err := time.ParseDuration(text)
	if err != nil || interval < time.Second || interval%time.Second != 0 || interval > longestInterval {
		return Schedule{}, fmt.Errorf("want @every with whole seconds up to a year, such as @every 90m, got %q", expression)
	}
	return Schedule{expression: expression, zone: zone, times: every(interval), shortest: interval}, nil
}

const longestInterval = 366 * 24 * time.Hour

// parseSpec never panics: what the parser cannot take is an error.
func parseSpec(expression string) (spec cron.SpecSchedule, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it cannot be read")
		}
	}()
	parser := cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	parsed, err := parser.Parse(sundays(expression))
	if err != nil {
		return spec, err
	}
	found, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return spec, errors.New("it is neither times of day nor @every")
	}
	spec = *found
	spec.Location = time.UTC
	return spec, checkSteps(expression)
}

// sundays writes each 7 of the weekday field as 0, by which alone the parser knows
// Sunday; crontab(5) knows both. A range that ends with it has it beside the rest.
func sundays(expression string) string {
	fields := strings.Fields(expression)
	if len(fields) < 5 || len(fields) > 6 {
		return expression
	}
	var days []string
	for day := range strings.SplitSeq(fields[len(fields)-1], ",") {
		span, by, stepped := strings.Cut(day, "/")
		from, to, _ := strings.Cut(span, "-")
		first, err := strconv.Atoi(from)
		switch {
		case day == "7":
			day = "0"
		case to != "7" || err != nil || first < 0 || first > 7:
		case first == 7 && !stepped:
			day = "0"
		case first < 7:
			day = strings.Replace(day, "-7", "-6", 1)
			if n, err := strconv.Atoi(by); !stepped || err == nil && n > 0 && (7-first)%n == 0 {
				day += ",0"
			}
		}
		days = append(days, day)
	}
	fields[len(fields)-1] = strings.Join(days, ",")
	return strings.Join(fields, " ")
}

var step = regexp.MustCompile(`/(\d+)`)

// checkSteps refuses */90: the parser takes it for the field's first value.
func checkSteps(expression string) error {
	fields := strings.Fields(expression)
	sizes := []int{60, 60, 24, 31, 12, 7} // seconds, minutes, hours, days, months, weekdays
	if len(fields) > len(sizes) {
		return nil
	}
	sizes = sizes[len(sizes)-len(fields):]
	for i, field := range fields {
		for _, found := range step.FindAllStringSubmatch(field, -1) {
			if n, err := strconv.Atoi(found[1]); err != nil || n >= sizes[i] {
				return fmt.Errorf("step /%s is not smaller than its field, which has %d values", found[1], sizes[i])
			}
		}
	}
	return nil
}

// timesOf is everyHour if no hour is left out.
func timesOf(spec cron.SpecSchedule, zone *time.Location) times {
	const allHours = 1<<24 - 1
	if spec.Hour&allHours == allHours {
		return everyHour{spec: spec, zone: zone}
	}
	return timesOfDay{spec: spec, zone: zone}
}

// leapYear is the last second before a leap year, in which every day exists.
func leapYear() time.Time { return time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Second) }

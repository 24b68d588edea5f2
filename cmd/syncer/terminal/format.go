package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// Amount writes a number exactly, with a comma between thousands: 1,234,567.5.
func Amount(value decimal.Decimal) string {
	text := catalog.DecimalText(value)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, fraction, found := strings.Cut(text, ".")
	if found {
		fraction = "." + fraction
	}
	return sign + thousands(whole) + fraction
}

// Count writes a number of things with a comma between thousands.
func Count(n int) string { return Amount(decimal.NewFromInt(int64(n))) }

func thousands(digits string) string {
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(digit)
	}
	return out.String()
}

// Duration writes a duration in at most two units: 3d 4h, 12m 5s, 850ms.
func Duration(d time.Duration) string {
	if d < 0 {
		return "-" + Duration(-d)
	}
	if d < time.Second {
		return fmt.Sprintf("%dms", d.Milliseconds())
	}
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	for i, unit := range units {
		if d < unit.size {
			continue
		}
		text := fmt.Sprintf("%d%s", d/unit.size, unit.name)
		if i+1 < len(units) && d%unit.size >= units[i+1].size {
			text += fmt.Sprintf(" %d%s", d%unit.size/units[i+1].size, units[i+1].name)
		}
		return text
	}
	return "0s"
}

// Moment writes a moment to the minute with the offset of its zone; a nil
// moment is a dash.
func Moment(t *time.Time, zone *time.Location) string {
	if t == nil || t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04 -07:00")
}

// Dash is the text, or a dash where there is none.
func Dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

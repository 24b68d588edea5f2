package zstack

import (
	"fmt"
	"strings"
	"time"
)

// parseDate reads a date without zone as wall clock of the location. The layouts
// are what Gson's default writes, by the Java version and locale of the
// management server: JDK 8 and JDK 9 or later in English (from JDK 20 with
// U+202F before PM), and Chinese.
func parseDate(text string, location *time.Location) (time.Time, error) {
	plain := strings.ReplaceAll(text, "\u202f", " ")
	for _, layout := range []string{"Jan 2, 2006 3:04:05 PM", "Jan 2, 2006, 3:04:05 PM", "2006-1-2 15:04:05"} {
		if moment, err := time.ParseInLocation(layout, plain, location); err == nil {
			return moment, nil
		}
	}
	return time.Time{}, fmt.Errorf("want a date such as %q, got %.60q", "Jun 7, 2017 9:20:40 PM", text)
}

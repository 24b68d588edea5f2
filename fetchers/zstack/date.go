package zstack

import (
	"fmt"
	"strings"
	"time"
)

// layouts are what servers write, by their Java version and locale: Gson's default
// on JDK 8 and on JDK 9 or later in English, on JDK 8 and later in Chinese, and ISO
// 8601.
var layouts = []string{
	"Jan 2, 2006 3:04:05 PM", "Jan 2, 2006, 3:04:05 PM",
	"2006-1-2 15:04:05", "2006年1月2日 PM3:04:05", "2006年1月2日 15:04:05",
	"2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04:05Z0700",
}

// plain writes a date as the layouts do: JDK 20 and later put U+202F before PM, and
// the Chinese words for the halves of a day are those of Go.
var plain = strings.NewReplacer("\u202f", " ", "上午", "AM", "下午", "PM")

// parseDate reads a date; one without zone is wall clock of the location.
func parseDate(text string, location *time.Location) (time.Time, error) {
	for _, layout := range layouts {
		if moment, err := time.ParseInLocation(layout, plain.Replace(text), location); err == nil {
			return moment, nil
		}
	}
	return time.Time{}, fmt.Errorf("want a date such as %q, got %.60q", "Jun 7, 2017 9:20:40 PM", text)
}

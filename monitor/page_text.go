package monitor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"syncer/store/report"
)

// moments are shown to the minute, in the zone of reports.
const moments = "2006-01-02 15:04"

// Ago is a length of time as people say it: 40 s, 12 min, 5 h, 3 d.
func Ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24))
}

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func pageListOf(list ListStatus, now time.Time, zone *time.Location) pageList {
	line := pageList{ListStatus: list, Source: list.List.Source, Name: list.List.Name, Reason: list.Why()}
	if !list.LastSnapshotAt.IsZero() {
		line.Age, line.Snapshot = Ago(list.Age), list.LastSnapshotAt.In(zone).Format(moments)
	}
	switch {
	case list.Next.IsZero():
		line.Due = "by hand"
	default:
		line.Due, line.Moment = "in "+Ago(max(list.Next.Sub(now), 0)), list.Next.In(zone).Format(moments)
	}
	return line
}

// Why is the reason for the state of a list, and what of it is not known though it is
// fresh; "" where all is well.
func (l ListStatus) Why() string {
	return strings.Join(slices.DeleteFunc([]string{l.reason(), l.unknown()}, func(text string) bool { return text == "" }), "; ")
}

// unknown is what the newest snapshot does not speak for, or not yet.
func (l ListStatus) unknown() string {
	var parts []string
	add := func(n int, singular, plural string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+singular)
		case n > 1:
			parts = append(parts, thousands(n)+" "+plural)
		}
	}
	add(l.SetAside, "entry set aside", "entries set aside")
	add(l.Nameless, "row without a key", "rows without a key")
	add(l.DoubtsOpen, "price in doubt", "prices in doubt")
	if l.PricesUnreadFor > 0 {
		parts = append(parts, "prices not read for "+Ago(l.PricesUnreadFor))
	}
	return strings.Join(parts, ", ")
}

// reason is why a list is in its state, "" for a good one.
func (l ListStatus) reason() string {
	switch {
	case l.State == Held:
		return l.HeldFor
	case l.State == Failed && l.LastError != "":
		return l.LastError
	case l.Stale && l.LastSnapshotAt.IsZero():
		return "nothing was read since it was due"
	case l.Stale:
		return "nothing new came for " + Ago(l.Age)
	case l.Held > 0:
		return fmt.Sprintf("an older snapshot is held (%d)", l.Held)
	}
	return ""
}

// summary says in one line how the configured lists are, and the worst state of any.
func summary(lists []ListStatus) (text, worst string) {
	lists = slices.DeleteFunc(slices.Clone(lists), func(list ListStatus) bool { return !list.Configured })
	count := map[string]int{}
	worst = Fresh
	for _, list := range lists {
		count[list.State]++
	}
	var parts []string
	for _, state := range States() {
		if count[state] > 0 {
			parts, worst = append(parts, fmt.Sprintf("%d %s", count[state], words(state))), state
		}
	}
	switch {
	case len(lists) == 0:
		return "No list is configured.", Never
	case worst == Fresh && len(lists) == 1:
		return "The one list is fresh.", worst
	case worst == Fresh:
		return fmt.Sprintf("All %d lists are fresh.", len(lists)), worst
	}
	return strings.Join(parts, ", ") + ".", worst
}

func words(state string) string {
	if state == Never {
		return "never read"
	}
	return state
}

func priceLine(c report.PriceChange, zone *time.Location) pageChange {
	line := pageChange{
		At: c.ChangedAt.In(zone).Format(moments), List: c.List.String(), Key: c.Key, Name: c.Name, What: c.Change,
		From: c.From, To: c.To, Note: strings.TrimSpace(c.Currency + " per " + c.Unit),
	}
	if c.Variant != "" {
		line.Note += ", " + c.Variant
	}
	if c.Region != "" {
		line.Note += ", in " + c.Region
	}
	if c.Tier != "" {
		line.Note += ", above " + c.Tier
	}
	if c.Percent != "" {
		line.What += " " + signed(c.Percent) + " %"
	}
	return line
}

func signed(percent string) string {
	if strings.HasPrefix(percent, "-") {
		return percent
	}
	return "+" + percent
}

func statusLine(c report.StatusChange, zone *time.Location) pageChange {
	note := c.Zone
	if c.Aspect != "" && c.Aspect != "status" {
		note = strings.TrimSpace(c.Aspect + " " + note)
	}
	return pageChange{
		At: c.ChangedAt.In(zone).Format(moments), List: c.List.String(), Key: c.Key, Name: c.Name, What: c.Event,
		From: c.From, To: c.To, Note: note,
	}
}

package notify

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"syncer/store/outbox"
)

// moments are shown to the minute, in UTC.
const moments = "2006-01-02 15:04"

// mostText bounds the text in runes, as chat programs do.
const mostText = 3000

// textOf is the text of a message, bounded, with the link at its end.
func textOf(pageURL, text string) string {
	if utf8.RuneCountInString(text) > mostText {
		text = string([]rune(text)[:mostText]) + "\n…"
	}
	if pageURL != "" {
		text += "\n" + pageURL
	}
	return text
}

func newsText(news News) string {
	switch news.Kind {
	case outbox.Held:
		return fmt.Sprintf("%s: the snapshot of %s UTC is held: %s. History stays as it was.\nDecide: %s", news.List,
			news.TakenAt.Format(moments), plain(news.HeldFor), strings.Join(decisions(news), "\nor: "))
	case outbox.Stale:
		return staleText(news.List, news.LastSnapshot)
	}
	lines := []string{headline(news)}
	lines = append(lines, priceLines(news.Prices, named)...)
	lines = append(lines, statusLines(news.Statuses, named)...)
	return strings.Join(append(lines, doubtLines(news.Doubts, named)...), "\n")
}

// headline says what happened to a list.
func headline(news News) string {
	decision := news.Decision
	if decision == nil {
		return fmt.Sprintf("%s changed with the snapshot of %s UTC.", news.List, news.TakenAt.Format(moments))
	}
	by := fmt.Sprintf("by %s: %s", plain(decision.Actor), plain(decision.Reason))
	what := fmt.Sprintf("the snapshot of %s UTC", news.TakenAt.Format(moments))
	if decision.Key != "" {
		what += " says of " + plain(decision.Key)
	}
	switch {
	case news.Kind == outbox.Changed:
		return fmt.Sprintf("%s: what is shown of %s is believed, %s.", news.List, plain(decision.Key), by)
	case decision.Key != "" && decision.Restored:
		return fmt.Sprintf("%s: what %s is history again, %s.%s", news.List, what, by, following(news, "These changes stand again:"))
	case decision.Key != "":
		return fmt.Sprintf("%s: what %s was taken back, %s.%s", news.List, what, by, following(news, "These changes, of which messages told, are none:"))
	case decision.Restored:
		return fmt.Sprintf("%s: %s is history again, %s.%s", news.List, what, by, following(news, "These changes stand again:"))
	}
	return fmt.Sprintf("%s: %s was taken back, %s.%s", news.List, what, by, following(news, "These changes, of which messages told, are none:"))
}

// following introduces changes, where there are any.
func following(news News, text string) string {
	if news.Prices == nil && news.Statuses == nil {
		return ""
	}
	return " " + text
}

// doubtLines name the doubts; name is named or namedWithList.
func doubtLines(news *DoubtNews, name func(list, key, name string) string) []string {
	if news == nil {
		return nil
	}
	lines := []string{fmt.Sprintf("%s (%d began, %d confirmed):", many(news.Total, "price in doubt", "prices in doubt"), news.Began, news.Confirmed)}
	for _, move := range news.Top {
		line := "• " + name(move.List, move.Key, move.Name)
		if move.Variant != "" {
			line += ", " + plain(move.Variant)
		}
		shown := "no price"
		if move.Shown != "" {
			shown = fmt.Sprintf("%s %s per %s", move.Shown, move.ShownCurrency, plain(move.ShownUnit))
		}
		if move.Event == "confirmed" {
			line += fmt.Sprintf(": %s is believed, since %s UTC", shown, move.Since.Format(moments))
		} else {
			line += fmt.Sprintf(": %s is shown (%s); %s %s per %s stands until that is confirmed. Decide: %s",
				shown, move.Reason, move.Stands, move.Currency, plain(move.Unit), plain(strings.Join(move.Decide, " or: ")))
		}
		lines = append(lines, line)
	}
	return andMore(lines, news.Total-len(news.Top))
}

func staleText(list string, last time.Time) string {
	if last.IsZero() {
		return list + " is stale: nothing was ever read of it."
	}
	return fmt.Sprintf("%s is stale: nothing new came since %s UTC.", list, last.Format(moments))
}

// priceLines name the changes of prices; name is named or namedWithList.
func priceLines(news *PriceNews, name func(list, key, name string) string) []string {
	if news == nil {
		return nil
	}
	lines := []string{fmt.Sprintf("%s (%d up, %d down):", many(news.Total, "price moved", "prices moved"), news.Up, news.Down)}
	for _, move := range news.Top {
		what := name(move.List, move.Key, move.Name)
		if move.Variant != "" {
			what += ", " + plain(move.Variant)
		}
		line := fmt.Sprintf("• %s: %s → %s %s per %s", what, move.From, move.To, move.Currency, plain(move.Unit))
		if move.Percent != "" {
			line += fmt.Sprintf(" (%s %%)", signed(move.Percent))
		}
		lines = append(lines, line)
	}
	return andMore(lines, news.Total-len(news.Top))
}

// statusLines name the changes of statuses; name is named or namedWithList.
func statusLines(news *StatusNews, name func(list, key, name string) string) []string {
	if news == nil {
		return nil
	}
	lines := []string{fmt.Sprintf("%s (%d delisted, %d relisted, %d changed):",
		many(news.Total, "status change", "status changes"), news.Delisted, news.Relisted, news.Changed)}
	for _, move := range news.Top {
		line := "• " + name(move.List, move.Key, move.Name)
		if move.Zone != "" {
			line += " in " + plain(move.Zone)
		}
		line += ": " + move.Event
		if move.Event == "changed" {
			line = strings.TrimSuffix(line, "changed") + fmt.Sprintf("%s → %s", word(move.From), word(move.To))
		}
		lines = append(lines, line)
	}
	return andMore(lines, news.Total-len(news.Top))
}

func andMore(lines []string, more int) []string {
	if more > 0 {
		lines = append(lines, fmt.Sprintf("• and %d more", more))
	}
	return lines
}

// named is a product or contract as people know it.
func named(_, key, name string) string {
	text := plain(key)
	if name != "" && name != key {
		text += " (" + plain(name) + ")"
	}
	return text
}

// namedWithList is named after its list, where a message is about several.
func namedWithList(list, key, name string) string { return list + " " + named(list, key, name) }

// word is a provider's word for a status, which may be none.
func word(text string) string {
	if text == "" {
		return "none"
	}
	return plain(text)
}

// plain makes a provider's text harmless in chat programs, which take some of it
// for commands: <!channel>, @all, [a link](somewhere). The data has it as it is.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return ' '
		case r == '<':
			return '‹'
		case r == '>':
			return '›'
		case r == '@':
			return '＠'
		}
		return r
	}, text)
	return strings.ReplaceAll(strings.ReplaceAll(text, "](", "] ("), "://", ": //")
}

func signed(percent string) string {
	if strings.HasPrefix(percent, "-") {
		return percent
	}
	return "+" + percent
}

func many(n int, singular, plural string) string {
	if n == 1 {
		return "1 " + singular
	}
	return fmt.Sprintf("%d %s", n, plural)
}

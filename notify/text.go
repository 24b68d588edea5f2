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
	lines := []string{fmt.Sprintf("%s changed with the snapshot of %s UTC.", news.List, news.TakenAt.Format(moments))}
	lines = append(lines, priceLines(news.Prices, named)...)
	return strings.Join(append(lines, statusLines(news.Statuses, named)...), "\n")
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

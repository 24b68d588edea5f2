package terminal

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Columns is the number of cells a text takes: two for wide East Asian
// characters and emoji, none for combining marks.
func Columns(text string) int {
	total := 0
	for _, r := range text {
		total += columns(r)
	}
	return total
}

func columns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
		return 2
	}
	return 1
}

// Clean makes a provider's text safe to show: control characters, which could
// move the cursor or recolour the screen, become a visible mark.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) {
			return '\u00b7'
		}
		return r
	}, text)
}

// Clip shortens a text to at most the given number of cells, the last one an
// ellipsis.
func Clip(text string, cells int) string {
	if Columns(text) <= cells {
		return text
	}
	var kept strings.Builder
	used := 0
	for _, r := range text {
		if used+columns(r) > cells-1 {
			break
		}
		kept.WriteRune(r)
		used += columns(r)
	}
	return kept.String() + "\u2026"
}

func pad(text string, cells int, right bool) string {
	blank := strings.Repeat(" ", max(cells-Columns(text), 0))
	if right {
		return blank + text
	}
	return text + blank
}

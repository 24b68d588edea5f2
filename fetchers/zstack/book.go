package zstack

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"syncer/catalog"
)

// book is what the further parts of a page say of one table.
type book struct {
	lines map[string]line // by uuid
	total *int
	last  bool
}

// addPrices gives each table of a page the prices of its parts. A table whose
// prices are not there, or not all of them, is an error: it would look as if
// they had ended.
func (f *fetcher) addPrices(decoded *catalog.Decoded, parts []catalog.Part) error {
	books := map[string]*book{}
	for i, part := range parts {
		if err := f.readPrices(decoded, books, part); err != nil {
			return fmt.Errorf("part %d: %w", i+2, err)
		}
	}
	for i := range decoded.Entries {
		entry := &decoded.Entries[i]
		if err := books[entry.Key].whole(); err != nil {
			return fmt.Errorf("prices of table %q: %w", entry.Key, err)
		}
		var doubts []string
		entry.Prices, doubts = books[entry.Key].inForce(entry.Key)
		for _, doubt := range doubts {
			decoded.Warnings = append(decoded.Warnings, catalog.Warning{Key: entry.Key, Text: doubt})
		}
	}
	return nil
}

func (f *fetcher) readPrices(decoded *catalog.Decoded, books map[string]*book, part catalog.Part) error {
	table := tableOf(part.Request)
	if books[table] == nil {
		books[table] = &book{lines: map[string]line{}}
	}
	answer, err := readReply(part, 1)
	if err != nil {
		return err
	}
	answer.document.About(table)
	for _, row := range answer.rows {
		line := f.readLine(row.Object(), table)
		if err := answer.document.Err(); err != nil {
			return err
		}
		if err := books[table].add(line); err != nil {
			return fmt.Errorf("%s: %w", row.Path(), err)
		}
	}
	books[table].total, books[table].last = answer.end.Total, answer.end.Last
	decoded.Unknown = append(decoded.Unknown, answer.document.Unknown()...)
	decoded.Warnings = append(decoded.Warnings, answer.document.Warnings()...)
	return answer.document.Err()
}

// tableOf is the table that a question for prices was about.
func tableOf(request string) string {
	for _, condition := range queryOf(request)["q"] {
		if table, ok := strings.CutPrefix(condition, "tableUuid="); ok {
			return table
		}
	}
	return ""
}

func (b *book) add(l line) error {
	known, seen := b.lines[l.uuid]
	if seen && (known.ended != l.ended || known.sku("") != l.sku("") || known.price.AmountDigest() != l.price.AmountDigest()) {
		return fmt.Errorf("price %q: %w", l.uuid, catalog.ErrConflict)
	}
	b.lines[l.uuid] = l
	return nil
}

func (b *book) whole() error {
	switch {
	case b == nil:
		return errors.New("no part holds them")
	case !b.last:
		return fmt.Errorf("%w: the last answer is missing", catalog.ErrIncomplete)
	case b.total != nil && *b.total != len(b.lines):
		return fmt.Errorf("%w: the provider states a total of %d, the answers hold %d", catalog.ErrIncomplete, *b.total, len(b.lines))
	}
	return nil
}

// inForce is the prices that hold: of the lines of a resource that have no end,
// the one that began last, as the server itself chooses (getCurrentPriceUuid of
// its billing module). Lines that have ended are the provider's own history and
// stay in the evidence. Volumes may have several prices at once, by tags that
// no line states: their uuid tells those apart.
func (b *book) inForce(table string) (prices []catalog.Price, doubts []string) {
	groups := b.open(table)
	for _, sku := range slices.Sorted(maps.Keys(groups)) {
		lines := groups[sku]
		switch {
		case len(lines) == 1:
			prices = append(prices, lines[0].as(sku))
		case strings.HasSuffix(lines[0].resource, "Volume"):
			doubts = append(doubts, fmt.Sprintf("%d prices of %s hold at once, told apart by tags that are not stated", len(lines), lines[0].resource))
			for _, line := range lines {
				prices = append(prices, line.as(sku+"/"+line.uuid))
			}
		default:
			if from(lines[0]).Equal(from(lines[1])) {
				doubts = append(doubts, fmt.Sprintf("two prices of %s began at the same moment, %s is taken", lines[0].resource, lines[0].uuid))
			}
			prices = append(prices, lines[0].as(sku))
		}
	}
	return prices, doubts
}

// open is the lines without an end by what they are a price of, the latest
// first.
func (b *book) open(table string) map[string][]line {
	groups := map[string][]line{}
	for _, line := range b.lines {
		if line.priced && !line.ended {
			groups[line.sku(table)] = append(groups[line.sku(table)], line)
		}
	}
	for _, lines := range groups {
		slices.SortFunc(lines, func(a, b line) int { return cmp.Or(from(b).Compare(from(a)), cmp.Compare(b.uuid, a.uuid)) })
	}
	return groups
}

// sku names what the line is a price of; it stays when the amount changes,
// unlike the line's uuid.
func (l line) sku(table string) string {
	return strings.Join(append([]string{table, l.resource}, l.offerings...), "/")
}

func (l line) as(sku string) catalog.Price {
	l.price.SKUPriceID = sku
	return l.price
}

// from is when the line began; a line that does not say so began before all.
func from(l line) time.Time {
	if l.price.EffectiveFrom == nil {
		return time.Time{}
	}
	return *l.price.EffectiveFrom
}

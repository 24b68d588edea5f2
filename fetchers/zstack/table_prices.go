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

// tablePrices are the prices of one table, from the further parts of its page.
type tablePrices struct {
	lines map[string]line // by uuid
	total *int
	last  bool
}

// addPrices gives each table of a page the prices of its parts. A table whose
// prices are not there, or not all of them, is an error: it would look as if
// they had ended.
func (f *fetcher) addPrices(decoded *catalog.Decoded, parts []catalog.Part) error {
	byTable := map[string]*tablePrices{}
	for i, part := range parts {
		if err := f.readPrices(decoded, byTable, part); err != nil {
			return fmt.Errorf("part %d: %w", i+2, err)
		}
	}
	for i := range decoded.Entries {
		entry := &decoded.Entries[i]
		if err := byTable[entry.Key].whole(); err != nil {
			return fmt.Errorf("prices of table %q: %w", entry.Key, err)
		}
		var doubts []string
		entry.Prices, doubts = byTable[entry.Key].inForce(entry.Key)
		for _, doubt := range doubts {
			decoded.Warnings = append(decoded.Warnings, catalog.Warning{Key: entry.Key, Text: doubt})
		}
	}
	return nil
}

func (f *fetcher) readPrices(decoded *catalog.Decoded, byTable map[string]*tablePrices, part catalog.Part) error {
	table := tableOf(part.Request)
	if byTable[table] == nil {
		byTable[table] = &tablePrices{lines: map[string]line{}}
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
		if err := byTable[table].add(line); err != nil {
			return fmt.Errorf("%s: %w", row.Path(), err)
		}
	}
	byTable[table].total, byTable[table].last = answer.end.Total, answer.end.Last
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

func (t *tablePrices) add(l line) error {
	known, seen := t.lines[l.uuid]
	if seen && (known.ended != l.ended || known.sku("") != l.sku("") || known.price.AmountDigest() != l.price.AmountDigest()) {
		return fmt.Errorf("price %q: %w", l.uuid, catalog.ErrConflict)
	}
	t.lines[l.uuid] = l
	return nil
}

// whole refuses a table whose prices are not there, or not all of them.
func (t *tablePrices) whole() error {
	switch {
	case t == nil:
		return errors.New("no part holds them")
	case !t.last:
		return fmt.Errorf("%w: the last answer is missing", catalog.ErrIncomplete)
	case t.total != nil && *t.total != len(t.lines):
		return fmt.Errorf("%w: the provider states a total of %d, the answers hold %d", catalog.ErrIncomplete, *t.total, len(t.lines))
	}
	return nil
}

// inForce is the prices that hold: of the lines of a resource that have no end,
// the one that began last, as the server itself chooses (getCurrentPriceUuid of
// its billing module). Lines that have ended are the provider's own history and
// stay in the evidence. Volumes may have several prices at once, by tags that
// no line states: their uuid distinguishes those.
func (t *tablePrices) inForce(table string) (prices []catalog.Price, doubts []string) {
	groups := t.openLines(table)
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

// openLines are the lines without an end by what they are a price of, the latest
// first.
func (t *tablePrices) openLines(table string) map[string][]line {
	groups := map[string][]line{}
	for _, line := range t.lines {
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

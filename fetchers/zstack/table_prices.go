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
	"syncer/fetchers/internal/web"
)

// tablePrices are the prices of one table, from the further parts of its page.
type tablePrices struct {
	lines map[string]line // by uuid
	total *int
	last  bool
	// refused is why a part is not there, unreadable what is wrong with another.
	refused, unreadable error
}

// addPrices gives each table of a page the prices of its parts. The prices of a
// table of which a part is missing or cannot be read are set aside: it would look
// as if some had ended. Where no table has any because all are refused, that is
// said once.
func (f *fetcher) addPrices(decoded *catalog.Decoded, rows *web.Rows, parts []catalog.Part) {
	byTable, tags := map[string]*tablePrices{}, &priceTags{}
	for i, part := range parts {
		if name := fmt.Sprintf("part %d", i+2); strings.HasPrefix(part.Request, "GET "+tagsPath+"?") {
			tags.read(decoded, part, name)
		} else {
			f.readPrices(decoded, byTable, part, name)
		}
	}
	all := rows.All()
	if refused := refusedAll(all, byTable); refused != nil {
		decoded.PricesUnread = refused.Error()
		return
	}
	if tags.denied != "" && slices.ContainsFunc(all, func(row *web.Row) bool { return byTable[row.Entry.Key].ofVolumes() }) {
		decoded.PricesUnread = tags.denied // by other names some would seem to end, and to be new
		return
	}
	for _, row := range all {
		table := byTable[row.Entry.Key]
		reason, err := table.lacks()
		if err == nil {
			reason, err = tags.lacks(table)
		}
		if err != nil {
			row.SetAside(catalog.PricesPart, reason, err.Error())
			continue
		}
		var doubts []string
		row.Entry.Prices, doubts = table.prices(row.Entry.Key, tags)
		for _, doubt := range doubts {
			decoded.Warnings = append(decoded.Warnings, catalog.Warning{Key: row.Entry.Key, Text: doubt})
		}
	}
}

// refusedAll returns the first refusal where the prices of every table are refused.
func refusedAll(rows []*web.Row, byTable map[string]*tablePrices) error {
	if len(rows) == 0 {
		return nil
	}
	for _, row := range rows {
		if table := byTable[row.Entry.Key]; table == nil || table.refused == nil {
			return nil
		}
	}
	return byTable[rows[0].Entry.Key].refused
}

func (f *fetcher) readPrices(decoded *catalog.Decoded, byTable map[string]*tablePrices, part catalog.Part, name string) {
	key := tableOf(part.Request)
	table := byTable[key]
	if table == nil {
		table = &tablePrices{lines: map[string]line{}}
		byTable[key] = table
	}
	if refusal, refused := web.RefusalIn(part); refused {
		table.refused = cmp.Or(table.refused, errors.New(refusal.Text))
		return
	}
	answer, err := readReply(part, 1)
	if err == nil {
		answer.document.About(key)
		for _, row := range answer.rows {
			line := f.readLine(row.Object(), key)
			if err == nil {
				err = cmp.Or(answer.document.Err(), table.add(line, row.Path()))
			}
		}
		table.total, table.last = answer.end.Total, answer.end.Last
		decoded.Unknown = append(decoded.Unknown, answer.document.Unknown()...)
		decoded.Warnings = append(decoded.Warnings, answer.document.Warnings()...)
	}
	if err != nil {
		table.unreadable = cmp.Or(table.unreadable, fmt.Errorf("%s: %w", name, err))
	}
}

// tableCondition begins the condition that asks for the prices of one table.
const tableCondition = "tableUuid="

// tableOf is the table that a question for prices was about.
func tableOf(request string) string {
	for _, condition := range queryOf(request)["q"] {
		if table, ok := strings.CutPrefix(condition, tableCondition); ok {
			return table
		}
	}
	return ""
}

func (t *tablePrices) add(l line, path string) error {
	known, seen := t.lines[l.uuid]
	if seen && (known.sku("") != l.sku("") || known.price.AmountDigest() != l.price.AmountDigest()) {
		return fmt.Errorf("%s: price %q: %w", path, l.uuid, catalog.ErrConflict)
	}
	t.lines[l.uuid] = l
	return nil
}

// lacks returns why the prices of a table cannot be believed; nil if they are there.
func (t *tablePrices) lacks() (catalog.SetAsideReason, error) {
	switch {
	case t == nil:
		return catalog.Incomplete, errors.New("no part holds the prices of the table")
	case t.refused != nil:
		return catalog.Incomplete, t.refused
	case t.unreadable != nil:
		return catalog.Unreadable, t.unreadable
	case !t.last:
		return catalog.Incomplete, errors.New("the last answer about the prices of the table is missing")
	case t.total != nil && *t.total != len(t.lines):
		return catalog.Incomplete, fmt.Errorf("the provider states a total of %d prices, the answers hold %d", *t.total, len(t.lines))
	}
	return "", nil
}

// prices are those of the table, past and later ones too, each with its dates:
// creating a price ends the one before. Volumes may have several prices at once, by
// tags that stand elsewhere: where those are not known, their uuid distinguishes
// them.
func (t *tablePrices) prices(table string, tags *priceTags) (prices []catalog.Price, doubts []string) {
	groups := t.groups(table, tags)
	for _, sku := range slices.Sorted(maps.Keys(groups)) {
		lines := groups[sku]
		open := openIn(lines)
		if open == 1 && !tags.known && lines[0].ofVolume() {
			doubts = append(doubts, fmt.Sprintf("the price of %s may be of some volumes only: the tags of prices are not known", lines[0].resource))
		}
		if open > 1 && !tags.known && lines[0].ofVolume() {
			doubts = append(doubts, fmt.Sprintf("%d prices of %s hold at once, told apart by tags that are not known", open, lines[0].resource))
			for _, line := range lines {
				prices = append(prices, line.as(sku+"/"+line.uuid))
			}
			continue
		}
		for i, line := range lines {
			if i > 0 && from(line).Equal(from(lines[i-1])) {
				if line.price.EffectiveTo == nil {
					doubts = append(doubts, fmt.Sprintf("two prices of %s began at the same moment, %s is taken", line.resource, lines[i-1].uuid))
				}
				continue
			}
			prices = append(prices, line.as(sku))
		}
	}
	return prices, doubts
}

// groups are the lines with an amount by what they are a price of, the latest
// first; of those that began together, the one without an end.
func (t *tablePrices) groups(table string, tags *priceTags) map[string][]line {
	groups := map[string][]line{}
	for _, line := range t.lines {
		if line.priced {
			sku := line.sku(table) + tags.suffix(line)
			groups[sku] = append(groups[sku], line)
		}
	}
	for _, lines := range groups {
		slices.SortFunc(lines, func(a, b line) int {
			return cmp.Or(from(b).Compare(from(a)), until(b).Compare(until(a)), cmp.Compare(b.uuid, a.uuid))
		})
	}
	return groups
}

// openIn is how many of the lines have no end.
func openIn(lines []line) (open int) {
	for _, line := range lines {
		if line.price.EffectiveTo == nil {
			open++
		}
	}
	return open
}

// sku names what the line is a price of; it stays when the amount changes,
// unlike the line's uuid.
func (l line) sku(table string) string {
	return strings.Join(append([]string{table, l.resource}, l.offerings...), "/")
}

// ofVolume reports whether the price is one of those that tags tell apart.
func (l line) ofVolume() bool { return strings.HasSuffix(l.resource, "Volume") }

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

// until is when the line ends; a line that does not say so ends after all.
func until(l line) time.Time {
	if l.price.EffectiveTo == nil {
		return time.UnixMilli(1<<62 - 1)
	}
	return *l.price.EffectiveTo
}

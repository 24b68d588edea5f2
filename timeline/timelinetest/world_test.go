package timelinetest

import (
	"fmt"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// moment is so many hours after midnight; moment(2.5) is history.md's t2.5.
func moment(hours float64) time.Time {
	midnight := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	return midnight.Add(time.Duration(hours * float64(time.Hour)))
}

// confirm is a world of snapshots under a confirmation setting.
func confirm(snapshots int, hours float64, all ...Snapshot) World {
	return World{Snapshots: all, ConfirmSnapshots: snapshots, ConfirmFor: time.Duration(hours * float64(time.Hour))}
}

// at is a snapshot that holds the entries.
func at(hours float64, entries ...catalog.Entry) Snapshot {
	snapshot := Snapshot{At: moment(hours), Entries: make(map[string]catalog.Entry)}
	for _, entry := range entries {
		snapshot.Entries[entry.Key] = entry
	}
	return snapshot
}

// product is an entry; its name also names its content in the tests.
func product(key, name, status string) catalog.Entry {
	return catalog.Entry{Key: key, Name: name, Status: new(status)}
}

// priced is the entry with prices of variants: priced(a, "full", "100").
func priced(entry catalog.Entry, variantsAndAmounts ...string) catalog.Entry {
	for i := 0; i < len(variantsAndAmounts); i += 2 {
		entry.Prices = append(entry.Prices, catalog.Price{
			SKUPriceID: entry.Key, Kind: catalog.PriceList, Variant: variantsAndAmounts[i], Unit: "month",
			Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.RequireFromString(variantsAndAmounts[i+1]),
		})
	}
	return entry
}

// zoned is the entry with statuses of zones: zoned(a, "az1", "soldout").
func zoned(entry catalog.Entry, zonesAndWords ...string) catalog.Entry {
	for i := 0; i < len(zonesAndWords); i += 2 {
		entry.ZoneStatuses = append(entry.ZoneStatuses, catalog.ZoneStatus{Zone: zonesAndWords[i], Status: zonesAndWords[i+1]})
	}
	return entry
}

// phased is the entry with a lifecycle.
func phased(entry catalog.Entry, lifecycle string) catalog.Entry {
	entry.Lifecycle = new(lifecycle)
	return entry
}

// story is a history in words that can be written by hand, such as
// "a one [1,2)" and "2 a status missing on>-".
type story struct{ versions, absences, prices, events []string }

func tell(world World) story {
	history, names := Reference(world), namesOf(world)
	var s story
	for _, v := range history.Versions {
		s.versions = append(s.versions, fmt.Sprintf("%s %s %s", v.Key, names[v.Digest], span(v.From, v.To)))
	}
	for _, a := range history.Absences {
		text := fmt.Sprintf("%s %s", a.Key, span(a.From, a.To))
		if a.ConfirmedAt != nil {
			text += " confirmed " + hour(*a.ConfirmedAt)
		}
		s.absences = append(s.absences, text)
	}
	for _, p := range history.Prices {
		s.prices = append(s.prices, fmt.Sprintf("%s %s %s %s", p.Key, p.Price.Variant, names[p.Amount], span(p.From, p.To)))
	}
	for _, e := range history.Events {
		s.events = append(s.events, e.line())
	}
	return s
}

// namesOf gives digests back their words: names of entries, amounts of prices.
func namesOf(world World) map[catalog.Digest]string {
	names := make(map[catalog.Digest]string)
	for _, snapshot := range world.Snapshots {
		for _, entry := range snapshot.Entries {
			names[entry.Digest()] = entry.Name
			for i := range entry.Prices {
				names[entry.Prices[i].AmountDigest()] = catalog.DecimalText(entry.Prices[i].ListUnitPrice)
			}
		}
	}
	return names
}

func (e Event) line() string {
	aspect := e.Aspect
	if e.Zone != nil {
		aspect = *e.Zone
	}
	return fmt.Sprintf("%s %s %s %s %s>%s", hour(e.At), e.Key, aspect, e.Event, word(e.FromStatus), word(e.ToStatus))
}

func span(from time.Time, to *time.Time) string {
	if to == nil {
		return "[" + hour(from) + ",)"
	}
	return "[" + hour(from) + "," + hour(*to) + ")"
}

func hour(at time.Time) string { return strconv.FormatFloat(at.Sub(moment(0)).Hours(), 'f', -1, 64) }

func word(text *string) string {
	if text == nil {
		return "-"
	}
	return *text
}

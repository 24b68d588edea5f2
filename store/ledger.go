package store

import (
	"slices"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// entered is a row of history with the run that wrote it and the run that
// superseded it; 0: none did.
type entered[R any] struct {
	row       R
	by, until int64
}

// ledger is every row of history that an entry ever had, superseded ones too.
type ledger struct {
	versions []entered[timeline.Version[catalog.Digest]]
	prices   map[int64][]entered[timeline.Version[catalog.Digest]] // by price id
	absences []entered[timeline.Absence]
	events   []entered[timeline.Event]
}

func newLedger() *ledger {
	return &ledger{prices: make(map[int64][]entered[timeline.Version[catalog.Digest]])}
}

// live are the rows that nothing superseded and that want says yes to.
func live[R any](rows []entered[R], want func(R) bool) []R {
	var all []R
	for _, one := range rows {
		if one.until == 0 && want(one.row) {
			all = append(all, one.row)
		}
	}
	return all
}

// change changes the live rows that want says yes to.
func change[R any](rows []entered[R], want func(R) bool, how func(*entered[R])) {
	for i := range rows {
		if rows[i].until == 0 && want(rows[i].row) {
			how(&rows[i])
		}
	}
}

// window is where a write after the snapshot before begins to look; zero: at
// the beginning. See loadAbsences.
func (l *ledger) window(before time.Time) window {
	if before.IsZero() {
		return window{}
	}
	for _, a := range live(l.absences, func(a timeline.Absence) bool { return a.To.IsZero() || a.To.After(before) }) {
		if !a.From.After(before) {
			return window{since: a.From, after: a.From}
		}
	}
	return window{since: before.Add(time.Microsecond), after: before}
}

// know is what a write at a moment would load of the entry, as load does:
// what ends at the window's left edge or later.
func (l *ledger) know(entry int64, window window, amounts map[amountKey]sqlcgen.PriceHistoryCopyParams) *known {
	k := newKnown()
	k.amounts, k.windows[entry] = amounts, window
	inWindow := func(v timeline.Version[catalog.Digest]) bool { return v.To.IsZero() || !v.To.Before(window.since) }
	k.histories[entry] = timeline.History[catalog.Digest]{
		Versions: inOrderOf(live(l.versions, inWindow), func(v timeline.Version[catalog.Digest]) time.Time { return v.From }),
		Absences: inOrderOf(live(l.absences, func(a timeline.Absence) bool { return a.To.IsZero() || a.To.After(window.after) }),
			func(a timeline.Absence) time.Time { return a.From }),
	}
	for price, rows := range l.prices {
		if some := live(rows, inWindow); len(some) > 0 {
			k.pricesByEntry[entry] = append(k.pricesByEntry[entry], price)
			k.prices[price] = inOrderOf(some, func(v timeline.Version[catalog.Digest]) time.Time { return v.From })
		}
	}
	for i, one := range l.events {
		if one.until == 0 && one.row.At.After(window.after) {
			row := eventOf(one.row)
			row.ID = int64(i)
			k.events[entry] = append(k.events[entry], row)
		}
	}
	return k
}

func inOrderOf[R any](rows []R, from func(R) time.Time) []R {
	slices.SortFunc(rows, func(a, b R) int { return from(a).Compare(from(b)) })
	return rows
}

// eventOf is an event as it is stored.
func eventOf(e timeline.Event) sqlcgen.ProductStatusChange {
	row := sqlcgen.ProductStatusChange{Aspect: e.Aspect, ChangedAt: e.At, Event: e.Event, FromStatus: e.From, ToStatus: e.To}
	if e.Zone != "" {
		row.AvailabilityZone = &e.Zone
	}
	return row
}

// enter does to the ledger what changes.write does to the tables, in the same
// order.
func (l *ledger) enter(c *changes) {
	l.retire(c)
	for _, row := range c.insertVersions {
		l.versions = append(l.versions, entered[timeline.Version[catalog.Digest]]{
			row: timeline.Version[catalog.Digest]{From: row.from, To: row.to, Content: row.columns.digest}, by: c.run,
		})
	}
	for _, row := range c.insertPrices {
		l.prices[row.PriceID] = append(l.prices[row.PriceID], entered[timeline.Version[catalog.Digest]]{
			row: timeline.Version[catalog.Digest]{From: row.ValidFrom, To: postgres.Time(row.ValidTo), Content: digestOfAmount(row)}, by: c.run,
		})
	}
	for _, row := range c.insertAbsences {
		l.absences = append(l.absences, entered[timeline.Absence]{
			row: timeline.Absence{From: row.AbsentFrom, To: postgres.Time(row.AbsentTo), ConfirmedAt: postgres.Time(row.ConfirmedAt)}, by: c.run,
		})
	}
	for _, row := range c.insertEvents {
		l.events = append(l.events, entered[timeline.Event]{
			row: timeline.Event{Aspect: row.Aspect, Zone: postgres.Text(row.AvailabilityZone), At: row.ChangedAt, Event: row.Event, From: row.FromStatus, To: row.ToStatus},
			by:  c.run,
		})
	}
}

func (l *ledger) retire(c *changes) {
	for range c.closeVersions {
		change(l.versions, isOpen, closedAt(c.newest))
	}
	for _, from := range c.supersedeFroms {
		change(l.versions, beginsAt(from), replacedBy[timeline.Version[catalog.Digest]](c.run))
	}
	for _, price := range c.closePrices {
		change(l.prices[price], isOpen, closedAt(c.newest))
	}
	for i, price := range c.supersedePrices.PriceIds {
		change(l.prices[price], beginsAt(c.supersedePrices.ValidFroms[i]), replacedBy[timeline.Version[catalog.Digest]](c.run))
	}
	for range c.confirmAbsences {
		change(l.absences, func(a timeline.Absence) bool { return a.To.IsZero() && a.ConfirmedAt.IsZero() },
			func(one *entered[timeline.Absence]) { one.row.ConfirmedAt = c.newest })
	}
	for range c.endAbsences {
		change(l.absences, func(a timeline.Absence) bool { return a.To.IsZero() },
			func(one *entered[timeline.Absence]) { one.row.To = c.newest })
	}
	for _, from := range c.supersedeAbsences.AbsentFroms {
		change(l.absences, func(a timeline.Absence) bool { return a.From.Equal(from) }, replacedBy[timeline.Absence](c.run))
	}
	for _, i := range c.supersedeEvents {
		l.events[i].until = c.run
	}
}

func isOpen(v timeline.Version[catalog.Digest]) bool { return v.To.IsZero() }

func beginsAt(from time.Time) func(timeline.Version[catalog.Digest]) bool {
	return func(v timeline.Version[catalog.Digest]) bool { return v.From.Equal(from) }
}

func closedAt(at time.Time) func(*entered[timeline.Version[catalog.Digest]]) {
	return func(one *entered[timeline.Version[catalog.Digest]]) { one.row.To = at }
}

func replacedBy[R any](run int64) func(*entered[R]) {
	return func(one *entered[R]) { one.until = run }
}

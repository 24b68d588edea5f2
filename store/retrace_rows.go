package store

import (
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/store/postgres"
	"syncer/timeline"
)

// compareEver compares everything that was ever recorded of an entry with what
// doing all writes again leaves.
func (v *verify) compareEver(e *ever, one named, rows *judged) {
	stored := e.ledger(one.id, rows)
	told := &story{
		retrace: v.retrace, entry: one, rule: v.run.List.Rule, kind: v.run.List.Kind,
		contents: rows.contents, amounts: e.amounts, ledger: v.retrace.asOfBase(stored),
	}
	told.tell()
	add := func(table string) func(time.Time, string) {
		return func(at time.Time, text string) { v.contradict(table, one.key, at, "%s", text) }
	}
	compareRows(v.retrace, stored.versions, told.ledger.versions, spanKey, sameSpan, add(v.table("_versions")))
	for _, price := range e.owners[one.id] {
		compareRows(v.retrace, stored.prices[price], told.ledger.prices[price], spanKey, sameSpan, add("price_history"))
	}
	compareRows(v.retrace, stored.absences, told.ledger.absences, absenceKey, sameAbsence, add("absences"))
	compareRows(v.retrace, stored.events, told.ledger.events, keyOf, sameEvent, add("product_status_changes"))
}

// ledger is what stands in the tables of an entry; the content of a row that
// other hands altered counts as none.
func (e *ever) ledger(entry int64, rows *judged) *ledger {
	l := newLedger()
	for i, one := range e.versions[entry] {
		digest := one.row.columns.digest
		if rows.altered[i] {
			digest = catalog.Digest{}
		}
		l.versions = append(l.versions, entered[timeline.Version[catalog.Digest]]{
			row: timeline.Version[catalog.Digest]{From: one.row.from, To: one.row.to, Content: digest}, by: one.by, until: one.until,
		})
	}
	for _, price := range e.owners[entry] {
		l.prices[price] = slices.Clone(e.prices[price])
	}
	l.absences = slices.Clone(e.absences[entry])
	for _, row := range e.events[entry] {
		l.events = append(l.events, entered[timeline.Event]{
			row: timeline.Event{Aspect: row.Aspect, Zone: postgres.Text(row.AvailabilityZone), At: row.ChangedAt, Event: row.Event, From: row.FromStatus, To: row.ToStatus},
			by:  row.RecordedBy, until: postgres.ID(row.SupersededBy),
		})
	}
	return l
}

// asOfBase is what stood in the tables when the last rebuild began; nothing
// without one.
func (t *retrace) asOfBase(stored *ledger) *ledger {
	l := newLedger()
	if t.base < 0 {
		return l
	}
	l.versions = t.liveAtBase(stored.versions)
	for price, rows := range stored.prices {
		l.prices[price] = t.liveAtBase(rows)
	}
	for _, one := range stored.absences {
		if t.wasLive(one.by, one.until) {
			one.row.To, one.row.ConfirmedAt, one.until = t.ifKnown(one.row.To), t.ifKnown(one.row.ConfirmedAt), 0
			l.absences = append(l.absences, one)
		}
	}
	for _, one := range stored.events {
		if t.wasLive(one.by, one.until) {
			one.until = 0
			l.events = append(l.events, one)
		}
	}
	return l
}

func (t *retrace) liveAtBase(rows []entered[timeline.Version[catalog.Digest]]) []entered[timeline.Version[catalog.Digest]] {
	var all []entered[timeline.Version[catalog.Digest]]
	for _, one := range rows {
		if t.wasLive(one.by, one.until) {
			one.row.To, one.until = t.ifKnown(one.row.To), 0
			all = append(all, one)
		}
	}
	return all
}

// wasLive reports that a row was there when the last rebuild began.
func (t *retrace) wasLive(by, until int64) bool {
	wrote, known := t.order[by]
	return known && wrote < t.base && !t.isPast(until)
}

// isPast reports that a row was superseded before the last rebuild began.
func (t *retrace) isPast(until int64) bool {
	replaced, known := t.order[until]
	return known && replaced < t.base
}

// ifKnown is a moment that a row got by a snapshot which was known when the
// last rebuild began; zero if it came later.
func (t *retrace) ifKnown(at time.Time) time.Time {
	i, found := slices.BinarySearchFunc(t.replay.moments, at, time.Time.Compare)
	if found && t.arrived[i] > t.base {
		return time.Time{}
	}
	return at
}

// compareRows tells the rows that differ from what doing the writes again
// leaves.
func compareRows[R any, K comparable](t *retrace, stored, told []entered[R], key func(R) K, same func(a, b R) bool, tell func(at time.Time, text string)) {
	type id struct {
		key K
		by  int64
	}
	left := make(map[id]entered[R], len(told))
	for _, one := range told {
		left[id{key(one.row), one.by}] = one
	}
	for _, one := range stored {
		want, found := left[id{key(one.row), one.by}]
		delete(left, id{key(one.row), one.by})
		switch {
		case t.isPast(one.until), !found && t.isMended(one.by, one.until):
		case !found:
			tell(beginning(one.row), fmt.Sprintf("no write of run %d left this row", one.by))
		case one.until != want.until:
			tell(beginning(one.row), fmt.Sprintf("it is superseded by run %d, and should be by %d (0: by none)", one.until, want.until))
		case !same(one.row, want.row):
			tell(beginning(one.row), fmt.Sprintf("run %d left another content or end in this row", one.by))
		}
	}
	for _, one := range left {
		tell(beginning(one.row), fmt.Sprintf("run %d left a row here that is gone", one.by))
	}
}

// isMended reports that the last rebuild replaced a row of which nobody knows
// who wrote it.
func (t *retrace) isMended(by, until int64) bool {
	_, known := t.order[by]
	replaced, mended := t.order[until]
	return !known && mended && replaced == t.base
}

func beginning(row any) time.Time {
	switch r := row.(type) {
	case timeline.Version[catalog.Digest]:
		return r.From
	case timeline.Absence:
		return r.From
	case timeline.Event:
		return r.At
	}
	return time.Time{}
}

func spanKey(v timeline.Version[catalog.Digest]) int64 { return v.From.UnixMicro() }

func sameSpan(a, b timeline.Version[catalog.Digest]) bool {
	return a.To.Equal(b.To) && a.Content == b.Content
}

func absenceKey(a timeline.Absence) int64 { return a.From.UnixMicro() }

func sameAbsence(a, b timeline.Absence) bool {
	return a.To.Equal(b.To) && a.ConfirmedAt.Equal(b.ConfirmedAt)
}

func sameEvent(a, b timeline.Event) bool {
	return a.Event == b.Event && postgres.EqualText(a.From, b.From) && postgres.EqualText(a.To, b.To)
}

package proof

import (
	"fmt"
	"slices"
	"time"

	"syncer/store/history"
	"syncer/timeline"
)

// compareEver compares everything that was ever recorded of an entry with what
// doing all writes again leaves.
func (v *verify) compareEver(e *ever, entry history.Named, versions *judged, known *history.State, evidence *history.Evidence) {
	stored := e.ledger(entry.ID, versions)
	again := &life{
		retrace: v.retrace, entry: entry, rule: v.list.Rule, kind: v.list.Kind,
		contents: versions.contents, amounts: e.amounts, ledger: v.retrace.asOfBase(stored),
	}
	if again.evidence = evidence; evidence != nil {
		again.known = known
	}
	again.writeAgain()
	add := func(table string) func(time.Time, string) {
		return func(at time.Time, text string) { v.contradict(table, entry.Key, at, "%s", text) }
	}
	compareRows(v.retrace, stored.versions, again.ledger.versions, spanKey, sameSpan, add(v.table("_versions")))
	for _, price := range e.owners[entry.ID] {
		compareRows(v.retrace, stored.prices[price], again.ledger.prices[price], spanKey, sameSpan, add("price_history"))
		compareRows(v.retrace, stored.announced[price], again.ledger.announced[price], history.Announced.Key, sameAnnounced, add("announced_prices"))
		compareRows(v.retrace, stored.doubts[price], again.ledger.doubts[price], doubtKey, sameDoubt, add("doubts"))
	}
	compareRows(v.retrace, stored.absences, again.ledger.absences, absenceKey, sameAbsence, add("absences"))
	compareRows(v.retrace, stored.events, again.ledger.events, history.KeyOf, history.SameEvent, add("product_status_changes"))
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
	for price, rows := range stored.doubts {
		for _, row := range rows {
			if t.wasLive(row.By, row.Until) {
				row.Row.To, row.Row.ConfirmedAt, row.Until = t.ifKnown(row.Row.To), t.ifKnown(row.Row.ConfirmedAt), 0
				row.Row.Shown = slices.DeleteFunc(slices.Clone(row.Row.Shown), func(shown timeline.DoubtShown) bool { return t.ifKnown(shown.From).IsZero() })
				l.doubts[price] = append(l.doubts[price], row)
			}
		}
	}
	for price, rows := range stored.announced {
		for _, row := range rows {
			if t.wasLive(row.By, row.Until) {
				row.Row.To, row.Until = t.ifKnown(row.Row.To), 0
				l.announced[price] = append(l.announced[price], row)
			}
		}
	}
	for _, absence := range stored.absences {
		if t.wasLive(absence.By, absence.Until) {
			absence.Row.To, absence.Row.ConfirmedAt, absence.Until = t.ifKnown(absence.Row.To), t.ifKnown(absence.Row.ConfirmedAt), 0
			l.absences = append(l.absences, absence)
		}
	}
	for _, event := range stored.events {
		if t.wasLive(event.By, event.Until) {
			event.Until = 0
			l.events = append(l.events, event)
		}
	}
	return l
}

func (t *retrace) liveAtBase(rows []history.Recorded[span]) []history.Recorded[span] {
	var all []history.Recorded[span]
	for _, row := range rows {
		if t.wasLive(row.By, row.Until) {
			row.Row.To, row.Until = t.ifKnown(row.Row.To), 0
			all = append(all, row)
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

// compareRows reports the rows that differ from what doing the writes again
// leaves.
func compareRows[R any, K comparable](t *retrace, stored, again []history.Recorded[R], key func(R) K, same func(a, b R) bool, report func(at time.Time, text string)) {
	type id struct {
		key K
		by  int64
	}
	left := make(map[id]history.Recorded[R], len(again))
	for _, row := range again {
		left[id{key(row.Row), row.By}] = row
	}
	for _, row := range stored {
		want, found := left[id{key(row.Row), row.By}]
		delete(left, id{key(row.Row), row.By})
		switch {
		case t.isBefore(row.Until, row.By):
			report(beginning(row.Row), fmt.Sprintf("it is superseded by run %d, which did not come after run %d that wrote it", row.Until, row.By))
		case t.isPast(row.Until), !found && t.isMended(row.By, row.Until):
		case !found:
			report(beginning(row.Row), fmt.Sprintf("no write of run %d left this row", row.By))
		case row.Until != want.Until:
			report(beginning(row.Row), fmt.Sprintf("it is superseded by run %d, and should be by %d (0: by none)", row.Until, want.Until))
		case !same(row.Row, want.Row):
			report(beginning(row.Row), fmt.Sprintf("run %d left another content or end in this row", row.By))
		}
	}
	for _, row := range left {
		report(beginning(row.Row), fmt.Sprintf("run %d left a row here that is gone", row.By))
	}
}

// isBefore reports that a row is superseded by a run that did not come after the one
// that wrote it.
func (t *retrace) isBefore(until, by int64) bool {
	replaced, known := t.order[until]
	wrote, knownToo := t.order[by]
	return known && knownToo && replaced <= wrote
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
	case span:
		return r.From
	case timeline.Absence:
		return r.From
	case history.Announced:
		return r.From
	case history.Doubt:
		return r.From
	case timeline.Event:
		return r.At
	}
	return time.Time{}
}

func spanKey(v span) int64 { return v.From.UnixMicro() }

func sameSpan(a, b span) bool {
	return a.To.Equal(b.To) && a.Content == b.Content
}

func doubtKey(d history.Doubt) int64 { return d.From.UnixMicro() }

func sameDoubt(a, b history.Doubt) bool {
	return a.Reason == b.Reason && a.To.Equal(b.To) && a.ConfirmedAt.Equal(b.ConfirmedAt) && slices.EqualFunc(a.Shown, b.Shown, history.SameShown)
}

func sameAnnounced(a, b history.Announced) bool {
	return a.To.Equal(b.To) && a.Price.PriceID == b.Price.PriceID && a.Price.Content == b.Price.Content
}

func absenceKey(a timeline.Absence) int64 { return a.From.UnixMicro() }

func sameAbsence(a, b timeline.Absence) bool {
	return a.To.Equal(b.To) && a.ConfirmedAt.Equal(b.ConfirmedAt)
}

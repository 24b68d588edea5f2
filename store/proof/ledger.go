package proof

import (
	"slices"
	"time"

	"syncer/catalog"
	"syncer/store/history"
	"syncer/timeline"
)

// ledger is every row of history that an entry ever had, superseded ones too: the
// tables in memory, in which writes are done again.
type ledger struct {
	versions []history.Recorded[span]
	prices   map[int64][]history.Recorded[span] // by price
	absences []history.Recorded[timeline.Absence]
	events   []history.Recorded[timeline.Event]
	doubts   map[int64][]history.Recorded[history.Doubt] // by price

	announced map[int64][]history.Recorded[history.Announced] // by price
}

func newLedger() *ledger {
	return &ledger{prices: make(map[int64][]history.Recorded[span]), doubts: make(map[int64][]history.Recorded[history.Doubt]), announced: make(map[int64][]history.Recorded[history.Announced])}
}

// live are the rows that nothing superseded and that want says yes to.
func live[R any](rows []history.Recorded[R], want func(R) bool) []R {
	var all []R
	for _, row := range rows {
		if row.Until == 0 && want(row.Row) {
			all = append(all, row.Row)
		}
	}
	return all
}

// change changes the live rows that want says yes to.
func change[R any](rows []history.Recorded[R], want func(R) bool, how func(*history.Recorded[R])) {
	for i := range rows {
		if rows[i].Until == 0 && want(rows[i].Row) {
			how(&rows[i])
		}
	}
}

// window is where a write after the snapshot before begins to look, as
// history.Tables does; zero: at the beginning.
func (l *ledger) window(before time.Time) history.Window {
	if before.IsZero() {
		return history.Window{}
	}
	for _, absence := range live(l.absences, func(a timeline.Absence) bool { return a.To.IsZero() || a.To.After(before) }) {
		if !absence.From.After(before) {
			return history.Window{Since: absence.From, After: absence.From}
		}
	}
	return history.Window{Since: before.Add(time.Microsecond), After: before}
}

// state is what a write would load of the entry: what ends at the window's left
// edge or later.
func (l *ledger) state(kind catalog.EntryKind, entry int64, window history.Window, amounts history.Amounts) *history.State {
	state := history.NewState(kind, amounts)
	state.SetWindow(entry, window)
	inWindow := func(v span) bool { return v.To.IsZero() || !v.To.Before(window.Since) }
	begin := func(v span) time.Time { return v.From }
	state.Histories[entry] = timeline.History[catalog.Digest]{
		Versions: inOrderOf(live(l.versions, inWindow), begin),
		Absences: inOrderOf(live(l.absences, func(a timeline.Absence) bool { return a.To.IsZero() || a.To.After(window.After) }),
			func(a timeline.Absence) time.Time { return a.From }),
	}
	for price, rows := range l.prices {
		for _, row := range inOrderOf(live(rows, inWindow), begin) {
			state.AddPrice(entry, price, row)
		}
	}
	for i, event := range l.events {
		if event.Until == 0 && event.Row.At.After(window.After) {
			state.AddEvent(history.StatusChange{ID: int64(i), Product: entry, Event: event.Row})
		}
	}
	return state
}

func inOrderOf[R any](rows []R, from func(R) time.Time) []R {
	slices.SortFunc(rows, func(a, b R) int { return from(a).Compare(from(b)) })
	return rows
}

// apply does to the ledger what history.Tables.Write does to the tables, in the
// same order.
func (l *ledger) apply(edits *history.Edits) {
	l.retire(edits)
	l.retireDoubts(edits)
	for _, row := range edits.Versions.Insert {
		l.versions = append(l.versions, history.Recorded[span]{Row: row.Span(), By: edits.Run})
	}
	for _, row := range edits.Prices.Insert {
		l.prices[row.ID] = append(l.prices[row.ID], history.Recorded[span]{Row: row.Span(), By: edits.Run})
	}
	for _, row := range edits.Absences.Insert {
		l.absences = append(l.absences, history.Recorded[timeline.Absence]{Row: row.Absence, By: edits.Run})
	}
	for _, row := range edits.Events.Insert {
		l.events = append(l.events, history.Recorded[timeline.Event]{Row: row.Event, By: edits.Run})
	}
	for _, row := range edits.Doubts.Insert {
		l.doubts[row.Price] = append(l.doubts[row.Price], history.Recorded[history.Doubt]{Row: row, By: edits.Run})
	}
	for _, row := range edits.Announced.Insert {
		l.announced[row.ID] = append(l.announced[row.ID], history.Recorded[history.Announced]{Row: row, By: edits.Run})
	}
}

// retireDoubts does to the ledger what a write does to runs of doubt.
func (l *ledger) retireDoubts(edits *history.Edits) {
	lasts := func(d history.Doubt) bool { return d.To.IsZero() }
	for _, now := range edits.Doubts.Show {
		change(l.doubts[now.Price], lasts, func(row *history.Recorded[history.Doubt]) { row.Row.Shown = now.Shown })
	}
	for _, price := range edits.Doubts.Confirm {
		change(l.doubts[price], lasts, func(row *history.Recorded[history.Doubt]) { row.Row.ConfirmedAt = edits.Newest })
	}
	for _, price := range edits.Doubts.End {
		change(l.doubts[price], lasts, func(row *history.Recorded[history.Doubt]) { row.Row.To = edits.Newest })
	}
	for _, key := range edits.Doubts.Supersede {
		change(l.doubts[key.ID], func(d history.Doubt) bool { return d.From.Equal(key.From) }, supersede[history.Doubt](edits.Run))
	}
	for _, gone := range edits.Announced.End {
		change(l.announced[gone.ID], sameAnnouncement(gone), func(row *history.Recorded[history.Announced]) { row.Row.To = edits.Newest })
	}
	for _, gone := range edits.Announced.Supersede {
		change(l.announced[gone.ID], sameAnnouncement(gone), supersede[history.Announced](edits.Run))
	}
}

func sameAnnouncement(as history.Announced) func(history.Announced) bool {
	return func(row history.Announced) bool { return row.Key() == as.Key() }
}

func (l *ledger) retire(edits *history.Edits) {
	isOpen := func(v span) bool { return v.To.IsZero() }
	end := func(row *history.Recorded[span]) { row.Row.To = edits.Newest }
	for range edits.Versions.Close {
		change(l.versions, isOpen, end)
	}
	for _, key := range edits.Versions.Supersede {
		change(l.versions, beginsAt(key.From), supersede[span](edits.Run))
	}
	for _, price := range edits.Prices.Close {
		change(l.prices[price], isOpen, end)
	}
	for _, key := range edits.Prices.Supersede {
		change(l.prices[key.ID], beginsAt(key.From), supersede[span](edits.Run))
	}
	for range edits.Absences.Confirm {
		change(l.absences, func(a timeline.Absence) bool { return a.To.IsZero() && a.ConfirmedAt.IsZero() },
			func(row *history.Recorded[timeline.Absence]) { row.Row.ConfirmedAt = edits.Newest })
	}
	for range edits.Absences.End {
		change(l.absences, func(a timeline.Absence) bool { return a.To.IsZero() },
			func(row *history.Recorded[timeline.Absence]) { row.Row.To = edits.Newest })
	}
	for _, key := range edits.Absences.Supersede {
		change(l.absences, func(a timeline.Absence) bool { return a.From.Equal(key.From) }, supersede[timeline.Absence](edits.Run))
	}
	for _, i := range edits.Events.Supersede {
		l.events[i].Until = edits.Run
	}
}

func beginsAt(from time.Time) func(span) bool {
	return func(v span) bool { return v.From.Equal(from) }
}

func supersede[R any](run int64) func(*history.Recorded[R]) {
	return func(row *history.Recorded[R]) { row.Until = run }
}

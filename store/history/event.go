package history

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// StatusChange is a row of product_status_changes.
type StatusChange struct {
	ID      int64 // of the row; 0 until it is written
	Product int64
	timeline.Event
}

func statusChangeIn(row sqlcgen.ProductStatusChange) StatusChange {
	return StatusChange{row.ID, row.ProductID, timeline.Event{
		Aspect: row.Aspect, Zone: postgres.Text(row.AvailabilityZone), At: row.ChangedAt.UTC(), Event: row.Event,
		From: row.FromStatus, To: row.ToStatus,
	}}
}

// loadEvents reads the status changes of products; contracts have none.
func (t Tables) loadEvents(ctx context.Context, state *State, ids []int64, since []time.Time) error {
	if t.kind != catalog.Products {
		return nil
	}
	rows, err := t.q.StatusChangeLoad(ctx, t.db, sqlcgen.StatusChangeLoadParams{ListID: t.list, ProductIds: ids, Since: since})
	if err != nil {
		return fmt.Errorf("load status changes: %w", err)
	}
	for _, row := range rows {
		state.AddEvent(statusChangeIn(row))
	}
	return nil
}

// AddEvent takes a stored status change in.
func (s *State) AddEvent(row StatusChange) {
	s.events[row.Product] = append(s.events[row.Product], row)
}

// EventTime is the moment of a stored status change of a product.
func (s *State) EventTime(product, id int64) time.Time {
	for _, row := range s.events[product] {
		if row.ID == id {
			return row.At
		}
	}
	return time.Time{}
}

// EventEdits are what a write does to product_status_changes.
type EventEdits struct {
	Supersede []int64 // rows
	Insert    []StatusChange
}

// EventKey is what is unique among the current status changes of a product.
type EventKey struct {
	Aspect, Zone string
	At           int64 // microseconds
}

// KeyOf is the key of an event.
func KeyOf(e timeline.Event) EventKey { return EventKey{e.Aspect, e.Zone, e.At.UnixMicro()} }

// SameEvent reports that two events of one key say the same.
func SameEvent(a, b timeline.Event) bool {
	return a.Event == b.Event && postgres.EqualText(a.From, b.From) && postgres.EqualText(a.To, b.To)
}

// plan stores only the difference between the stored chain and the wanted.
func (e *EventEdits) plan(product int64, stored []StatusChange, wanted []timeline.Event) {
	left := make(map[EventKey]timeline.Event, len(wanted))
	for _, event := range wanted {
		left[KeyOf(event)] = event
	}
	for _, row := range stored {
		if want, found := left[KeyOf(row.Event)]; found && SameEvent(want, row.Event) {
			delete(left, KeyOf(row.Event))
			continue
		}
		e.Supersede = append(e.Supersede, row.ID)
	}
	for _, event := range wanted {
		if _, missing := left[KeyOf(event)]; missing {
			e.Insert = append(e.Insert, StatusChange{Product: product, Event: event})
		}
	}
}

func (t Tables) retireEvents(ctx context.Context, edits *Edits) error {
	if len(edits.Events.Supersede) == 0 {
		return nil
	}
	err := t.q.StatusChangeSupersede(ctx, t.db, sqlcgen.StatusChangeSupersedeParams{ListID: t.list, Ids: edits.Events.Supersede, RunID: &edits.Run})
	if err != nil {
		return fmt.Errorf("supersede status changes: %w", err)
	}
	return nil
}

func (t Tables) insertEvents(ctx context.Context, edits *Edits) error {
	if len(edits.Events.Insert) == 0 {
		return nil
	}
	ids, err := t.q.StatusChangeIDs(ctx, t.db, postgres.Count(len(edits.Events.Insert)))
	if err != nil {
		return fmt.Errorf("number status changes: %w", err)
	}
	rows := make([]sqlcgen.StatusChangeCopyParams, len(edits.Events.Insert))
	for i := range edits.Events.Insert {
		change := &edits.Events.Insert[i]
		change.ID = ids[i]
		rows[i] = sqlcgen.StatusChangeCopyParams{
			ListID: t.list, ID: change.ID, ProductID: change.Product, Aspect: change.Aspect, ChangedAt: change.At, Event: change.Event.Event,
			FromStatus: change.From, ToStatus: change.To, RecordedBy: edits.Run,
		}
		if change.Zone != "" {
			rows[i].AvailabilityZone = &change.Zone
		}
	}
	if _, err := t.q.StatusChangeCopy(ctx, t.db, rows); err != nil {
		return fmt.Errorf("write status changes: %w", err)
	}
	return nil
}

// EventsEver returns every status change of some products that was ever
// recorded, superseded ones too, by product and in time order; contracts have
// none.
func (t Tables) EventsEver(ctx context.Context, entries []Named) (map[int64][]Recorded[StatusChange], error) {
	all := make(map[int64][]Recorded[StatusChange])
	if t.kind != catalog.Products {
		return all, nil
	}
	rows, err := t.q.StatusChangesEver(ctx, t.db, sqlcgen.StatusChangesEverParams{ListID: t.list, ProductIds: ids(entries)})
	if err != nil {
		return nil, fmt.Errorf("read status changes: %w", err)
	}
	for _, row := range rows {
		all[row.ProductID] = append(all[row.ProductID], Recorded[StatusChange]{statusChangeIn(row), row.RecordedBy, postgres.ID(row.SupersededBy)})
	}
	return all, nil
}

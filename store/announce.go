package store

import (
	"context"

	"syncer/store/history"
	"syncer/store/outbox"
	"syncer/store/postgres"
	"syncer/store/record"
)

// collect notes the rows of a chunk that begin with the snapshot, while it is in
// hand. For messages a late snapshot begins nothing: it shows what was.
func (u *update) collect(edits *history.Edits) {
	u.doubts = u.doubts || len(edits.Doubts.Insert)+len(edits.Doubts.Show) > 0
	if len(u.run.Subscriptions) == 0 || u.place.After != nil {
		return
	}
	believed := make(map[int64]bool) // moments of what began earlier, and stands from then on
	for _, doubt := range edits.Doubts.Believed {
		believed[doubt.From.UnixMicro()] = true
		u.began.AddDoubt(doubt.Price, doubtMove(&doubt))
	}
	for _, doubt := range edits.Doubts.Insert {
		if doubt.From.Equal(u.run.TakenAt) && doubt.ConfirmedAt.IsZero() {
			u.began.AddDoubt(doubt.Price, doubtMove(&doubt))
		}
	}
	for _, row := range edits.Prices.Insert {
		if row.From.Equal(u.run.TakenAt) || believed[row.From.UnixMicro()] {
			u.began.AddPrice(row.ID, row.From)
		}
	}
	for _, row := range edits.Events.Insert {
		if row.At.Equal(u.run.TakenAt) {
			u.began.AddStatus(row.Product, outbox.StatusMove{
				Event: row.Event.Event, Aspect: row.Aspect, Zone: row.Zone, From: postgres.Text(row.From), To: postgres.Text(row.To),
			})
		}
	}
}

// doubtMove is a doubt as messages speak of it.
func doubtMove(doubt *history.Doubt) outbox.DoubtMove {
	move := outbox.DoubtMove{Reason: doubt.Reason, Confirmed: !doubt.ConfirmedAt.IsZero(), Since: doubt.From}
	if n := len(doubt.Shown); n > 0 && doubt.Shown[n-1].Price != nil {
		shown := doubt.Shown[n-1].Price
		move.Shown, move.ShownUnit, move.ShownCurrency = &shown.Amount, shown.Unit, shown.Currency
	}
	return move
}

// announce puts what the run's subscriptions make of a live snapshot into the
// outbox, in the run's own transaction: that it is held, or what it began as the
// newest of its list.
func (u *update) announce(ctx context.Context, result Result) error {
	if !u.isLive() {
		return nil
	}
	facts := outbox.Facts{
		Kind: outbox.Changed, List: u.run.List.ID, Provider: u.run.List.Provider, At: u.recordedAt, TakenAt: u.run.TakenAt, RunID: u.run.id,
		Counts: outbox.Counts{
			Entries: u.snapshot.Len(), Added: len(result.Delta.Added), Changed: len(result.Delta.Changed), Removed: len(result.Delta.Removed),
		},
	}
	if result.Outcome == record.Held {
		facts.Kind, facts.HeldFor = outbox.Held, result.HeldFor
	}
	return outbox.Announce(ctx, u.tx, u.run.Subscriptions, facts, u.run.List.RowID, u.began)
}

// isLive reports whether the snapshot was walked, and not loaded from an archive.
// One that was held is judged by how it came.
func (u *update) isLive() bool {
	if u.run.accepts != nil {
		return u.place.at != nil && record.Origin(u.place.at.Origin) == record.Sync
	}
	return u.run.Origin == record.Sync
}

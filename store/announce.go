package store

import (
	"context"

	"syncer/store/outbox"
	"syncer/store/postgres"
)

// collect notes the rows of a chunk that begin with the snapshot, while it is in
// hand. A late snapshot begins nothing: it shows what was.
func (u *update) collect(out *changes) {
	if len(u.run.Subscriptions) == 0 || u.place.after != nil {
		return
	}
	for _, row := range out.insertPrices {
		if row.ValidFrom.Equal(u.run.TakenAt) {
			u.began.AddPrice(row.PriceID)
		}
	}
	for _, row := range out.insertEvents {
		if row.ChangedAt.Equal(u.run.TakenAt) {
			u.began.AddStatus(row.ProductID, outbox.StatusMove{
				Event: row.Event, Aspect: row.Aspect, Zone: postgres.Text(row.AvailabilityZone),
				From: postgres.Text(row.FromStatus), To: postgres.Text(row.ToStatus),
			})
		}
	}
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
	if result.Outcome == Held {
		facts.Kind, facts.HeldFor = outbox.Held, result.HeldFor
	}
	return outbox.Announce(ctx, u.tx, u.run.Subscriptions, facts, u.run.List.id, u.began)
}

// isLive reports whether the snapshot was walked, and not loaded from an archive.
// One that was held is judged by how it came.
func (u *update) isLive() bool {
	if u.run.accepts != nil {
		return u.place.at != nil && Origin(u.place.at.Origin) == Sync
	}
	return u.run.Origin == Sync
}

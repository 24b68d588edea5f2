package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// StatusChange is one line of bi.product_status_changes; "" for null.
type StatusChange struct {
	List      catalog.ListID `json:"list"`
	Key       string         `json:"product_key"`
	Name      string         `json:"product_name"`
	Aspect    string         `json:"aspect"`
	Zone      string         `json:"availability_zone"`
	ChangedAt time.Time      `json:"changed_at"`
	Event     string         `json:"event"`       // appeared, changed, missing, delisted or relisted
	From      string         `json:"from_status"` // the provider's words
	To        string         `json:"to_status"`
}

// StatusChanges returns the newest events since a moment, at most most of them,
// in time order, without the products that were there in a list's first
// snapshot.
func (r *Reader) StatusChanges(ctx context.Context, since time.Time, most int) ([]StatusChange, error) {
	all, err := r.NewestStatusChanges(ctx, since, most)
	slices.SortStableFunc(all, func(a, b StatusChange) int { return a.ChangedAt.Compare(b.ChangedAt) })
	return all, err
}

// StatusChangeCount is how many StatusChanges there are.
func (r *Reader) StatusChangeCount(ctx context.Context, since time.Time) (int, error) {
	n, err := r.q.BIStatusChangeCount(ctx, r.pool, since)
	if err != nil {
		return 0, fmt.Errorf("count status changes: %w", err)
	}
	return int(n), nil
}

// NewestStatusChanges is StatusChanges with the newest first.
func (r *Reader) NewestStatusChanges(ctx context.Context, since time.Time, most int) ([]StatusChange, error) {
	rows, err := r.q.BIStatusChanges(ctx, r.pool, sqlcgen.BIStatusChangesParams{Since: since, Most: postgres.Count(most)})
	if err != nil {
		return nil, fmt.Errorf("read status changes: %w", err)
	}
	all := make([]StatusChange, len(rows))
	for i, row := range rows {
		all[i] = StatusChange{
			List: catalog.ListID{Source: row.Source, Name: row.List}, Key: row.ProductKey, Name: row.ProductName,
			Aspect: row.Aspect, Zone: row.AvailabilityZone, ChangedAt: row.ChangedAt.UTC(), Event: row.Event,
			From: row.FromStatus, To: row.ToStatus,
		}
	}
	return all, nil
}

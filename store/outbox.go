package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/history"
	"syncer/store/postgres"
	"syncer/store/record"
)

// collected are the rows of a write that somebody may be told of, as far as
// they begin with its snapshot: prices by id, statuses as they are.
type collected struct {
	prices   []int64
	statuses []history.StatusChange
}

// collect remembers what a chunk inserts while it is in hand. Late snapshots
// have no news: they tell what was.
func (u *update) collect(edits *history.Edits) {
	if len(u.run.Subscriptions) == 0 || u.place.after != nil {
		return
	}
	for _, row := range edits.Prices.Insert {
		if row.From.Equal(u.run.TakenAt) {
			u.news.prices = append(u.news.prices, row.ID)
		}
	}
	for _, row := range edits.Events.Insert {
		told := row.Event.Event == "changed" || row.Event.Event == "delisted" || row.Event.Event == "relisted"
		if told && row.At.Equal(u.run.TakenAt) {
			u.news.statuses = append(u.news.statuses, row)
		}
	}
}

// announce writes what the run's subscriptions want to be told into the outbox,
// in the run's own transaction: of a live snapshot that is held, or of what one
// that is the newest of its list began. Without subscriptions, or without news,
// it asks nothing of the database.
func (u *update) announce(ctx context.Context, result Result) error {
	subscribed := u.subscribed()
	if len(subscribed) == 0 || !u.isLive() || result.Outcome != record.Held && len(u.news.prices)+len(u.news.statuses) == 0 {
		return nil
	}
	news := News{
		List: u.run.List.ID.String(), Provider: u.run.List.Provider, TakenAt: u.run.TakenAt, RunID: u.run.id,
		Counts: &NewsCounts{u.snapshot.Len(), len(result.Delta.Added), len(result.Delta.Changed), len(result.Delta.Removed)},
	}
	if result.Outcome == record.Held {
		news.Kind, news.HeldFor = NewsHeld, result.HeldFor
		return u.announceHold(ctx, subscribed, news)
	}
	news.Kind = NewsChanged
	return u.announceChanges(ctx, subscribed, news)
}

func (u *update) subscribed() []Subscription {
	var all []Subscription
	for _, one := range u.run.Subscriptions {
		if one.Covers(u.run.List.ID) {
			all = append(all, one)
		}
	}
	return all
}

// isLive says whether the snapshot was walked, and not loaded from an archive.
// One that was held is asked for how it came.
func (u *update) isLive() bool {
	if u.run.accepts != nil {
		return u.place.at != nil && record.Origin(u.place.at.Origin) == record.Sync
	}
	return u.run.Origin == record.Sync
}

func (u *update) announceHold(ctx context.Context, subscribed []Subscription, news News) error {
	for _, one := range subscribed {
		if !one.Holds {
			continue
		}
		if err := u.put(ctx, one, news); err != nil {
			return err
		}
	}
	return nil
}

func (u *update) announceChanges(ctx context.Context, subscribed []Subscription, news News) error {
	prices, err := u.pricesMoved(ctx)
	if err != nil {
		return err
	}
	statuses, err := u.statusesMoved(ctx)
	if err != nil {
		return err
	}
	for _, one := range subscribed {
		news.Prices, news.Statuses = one.pricesOf(news, prices), nil
		if one.Statuses {
			news.Statuses = statuses
		}
		if news.Prices == nil && news.Statuses == nil {
			continue
		}
		if err := u.put(ctx, one, news); err != nil {
			return err
		}
	}
	return nil
}

func (u *update) put(ctx context.Context, to Subscription, news News) error {
	return put(ctx, u.q, u.tx, to, news, u.recordedAt)
}

// put writes one row of the outbox.
func put(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, to Subscription, news News, at time.Time) error {
	news.At = at.UTC()
	facts, err := json.Marshal(news)
	if err != nil {
		return fmt.Errorf("write news: %w", err)
	}
	row := sqlcgen.NotificationPutParams{Webhook: to.Webhook, Rule: to.Rule, Kind: news.Kind, List: &news.List, Facts: facts, CreatedAt: at}
	row.DueAt, row.State = to.due(at)
	if news.Kind == NewsStale {
		row.StaleSince = &news.LastSnapshot
	} else {
		row.RunID = &news.RunID
	}
	if err := q.NotificationPut(ctx, db, row); err != nil {
		return fmt.Errorf("put a notification of rule %s into the outbox: %w", to.Rule, err)
	}
	return nil
}

func (u *update) pricesMoved(ctx context.Context) ([]sqlcgen.NotificationPriceChangesRow, error) {
	if len(u.news.prices) == 0 {
		return nil, nil
	}
	rows, err := u.q.NotificationPriceChanges(ctx, u.tx, sqlcgen.NotificationPriceChangesParams{
		ListID: u.run.List.id, PriceIds: u.news.prices, At: u.run.TakenAt,
	})
	if err != nil {
		return nil, fmt.Errorf("read what prices were: %w", err)
	}
	return rows, nil
}

// pricesOf are the changes that a rule wants; nil if there are none.
func (s Subscription) pricesOf(of News, rows []sqlcgen.NotificationPriceChangesRow) *PriceNews {
	if s.Prices == nil {
		return nil
	}
	var news PriceNews
	for _, row := range rows {
		if !s.Prices.wants(catalog.PriceKind(row.PriceKind), row.FromAmount, row.ToAmount) {
			continue
		}
		move := PriceMove{
			List: of.List, Key: clipNews(row.Key), Name: clipNews(row.Name), Kind: row.PriceKind, ChangedAt: of.TakenAt,
			Variant: clipNews(row.PriceVariant), Unit: clipNews(row.PricingUnit), Currency: row.PricingCurrency,
		}
		move.measure(row.FromAmount, row.ToAmount)
		news.Top = append(news.Top, move)
		if row.ToAmount.GreaterThan(row.FromAmount) {
			news.Up++
		}
	}
	if news.Total = len(news.Top); news.Total == 0 {
		return nil
	}
	news.Down, news.Top = news.Total-news.Up, Farthest(news.Top, TopNews)
	return &news
}

// statusesMoved are the changes of statuses, named; nil if there are none.
func (u *update) statusesMoved(ctx context.Context) (*StatusNews, error) {
	if len(u.news.statuses) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(u.news.statuses))
	for i, row := range u.news.statuses {
		ids[i] = row.Product
	}
	rows, err := u.q.NotificationProducts(ctx, u.tx, sqlcgen.NotificationProductsParams{ListID: u.run.List.id, Ids: ids, At: &u.run.TakenAt})
	if err != nil {
		return nil, fmt.Errorf("name products: %w", err)
	}
	named := make(map[int64]sqlcgen.NotificationProductsRow, len(rows))
	for _, row := range rows {
		named[row.ID] = row
	}
	news := &StatusNews{}
	for _, row := range u.news.statuses {
		product := named[row.Product]
		if row.Event.Event == "relisted" && !product.WasDelisted { // nobody was told that it was missing
			continue
		}
		news.add(StatusMove{
			List: u.run.List.ID.String(), Key: clipNews(product.Key), Name: clipNews(product.Name), Event: row.Event.Event, Aspect: row.Aspect,
			Zone: clipNews(row.Zone), From: clipNews(postgres.Text(row.From)), To: clipNews(postgres.Text(row.To)),
			ChangedAt: u.run.TakenAt,
		})
	}
	if news.Total == 0 {
		return nil, nil
	}
	return news, nil
}

// StaleList is a list of which something is expected that did not come.
type StaleList struct {
	List         catalog.ListID
	Provider     string
	LastSnapshot time.Time // zero if there is none
}

// AnnounceStale puts into the outbox that lists are stale: once for each rule
// until a newer snapshot comes, however often and by however many it is said.
func (s *Store) AnnounceStale(ctx context.Context, subscribed []Subscription, lists []StaleList) error {
	if len(lists) == 0 {
		return nil
	}
	now, err := s.Time(ctx)
	if err != nil {
		return err
	}
	for _, list := range lists {
		for _, one := range subscribed {
			if !one.Stale || !one.Covers(list.List) {
				continue
			}
			news := News{Kind: NewsStale, List: list.List.String(), Provider: list.Provider, LastSnapshot: list.LastSnapshot.UTC()}
			if err := put(ctx, s.q, s.pool, one, news, now); err != nil {
				return fmt.Errorf("%s: %w", list.List, err)
			}
		}
	}
	return nil
}

package outbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// Announce offers the facts of a write to the subscriptions that cover its list
// and stores their payloads, in the transaction of the write. The caller fills
// everything but the moves, which are read here: what list, the row of the list,
// held before the rows that began. Without a subscription, or where nothing
// moved, it asks nothing of the database.
func Announce(ctx context.Context, tx sqlcgen.DBTX, subscriptions []Subscription, facts Facts, list int64, began Began) error {
	subscriptions = covering(subscriptions, facts.List)
	if len(subscriptions) == 0 || facts.Kind == Changed && began.Empty() {
		return nil
	}
	q := sqlcgen.New()
	if facts.Kind == Changed {
		var err error
		if facts.Prices, err = priceMoves(ctx, q, tx, list, began); err != nil {
			return err
		}
		if facts.Doubts, err = doubtMoves(ctx, q, tx, list, facts.TakenAt, began.doubts); err != nil {
			return err
		}
		if facts.Statuses, err = statusMoves(ctx, q, tx, list, facts.TakenAt, began.statuses); err != nil {
			return err
		}
		if len(facts.Prices)+len(facts.Statuses)+len(facts.Doubts) == 0 { // they are new, or had been missing for a while
			return nil
		}
	}
	return putAll(ctx, q, tx, subscriptions, facts)
}

func putAll(ctx context.Context, q *sqlcgen.Queries, tx sqlcgen.DBTX, subscriptions []Subscription, facts Facts) error {
	for _, subscription := range subscriptions {
		if err := put(ctx, q, tx, subscription, facts); err != nil {
			return err
		}
	}
	return nil
}

// AnnounceRewritten offers what a person decided, and what that made of changes: of
// those that were taken back only what messages had told of. It is for the end of the
// write. The caller fills what Announce wants, and the decision; Kind is Retracted, or
// Changed for what is believed now.
func AnnounceRewritten(ctx context.Context, tx sqlcgen.DBTX, subscriptions []Subscription, facts Facts, list int64) error {
	if subscriptions = covering(subscriptions, facts.List); len(subscriptions) == 0 {
		return nil
	}
	q := sqlcgen.New()
	back := facts.Kind == Retracted && !facts.Decision.Restored
	prices, err := q.NotificationPricesRewritten(ctx, tx, sqlcgen.NotificationPricesRewrittenParams{ListID: list, RunID: facts.RunID, List: facts.List.String()})
	if err != nil {
		return fmt.Errorf("read what became of prices: %w", err)
	}
	for _, row := range prices {
		if row.TakenBack != back {
			continue
		}
		facts.Prices = append(facts.Prices, PriceMove{
			Key: row.Key, Name: row.Name, Kind: catalog.PriceKind(row.PriceKind), Variant: row.PriceVariant, Unit: row.PricingUnit,
			Currency: row.PricingCurrency, From: row.FromAmount, To: row.ToAmount, ChangedAt: row.ChangedAt.UTC(),
		})
	}
	if back {
		statuses, err := q.NotificationStatusesTakenBack(ctx, tx, sqlcgen.NotificationStatusesTakenBackParams{ListID: list, RunID: facts.RunID, List: facts.List.String()})
		if err != nil {
			return fmt.Errorf("read what became of statuses: %w", err)
		}
		for _, row := range statuses {
			facts.Statuses = append(facts.Statuses, StatusMove{
				Key: row.Key, Name: row.Name, Event: row.Event, Aspect: row.Aspect, Zone: row.AvailabilityZone, From: row.FromStatus, To: row.ToStatus,
				ChangedAt: row.ChangedAt.UTC(),
			})
		}
	}
	if facts.Kind == Changed && len(facts.Prices) == 0 {
		return nil
	}
	return putAll(ctx, q, tx, subscriptions, facts)
}

// AnnounceStale offers to the subscriptions that lists are stale: each gets it
// once until a newer snapshot comes, however often and by however many processes
// it is announced.
func (o *Outbox) AnnounceStale(ctx context.Context, subscriptions []Subscription, lists []StaleList) error {
	if len(lists) == 0 {
		return nil
	}
	now, err := o.q.DatabaseTime(ctx, o.pool)
	if err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	for _, list := range lists {
		facts := Facts{Kind: Stale, List: list.List, Provider: list.Provider, At: now, LastSnapshot: list.LastSnapshot.UTC()}
		for _, subscription := range covering(subscriptions, list.List) {
			if err := put(ctx, o.q, o.pool, subscription, facts); err != nil {
				return fmt.Errorf("%s: %w", list.List, err)
			}
		}
	}
	return nil
}

func covering(all []Subscription, list catalog.ListID) []Subscription {
	return slices.DeleteFunc(slices.Clone(all), func(s Subscription) bool { return !s.Covers(list) })
}

// put stores what a subscription makes of facts, if it wants them.
func put(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, to Subscription, facts Facts) error {
	recorded := facts.At
	facts.At = recorded.UTC()
	payload, err := to.Compose(facts)
	if err != nil {
		return fmt.Errorf("compose a notification of rule %s: %w", to.Rule, err)
	}
	if payload == nil {
		return nil
	}
	list := facts.List.String()
	row := sqlcgen.NotificationPutParams{Webhook: to.Webhook, Rule: to.Rule, Kind: string(facts.Kind), List: &list, Facts: payload, CreatedAt: recorded}
	row.DueAt, row.State = to.due(recorded)
	if facts.Kind == Stale {
		row.StaleSince = &facts.LastSnapshot
	} else {
		row.RunID = &facts.RunID
	}
	if err := q.NotificationPut(ctx, db, row); err != nil {
		return fmt.Errorf("put a notification of rule %s into the outbox: %w", to.Rule, err)
	}
	return nil
}

// priceMoves are the prices among those that began whose amount rose or fell.
func priceMoves(ctx context.Context, q *sqlcgen.Queries, tx sqlcgen.DBTX, list int64, began Began) ([]PriceMove, error) {
	if len(began.prices) == 0 {
		return nil, nil
	}
	rows, err := q.NotificationPriceChanges(ctx, tx, sqlcgen.NotificationPriceChangesParams{ListID: list, PriceIds: began.prices, Moments: began.moments})
	if err != nil {
		return nil, fmt.Errorf("read what prices were: %w", err)
	}
	moves := make([]PriceMove, len(rows))
	for i, row := range rows {
		moves[i] = PriceMove{
			Key: row.Key, Name: row.Name, Kind: catalog.PriceKind(row.PriceKind), Variant: row.PriceVariant, Unit: row.PricingUnit,
			Currency: row.PricingCurrency, From: row.FromAmount, To: row.ToAmount, ChangedAt: row.ChangedAt.UTC(),
		}
	}
	return moves, nil
}

// doubtMoves are the doubts that began or were confirmed, with what their prices are
// called and what stands meanwhile.
func doubtMoves(ctx context.Context, q *sqlcgen.Queries, tx sqlcgen.DBTX, list int64, at time.Time, doubts []doubtRow) ([]DoubtMove, error) {
	if len(doubts) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(doubts))
	for i, doubt := range doubts {
		ids[i] = doubt.price
	}
	rows, err := q.NotificationDoubts(ctx, tx, sqlcgen.NotificationDoubtsParams{ListID: list, PriceIds: ids, At: at})
	if err != nil {
		return nil, fmt.Errorf("name prices in doubt: %w", err)
	}
	prices := make(map[int64]sqlcgen.NotificationDoubtsRow, len(rows))
	for _, row := range rows {
		prices[row.ID] = row
	}
	var moves []DoubtMove
	for _, doubt := range doubts {
		price, known := prices[doubt.price]
		if !known {
			continue
		}
		move := doubt.move
		move.Key, move.Name, move.Kind = price.Key, price.Name, catalog.PriceKind(price.PriceKind)
		move.Variant, move.Unit, move.Currency = price.PriceVariant, price.PricingUnit, price.PricingCurrency
		if !move.Confirmed {
			move.Stands = price.Amount
		}
		moves = append(moves, move)
	}
	return moves, nil
}

// statusMoves are the events that began, with the names of their products.
func statusMoves(ctx context.Context, q *sqlcgen.Queries, tx sqlcgen.DBTX, list int64, at time.Time, statuses []statusRow) ([]StatusMove, error) {
	if len(statuses) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(statuses))
	for i, status := range statuses {
		ids[i] = status.product
	}
	rows, err := q.NotificationProducts(ctx, tx, sqlcgen.NotificationProductsParams{ListID: list, Ids: ids, At: &at})
	if err != nil {
		return nil, fmt.Errorf("name products: %w", err)
	}
	products := make(map[int64]sqlcgen.NotificationProductsRow, len(rows))
	for _, row := range rows {
		products[row.ID] = row
	}
	var moves []StatusMove
	for _, status := range statuses {
		product := products[status.product]
		if status.move.Event == "relisted" && !product.WasDelisted { // nobody was notified that it was missing
			continue
		}
		move := status.move
		move.Key, move.Name, move.ChangedAt = product.Key, product.Name, at.UTC()
		moves = append(moves, move)
	}
	return moves, nil
}

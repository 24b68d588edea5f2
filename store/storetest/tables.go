package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/timeline/timelinetest"
)

// Tables are what stands in the tables of a list, superseded rows left out, in
// the order of Sorted.
func Tables(t testing.TB, pool *pgxpool.Pool, list catalog.List) timelinetest.History {
	t.Helper()
	name, of := list.ID.Name, func(sql string) string { return strings.ReplaceAll(sql, "KIND", string(list.Kind)) }
	return Sorted(timelinetest.History{
		Versions: Rows(t, pool, of(`SELECT p.key, v.digest, v.valid_from, v.valid_to FROM KIND_versions v
			JOIN KINDs p ON p.list_id = v.list_id AND p.id = v.KIND_id JOIN lists l ON l.id = v.list_id
			WHERE l.list = $1 AND v.superseded_by IS NULL`), func(row pgx.CollectableRow) (v timelinetest.Version, err error) {
			var digest []byte
			err = row.Scan(&v.Key, &digest, &v.From, &v.To)
			v.Digest = catalog.Digest(digest)
			return v, err
		}, name),
		Absences: Rows(t, pool, of(`SELECT p.key, a.absent_from, a.absent_to, a.confirmed_at FROM absences a
			JOIN KINDs p ON p.list_id = a.list_id AND p.id = a.KIND_id JOIN lists l ON l.id = a.list_id
			WHERE l.list = $1 AND a.superseded_by IS NULL`), func(row pgx.CollectableRow) (a timelinetest.Absence, err error) {
			err = row.Scan(&a.Key, &a.From, &a.To, &a.ConfirmedAt)
			return a, err
		}, name),
		Events: Rows(t, pool, `SELECT p.key, c.aspect, c.availability_zone, c.changed_at, c.event, c.from_status, c.to_status
			FROM product_status_changes c JOIN products p ON p.list_id = c.list_id AND p.id = c.product_id
			JOIN lists l ON l.id = c.list_id
			WHERE l.list = $1 AND c.superseded_by IS NULL`, func(row pgx.CollectableRow) (e timelinetest.Event, err error) {
			err = row.Scan(&e.Key, &e.Aspect, &e.Zone, &e.At, &e.Event, &e.FromStatus, &e.ToStatus)
			return e, err
		}, name),
		Prices: Rows(t, pool, of(`SELECT p.key, s.sku_price_id, s.price_kind, s.price_variant, s.pricing_unit, s.pricing_currency,
			s.region_id, s.quantity_tier_minimum, h.list_unit_price, h.tax_amount, h.price_with_tax, h.tax_basis,
			h.effective_from, h.effective_to, h.valid_from, h.valid_to
			FROM price_history h JOIN prices s ON s.list_id = h.list_id AND s.id = h.price_id
			JOIN KINDs p ON p.list_id = s.list_id AND p.id = s.KIND_id JOIN lists l ON l.id = h.list_id
			WHERE l.list = $1 AND h.superseded_by IS NULL`), scanPrice, name),
		Doubts: Rows(t, pool, of(`SELECT p.key, s.sku_price_id, s.price_kind, s.price_variant, s.pricing_unit, s.pricing_currency,
			s.region_id, s.quantity_tier_minimum, d.reason, d.doubted_from, d.doubted_to, d.confirmed_at
			FROM doubts d JOIN prices s ON s.list_id = d.list_id AND s.id = d.price_id
			JOIN KINDs p ON p.list_id = s.list_id AND p.id = s.KIND_id JOIN lists l ON l.id = d.list_id
			WHERE l.list = $1 AND d.superseded_by IS NULL`), scanDoubt, name),
	})
}

// Reference is what must stand in the tables of a list of some kind, which the
// committed snapshots of a world made, in the order of Sorted.
func Reference(world timelinetest.World, kind catalog.EntryKind) timelinetest.History {
	history := timelinetest.Reference(world)
	if kind == catalog.Contracts {
		history.Events = nil
	}
	return Sorted(history)
}

func scanPrice(row pgx.CollectableRow) (v timelinetest.PriceVersion, err error) {
	var p catalog.Price
	var tier *decimal.Decimal
	err = row.Scan(&v.Key, &p.SKUPriceID, &p.Kind, &p.Variant, &p.Unit, &p.Currency, &p.RegionID, &tier,
		&p.ListUnitPrice, &p.TaxAmount, &p.PriceWithTax, &p.TaxBasis, &p.EffectiveFrom, &p.EffectiveTo, &v.From, &v.To)
	p.TierMinimum = tier
	v.Price, v.Amount = p.Identity(), p.AmountDigest()
	return v, err
}

func scanDoubt(row pgx.CollectableRow) (d timelinetest.Doubt, err error) {
	var p catalog.Price
	err = row.Scan(&d.Key, &p.SKUPriceID, &p.Kind, &p.Variant, &p.Unit, &p.Currency, &p.RegionID, &p.TierMinimum, &d.Reason, &d.From, &d.To, &d.ConfirmedAt)
	d.Price = p.Identity()
	return d, err
}

// Sorted brings a history into one order and one zone; nil and empty are the
// same to the reader.
func Sorted(h timelinetest.History) timelinetest.History {
	for i := range h.Versions {
		v := &h.Versions[i]
		v.From, v.To = v.From.UTC(), UTC(v.To)
	}
	for i := range h.Absences {
		a := &h.Absences[i]
		a.From, a.To, a.ConfirmedAt = a.From.UTC(), UTC(a.To), UTC(a.ConfirmedAt)
	}
	for i := range h.Prices {
		p := &h.Prices[i]
		p.From, p.To = p.From.UTC(), UTC(p.To)
	}
	for i := range h.Events {
		h.Events[i].At = h.Events[i].At.UTC()
	}
	for i := range h.Doubts {
		d := &h.Doubts[i]
		d.From, d.To, d.ConfirmedAt = d.From.UTC(), UTC(d.To), UTC(d.ConfirmedAt)
	}
	h.Doubts = ordered(h.Doubts)
	h.Versions = ordered(h.Versions)
	h.Absences = ordered(h.Absences)
	h.Prices = ordered(h.Prices)
	h.Events = ordered(h.Events)
	return h
}

func ordered[T any](all []T) []T {
	out := append([]T{}, all...)
	slices.SortFunc(out, func(a, b T) int { return cmp.Compare(render(a), render(b)) })
	return out
}

func render(value any) string {
	switch v := value.(type) {
	case timelinetest.Version:
		return fmt.Sprint(v.Key, v.From.UnixMicro())
	case timelinetest.Absence:
		return fmt.Sprint(v.Key, v.From.UnixMicro())
	case timelinetest.PriceVersion:
		return fmt.Sprint(v.Key, v.Price, v.From.UnixMicro())
	case timelinetest.Doubt:
		return fmt.Sprint(v.Key, v.Price, v.From.UnixMicro())
	case timelinetest.Event:
		zone := ""
		if v.Zone != nil {
			zone = *v.Zone
		}
		return fmt.Sprint(v.Key, v.At.UnixMicro(), v.Aspect, zone)
	}
	panic(fmt.Sprintf("no order for %T", value))
}

// UTC is the same moment in UTC; nil stays nil.
func UTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

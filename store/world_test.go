package store_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// TestTablesMatchReference sends random worlds through Postgres in random
// orders and compares the tables with the reference after every snapshot, with
// all constraints on.
func TestTablesMatchReference(t *testing.T) {
	matchReference(t, catalog.Products, timelinetest.Worlds())
}

// TestContractTablesMatchReference is the same of a list of contracts, whose
// versions stand in tables of their own.
func TestContractTablesMatchReference(t *testing.T) {
	matchReference(t, catalog.Contracts, timelinetest.ContractWorlds())
}

func matchReference(t *testing.T, kind catalog.EntryKind, worlds *rapid.Generator[timelinetest.World]) {
	pool := pgtest.New(t)
	s := store.New(pool)
	lists := 0
	rapid.Check(t, func(rt *rapid.T) {
		world := worlds.Draw(rt, "world")
		order := timelinetest.Orders(len(world.Snapshots)).Draw(rt, "order")
		lists++
		source := newScripted()
		source.list.ID.Name, source.list.Kind = fmt.Sprintf("world-%d", lists), kind
		list := ensure(t, s, source.list, timeline.Rule{Snapshots: world.ConfirmSnapshots, For: world.ConfirmFor})
		seen := timelinetest.World{ConfirmSnapshots: world.ConfirmSnapshots, ConfirmFor: world.ConfirmFor}
		for _, i := range order {
			seen.Snapshots = append(seen.Snapshots, world.Snapshots[i])
			put(t, s, list, source.snapshot(t, world.Snapshots[i].Entries), world.Snapshots[i].At)
			want, got := timelinetest.Reference(seen), tables(t, pool, source.list)
			if kind == catalog.Contracts {
				want.Events = nil
			}
			sorted(&want)
			sorted(&got)
			if diff := gocmp.Diff(want, got); diff != "" {
				rt.Fatalf("after %d of %d snapshots, order %v (-want +got):\n%s", len(seen.Snapshots), len(order), order, diff)
			}
		}
	})
}

// tables reads what stands in the tables, superseded rows left out.
func tables(t testing.TB, pool *pgxpool.Pool, list catalog.List) timelinetest.History {
	t.Helper()
	id, of := list.ID, func(sql string) string { return strings.ReplaceAll(sql, "KIND", string(list.Kind)) }
	return timelinetest.History{
		Versions: rows(t, pool, id, of(`SELECT p.key, v.digest, v.valid_from, v.valid_to FROM KIND_versions v
			JOIN KINDs p ON p.list_id = v.list_id AND p.id = v.KIND_id JOIN lists l ON l.id = v.list_id
			WHERE l.list = $1 AND v.superseded_by IS NULL`), func(row pgx.CollectableRow) (v timelinetest.Version, err error) {
			var digest []byte
			err = row.Scan(&v.Key, &digest, &v.From, &v.To)
			v.Digest = catalog.Digest(digest)
			return v, err
		}),
		Absences: rows(t, pool, id, of(`SELECT p.key, a.absent_from, a.absent_to, a.confirmed_at FROM absences a
			JOIN KINDs p ON p.list_id = a.list_id AND p.id = a.KIND_id JOIN lists l ON l.id = a.list_id
			WHERE l.list = $1 AND a.superseded_by IS NULL`), func(row pgx.CollectableRow) (a timelinetest.Absence, err error) {
			err = row.Scan(&a.Key, &a.From, &a.To, &a.ConfirmedAt)
			return a, err
		}),
		Events: rows(t, pool, id, `SELECT p.key, c.aspect, c.availability_zone, c.changed_at, c.event, c.from_status, c.to_status
			FROM product_status_changes c JOIN products p ON p.list_id = c.list_id AND p.id = c.product_id
			JOIN lists l ON l.id = c.list_id
			WHERE l.list = $1 AND c.superseded_by IS NULL`, func(row pgx.CollectableRow) (e timelinetest.Event, err error) {
			err = row.Scan(&e.Key, &e.Aspect, &e.Zone, &e.At, &e.Event, &e.FromStatus, &e.ToStatus)
			return e, err
		}),
		Prices: rows(t, pool, id, of(`SELECT p.key, s.sku_price_id, s.price_kind, s.price_variant, s.pricing_unit, s.pricing_currency,
			s.region_id, s.quantity_tier_minimum, h.list_unit_price, h.tax_amount, h.price_with_tax, h.tax_basis,
			h.effective_from, h.effective_to, h.valid_from, h.valid_to
			FROM price_history h JOIN prices s ON s.list_id = h.list_id AND s.id = h.price_id
			JOIN KINDs p ON p.list_id = s.list_id AND p.id = s.KIND_id JOIN lists l ON l.id = h.list_id
			WHERE l.list = $1 AND h.superseded_by IS NULL`), scanPrice),
	}
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

func rows[T any](t testing.TB, pool *pgxpool.Pool, id catalog.ListID, sql string, scan pgx.RowToFunc[T]) []T {
	t.Helper()
	result, err := pool.Query(context.Background(), sql, id.Name)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(result, scan)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sorted brings two histories into one order and one zone; nil and empty are
// the same to the reader.
func sorted(h *timelinetest.History) {
	for i := range h.Versions {
		v := &h.Versions[i]
		v.From, v.To = v.From.UTC(), utc(v.To)
	}
	for i := range h.Absences {
		a := &h.Absences[i]
		a.From, a.To, a.ConfirmedAt = a.From.UTC(), utc(a.To), utc(a.ConfirmedAt)
	}
	for i := range h.Prices {
		p := &h.Prices[i]
		p.From, p.To = p.From.UTC(), utc(p.To)
	}
	for i := range h.Events {
		h.Events[i].At = h.Events[i].At.UTC()
	}
	h.Versions = ordered(h.Versions)
	h.Absences = ordered(h.Absences)
	h.Prices = ordered(h.Prices)
	h.Events = ordered(h.Events)
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
	case timelinetest.Event:
		zone := ""
		if v.Zone != nil {
			zone = *v.Zone
		}
		return fmt.Sprint(v.Key, v.At.UnixMicro(), v.Aspect, zone)
	}
	panic(fmt.Sprintf("no order for %T", value))
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

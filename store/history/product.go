package history

import (
	"context"
	"slices"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// productTables holds the entries of product lists.
type productTables struct {
	q    *sqlcgen.Queries
	db   sqlcgen.DBTX
	list int64
}

func (t productTables) find(ctx context.Context, keys []string) (map[string]int64, error) {
	rows, err := t.q.ProductFind(ctx, t.db, sqlcgen.ProductFindParams{ListID: t.list, Keys: keys})
	ids := make(map[string]int64, len(rows))
	for _, row := range rows {
		ids[row.Key] = row.ID
	}
	return ids, err
}

func (t productTables) all(ctx context.Context) ([]Named, error) {
	rows, err := t.q.ProductKeys(ctx, t.db, t.list)
	entries := make([]Named, len(rows))
	for i, row := range rows {
		entries[i] = Named{row.ID, row.Key}
	}
	return entries, err
}

func (t productTables) create(ctx context.Context, keys []string) ([]int64, error) {
	ids, err := t.q.ProductIDs(ctx, t.db, postgres.Count(len(keys)))
	if err != nil {
		return nil, err
	}
	rows := make([]sqlcgen.ProductCopyParams, len(keys))
	for i, key := range keys {
		rows[i] = sqlcgen.ProductCopyParams{ListID: t.list, ID: ids[i], Key: key}
	}
	_, err = t.q.ProductCopy(ctx, t.db, rows)
	return ids, err
}

func (t productTables) digests(ctx context.Context, at time.Time, newest bool) ([]KeyDigest, error) {
	if newest {
		return t.current(ctx)
	}
	rows, err := t.q.ProductDigestsAt(ctx, t.db, sqlcgen.ProductDigestsAtParams{ListID: t.list, At: at})
	all := make([]KeyDigest, len(rows))
	for i, row := range rows {
		all[i] = KeyDigest{row.Key, row.Digest}
	}
	return all, err
}

func (t productTables) current(ctx context.Context) ([]KeyDigest, error) {
	rows, err := t.q.ProductDigestsCurrent(ctx, t.db, t.list)
	all := make([]KeyDigest, len(rows))
	for i, row := range rows {
		all[i] = KeyDigest{row.Key, row.Digest}
	}
	slices.SortFunc(all, func(a, b KeyDigest) int { return strings.Compare(a.Key, b.Key) })
	return all, err
}

func (t productTables) load(ctx context.Context, ids []int64, since []time.Time) ([]Version, error) {
	rows, err := t.q.ProductVersionsLoad(ctx, t.db, sqlcgen.ProductVersionsLoadParams{ListID: t.list, ProductIds: ids, Since: since})
	all := make([]Version, len(rows))
	for i, row := range rows {
		all[i] = productVersion(row)
	}
	return all, err
}

func (t productTables) ever(ctx context.Context, ids []int64) ([]Recorded[Version], error) {
	rows, err := t.q.ProductVersionsEver(ctx, t.db, sqlcgen.ProductVersionsEverParams{ListID: t.list, ProductIds: ids})
	all := make([]Recorded[Version], len(rows))
	for i, row := range rows {
		all[i] = Recorded[Version]{productVersion(row), row.RecordedBy, postgres.ID(row.SupersededBy)}
	}
	return all, err
}

func productVersion(row sqlcgen.ProductVersion) Version {
	version := Version{
		ID: row.ProductID, Digest: catalog.Digest(row.Digest), Page: row.PageNumber, From: row.ValidFrom.UTC(), To: postgres.Time(row.ValidTo),
	}
	version.Unreadable = read(productColumnsRead, &row, &version.Entry)
	return version
}

func (t productTables) close(ctx context.Context, ids []int64, at time.Time) error {
	return t.q.ProductVersionClose(ctx, t.db, sqlcgen.ProductVersionCloseParams{ListID: t.list, ProductIds: ids, ValidTo: &at})
}

func (t productTables) supersede(ctx context.Context, run int64, ids []int64, froms []time.Time) error {
	return t.q.ProductVersionSupersede(ctx, t.db, sqlcgen.ProductVersionSupersedeParams{ListID: t.list, RunID: &run, ProductIds: ids, ValidFroms: froms})
}

func (t productTables) insert(ctx context.Context, run int64, rows []Version) error {
	all := make([]sqlcgen.ProductVersionCopyParams, len(rows))
	for i := range rows {
		row := &rows[i]
		all[i] = sqlcgen.ProductVersionCopyParams{
			ListID: t.list, ProductID: row.ID, Digest: row.Digest[:], PageNumber: row.Page,
			ValidFrom: row.From, ValidTo: postgres.NullTime(row.To), RecordedBy: run,
		}
		fill(productColumns, &all[i], &row.Entry)
	}
	_, err := t.q.ProductVersionCopy(ctx, t.db, all)
	return err
}

func (t productTables) overlaps(ctx context.Context, ids []int64) (bool, error) {
	return t.q.ProductVersionOverlaps(ctx, t.db, sqlcgen.ProductVersionOverlapsParams{ListID: t.list, ProductIds: ids})
}

func (t productTables) prices(ctx context.Context, ids []int64) ([]owned[sqlcgen.Price], error) {
	rows, err := t.q.PriceFind(ctx, t.db, sqlcgen.PriceFindParams{ListID: t.list, ProductIds: ids})
	all := make([]owned[sqlcgen.Price], len(rows))
	for i, row := range rows {
		all[i] = owned[sqlcgen.Price]{*row.ProductID, row}
	}
	return all, err
}

func (t productTables) amounts(ctx context.Context, ids []int64, since []time.Time) ([]owned[sqlcgen.PriceHistory], error) {
	rows, err := t.q.PriceHistoryLoad(ctx, t.db, sqlcgen.PriceHistoryLoadParams{ListID: t.list, ProductIds: ids, Since: since})
	all := make([]owned[sqlcgen.PriceHistory], len(rows))
	for i, row := range rows {
		all[i] = owned[sqlcgen.PriceHistory]{row.ProductID, row.PriceHistory}
	}
	return all, err
}

func (productTables) ownPrice(row *sqlcgen.PriceCopyParams, id int64) { row.ProductID = &id }

func (productTables) ownAbsence(row *sqlcgen.AbsenceCopyParams, id int64) { row.ProductID = &id }

package store

import (
	"context"
	"time"

	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// contractShelf holds the entries of contract lists. Contracts are few, and
// their states are words of their versions: they have no status changes.
type contractShelf struct{ q *sqlcgen.Queries }

func (s contractShelf) find(ctx context.Context, db sqlcgen.DBTX, list int64, keys []string) (map[string]int64, error) {
	rows, err := s.q.ContractFind(ctx, db, sqlcgen.ContractFindParams{ListID: list, Keys: keys})
	ids := make(map[string]int64, len(rows))
	for _, row := range rows {
		ids[row.Key] = row.ID
	}
	return ids, err
}

func (s contractShelf) all(ctx context.Context, db sqlcgen.DBTX, list int64) ([]named, error) {
	rows, err := s.q.ContractKeys(ctx, db, list)
	entries := make([]named, len(rows))
	for i, row := range rows {
		entries[i] = named{row.ID, row.Key}
	}
	return entries, err
}

func (s contractShelf) create(ctx context.Context, db sqlcgen.DBTX, list int64, keys []string) ([]int64, error) {
	ids, err := s.q.ContractIDs(ctx, db, postgres.Count(len(keys)))
	if err != nil {
		return nil, err
	}
	rows := make([]sqlcgen.ContractCopyParams, len(keys))
	for i, key := range keys {
		rows[i] = sqlcgen.ContractCopyParams{ListID: list, ID: ids[i], Key: key}
	}
	_, err = s.q.ContractCopy(ctx, db, rows)
	return ids, err
}

func (s contractShelf) digests(ctx context.Context, db sqlcgen.DBTX, list int64, found place) ([]keyed, error) {
	rows, err := s.q.ContractDigestsAt(ctx, db, sqlcgen.ContractDigestsAtParams{ListID: list, At: found.before.TakenAt})
	all := make([]keyed, len(rows))
	for i, row := range rows {
		all[i] = keyed{row.Key, row.Digest}
	}
	return all, err
}

func (s contractShelf) load(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64, since []time.Time) ([]version, error) {
	rows, err := s.q.ContractVersionsLoad(ctx, db, sqlcgen.ContractVersionsLoadParams{ListID: list, ContractIds: ids, Since: since})
	all := make([]version, len(rows))
	for i, row := range rows {
		all[i] = contractVersion(row)
	}
	return all, err
}

func (s contractShelf) ever(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64) ([]entered[version], error) {
	rows, err := s.q.ContractVersionsEver(ctx, db, sqlcgen.ContractVersionsEverParams{ListID: list, ContractIds: ids})
	all := make([]entered[version], len(rows))
	for i, row := range rows {
		all[i] = entered[version]{contractVersion(row), row.RecordedBy, postgres.ID(row.SupersededBy)}
	}
	return all, err
}

func contractVersion(row sqlcgen.ContractVersion) version {
	return version{
		entry: row.ContractID, page: row.PageNumber, from: row.ValidFrom.UTC(), to: postgres.Time(row.ValidTo),
		columns: columns{
			name: row.Name, status: row.Status, region: row.RegionID, attributes: row.Attributes, zones: []byte("{}"),
			contractRef: row.ContractRef, contractType: row.ContractType,
			periodStart: row.PeriodStart, periodEnd: row.PeriodEnd, digest: [16]byte(row.Digest),
		},
	}
}

func (s contractShelf) close(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64, at time.Time) error {
	return s.q.ContractVersionClose(ctx, db, sqlcgen.ContractVersionCloseParams{ListID: list, ContractIds: ids, ValidTo: &at})
}

func (s contractShelf) supersede(ctx context.Context, db sqlcgen.DBTX, list, run int64, ids []int64, froms []time.Time) error {
	return s.q.ContractVersionSupersede(ctx, db, sqlcgen.ContractVersionSupersedeParams{ListID: list, RunID: &run, ContractIds: ids, ValidFroms: froms})
}

func (s contractShelf) insert(ctx context.Context, db sqlcgen.DBTX, list, run int64, rows []version) error {
	all := make([]sqlcgen.ContractVersionCopyParams, len(rows))
	for i := range rows {
		row := &rows[i]
		all[i] = sqlcgen.ContractVersionCopyParams{
			ListID: list, ContractID: row.entry, Name: row.columns.name, Status: row.columns.status,
			RegionID: row.columns.region, Attributes: row.columns.attributes,
			ContractRef: row.columns.contractRef, ContractType: row.columns.contractType,
			PeriodStart: row.columns.periodStart, PeriodEnd: row.columns.periodEnd,
			Digest: row.columns.digest[:], PageNumber: row.page,
			ValidFrom: row.from, ValidTo: postgres.NullTime(row.to), RecordedBy: run,
		}
	}
	_, err := s.q.ContractVersionCopy(ctx, db, all)
	return err
}

func (s contractShelf) overlaps(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64) (bool, error) {
	return s.q.ContractVersionOverlaps(ctx, db, sqlcgen.ContractVersionOverlapsParams{ListID: list, ContractIds: ids})
}

func (s contractShelf) prices(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64) ([]owned[sqlcgen.Price], error) {
	rows, err := s.q.ContractPriceFind(ctx, db, sqlcgen.ContractPriceFindParams{ListID: list, ContractIds: ids})
	all := make([]owned[sqlcgen.Price], len(rows))
	for i, row := range rows {
		all[i] = owned[sqlcgen.Price]{*row.ContractID, row}
	}
	return all, err
}

func (s contractShelf) amounts(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64, since []time.Time) ([]owned[sqlcgen.PriceHistory], error) {
	rows, err := s.q.ContractPriceHistoryLoad(ctx, db, sqlcgen.ContractPriceHistoryLoadParams{ListID: list, ContractIds: ids, Since: since})
	all := make([]owned[sqlcgen.PriceHistory], len(rows))
	for i, row := range rows {
		all[i] = owned[sqlcgen.PriceHistory]{row.ContractID, row.PriceHistory}
	}
	return all, err
}

func (s contractShelf) pricesAt(ctx context.Context, db sqlcgen.DBTX, list int64, at time.Time, keys []string) ([]pricedKey, error) {
	rows, err := s.q.ContractPricesAt(ctx, db, sqlcgen.ContractPricesAtParams{ListID: list, At: at, Keys: keys})
	all := make([]pricedKey, len(rows))
	for i, row := range rows {
		all[i] = pricedKey{row.Key, row.Price, row.ListUnitPrice}
	}
	return all, err
}

func (contractShelf) ownPrice(row *sqlcgen.PriceCopyParams, id int64) { row.ContractID = &id }

func (contractShelf) ownAbsence(row *sqlcgen.AbsenceCopyParams, id int64) { row.ContractID = &id }

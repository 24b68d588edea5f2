package history

import (
	"context"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// contractTables holds the entries of contract lists. Contracts are few, and
// their states are words of their versions: they have no status changes.
type contractTables struct {
	q    *sqlcgen.Queries
	db   sqlcgen.DBTX
	list int64
}

func (t contractTables) find(ctx context.Context, keys []string) (map[string]int64, error) {
	rows, err := t.q.ContractFind(ctx, t.db, sqlcgen.ContractFindParams{ListID: t.list, Keys: keys})
	ids := make(map[string]int64, len(rows))
	for _, row := range rows {
		ids[row.Key] = row.ID
	}
	return ids, err
}

func (t contractTables) all(ctx context.Context) ([]Named, error) {
	rows, err := t.q.ContractKeys(ctx, t.db, t.list)
	entries := make([]Named, len(rows))
	for i, row := range rows {
		entries[i] = Named{row.ID, row.Key}
	}
	return entries, err
}

func (t contractTables) create(ctx context.Context, keys []string) ([]int64, error) {
	ids, err := t.q.ContractIDs(ctx, t.db, postgres.Count(len(keys)))
	if err != nil {
		return nil, err
	}
	rows := make([]sqlcgen.ContractCopyParams, len(keys))
	for i, key := range keys {
		rows[i] = sqlcgen.ContractCopyParams{ListID: t.list, ID: ids[i], Key: key}
	}
	_, err = t.q.ContractCopy(ctx, t.db, rows)
	return ids, err
}

func (t contractTables) digests(ctx context.Context, at time.Time, _ bool) ([]KeyDigest, error) {
	rows, err := t.q.ContractDigestsAt(ctx, t.db, sqlcgen.ContractDigestsAtParams{ListID: t.list, At: at})
	all := make([]KeyDigest, len(rows))
	for i, row := range rows {
		all[i] = KeyDigest{row.Key, row.Digest}
	}
	return all, err
}

func (t contractTables) load(ctx context.Context, ids []int64, since []time.Time) ([]Version, error) {
	rows, err := t.q.ContractVersionsLoad(ctx, t.db, sqlcgen.ContractVersionsLoadParams{ListID: t.list, ContractIds: ids, Since: since})
	all := make([]Version, len(rows))
	for i, row := range rows {
		all[i] = contractVersion(row)
	}
	return all, err
}

func (t contractTables) ever(ctx context.Context, ids []int64) ([]Recorded[Version], error) {
	rows, err := t.q.ContractVersionsEver(ctx, t.db, sqlcgen.ContractVersionsEverParams{ListID: t.list, ContractIds: ids})
	all := make([]Recorded[Version], len(rows))
	for i, row := range rows {
		all[i] = Recorded[Version]{contractVersion(row), row.RecordedBy, postgres.ID(row.SupersededBy)}
	}
	return all, err
}

func contractVersion(row sqlcgen.ContractVersion) Version {
	version := Version{
		ID: row.ContractID, Digest: catalog.Digest(row.Digest), Page: row.PageNumber, From: row.ValidFrom.UTC(), To: postgres.Time(row.ValidTo),
	}
	version.Entry.Contract = &catalog.Contract{}
	version.Unreadable = read(contractColumnsRead, &row, &version.Entry)
	return version
}

func (t contractTables) close(ctx context.Context, ids []int64, at time.Time) error {
	return t.q.ContractVersionClose(ctx, t.db, sqlcgen.ContractVersionCloseParams{ListID: t.list, ContractIds: ids, ValidTo: &at})
}

func (t contractTables) supersede(ctx context.Context, run int64, ids []int64, froms []time.Time) error {
	return t.q.ContractVersionSupersede(ctx, t.db, sqlcgen.ContractVersionSupersedeParams{ListID: t.list, RunID: &run, ContractIds: ids, ValidFroms: froms})
}

func (t contractTables) insert(ctx context.Context, run int64, rows []Version) error {
	all := make([]sqlcgen.ContractVersionCopyParams, len(rows))
	for i := range rows {
		row := &rows[i]
		all[i] = sqlcgen.ContractVersionCopyParams{
			ListID: t.list, ContractID: row.ID, Digest: row.Digest[:], PageNumber: row.Page,
			ValidFrom: row.From, ValidTo: postgres.NullTime(row.To), RecordedBy: run,
		}
		fill(contractColumns, &all[i], &row.Entry)
	}
	_, err := t.q.ContractVersionCopy(ctx, t.db, all)
	return err
}

func (t contractTables) overlaps(ctx context.Context, ids []int64) (bool, error) {
	return t.q.ContractVersionOverlaps(ctx, t.db, sqlcgen.ContractVersionOverlapsParams{ListID: t.list, ContractIds: ids})
}

func (t contractTables) prices(ctx context.Context, ids []int64) ([]owned[sqlcgen.Price], error) {
	rows, err := t.q.ContractPriceFind(ctx, t.db, sqlcgen.ContractPriceFindParams{ListID: t.list, ContractIds: ids})
	all := make([]owned[sqlcgen.Price], len(rows))
	for i, row := range rows {
		all[i] = owned[sqlcgen.Price]{*row.ContractID, row}
	}
	return all, err
}

func (t contractTables) amounts(ctx context.Context, ids []int64, since []time.Time) ([]owned[sqlcgen.PriceHistory], error) {
	rows, err := t.q.ContractPriceHistoryLoad(ctx, t.db, sqlcgen.ContractPriceHistoryLoadParams{ListID: t.list, ContractIds: ids, Since: since})
	all := make([]owned[sqlcgen.PriceHistory], len(rows))
	for i, row := range rows {
		all[i] = owned[sqlcgen.PriceHistory]{row.ContractID, row.PriceHistory}
	}
	return all, err
}

func (contractTables) ownPrice(row *sqlcgen.PriceCopyParams, id int64) { row.ContractID = &id }

func (contractTables) ownAbsence(row *sqlcgen.AbsenceCopyParams, id int64) { row.ContractID = &id }

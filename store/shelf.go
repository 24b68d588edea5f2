package store

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// shelf is where the entries of one kind of list stand: who they are, and
// their versions. Prices and absences have tables that serve both kinds; a
// shelf says which column of those is its own. Ids are the kind's.
type shelf interface {
	// find returns the ids of the keys that were ever seen.
	find(ctx context.Context, db sqlcgen.DBTX, list int64, keys []string) (map[string]int64, error)
	// all returns id and key of every entry ever seen, in the byte order of keys.
	all(ctx context.Context, db sqlcgen.DBTX, list int64) ([]named, error)
	// create makes entries of keys never seen; ids are in the keys' order.
	create(ctx context.Context, db sqlcgen.DBTX, list int64, keys []string) ([]int64, error)
	// digests are key and digest of the entries that the snapshot before held,
	// in the byte order of keys.
	digests(ctx context.Context, db sqlcgen.DBTX, list int64, found place) ([]keyed, error)
	// load returns the versions of each id that end at its moment or later, by
	// id and time.
	load(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64, since []time.Time) ([]version, error)
	// ever returns all versions of each id, superseded ones too.
	ever(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64) ([]entered[version], error)
	close(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64, at time.Time) error
	supersede(ctx context.Context, db sqlcgen.DBTX, list, run int64, ids []int64, froms []time.Time) error
	insert(ctx context.Context, db sqlcgen.DBTX, list, run int64, rows []version) error
	// overlaps looks for a closed version that overlaps the open one, which no
	// constraint forbids.
	overlaps(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64) (bool, error)

	// prices are the SKU prices of the entries, by no order.
	prices(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64) ([]owned[sqlcgen.Price], error)
	// amounts are their histories, as load returns versions.
	amounts(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64, since []time.Time) ([]owned[sqlcgen.PriceHistory], error)
	// pricesAt are the prices of the keys at a moment.
	pricesAt(ctx context.Context, db sqlcgen.DBTX, list int64, at time.Time, keys []string) ([]pricedKey, error)
	// ownPrice and ownAbsence put the entry's id into the kind's column.
	ownPrice(row *sqlcgen.PriceCopyParams, id int64)
	ownAbsence(row *sqlcgen.AbsenceCopyParams, id int64)
}

// shelfOf is the shelf of a kind of list.
func shelfOf(kind catalog.EntryKind, q *sqlcgen.Queries) shelf {
	if kind == catalog.Contracts {
		return contractShelf{q}
	}
	return productShelf{q}
}

// named is an entry by id and key.
type named struct {
	id  int64
	key string
}

// keyed is a key and the digest of its entry.
type keyed struct {
	key    string
	digest []byte
}

// owned is a row of an entry.
type owned[R any] struct {
	entry int64
	row   R
}

// pricedKey is what a price of a key was.
type pricedKey struct {
	key    string
	price  sqlcgen.Price
	amount decimal.Decimal
}

// version is a row of history of an entry of either kind.
type version struct {
	entry    int64
	columns  columns
	page     *int32 // of the snapshot at from, that shows the entry; nil: not known
	from, to time.Time
}

// columns are what a version shows, in the words of both kinds.
type columns struct {
	name                      string
	status, lifecycle, region *string
	attributes, zones         []byte
	vcpu, memory, disk, gpu   *decimal.Decimal
	contractRef, contractType *string
	periodStart, periodEnd    *time.Time
	digest                    catalog.Digest
}

package history_test

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/storetest"
	"syncer/timeline/timelinetest"
)

// TestTablesMatchReference sends random worlds through Postgres in random
// orders and compares the tables with the reference after every snapshot, with
// all constraints on.
func TestTablesMatchReference(t *testing.T) {
	t.Parallel()
	matchReference(t, catalog.Products, timelinetest.Worlds())
}

// TestContractTablesMatchReference is the same of a list of contracts, whose
// versions stand in tables of their own.
func TestContractTablesMatchReference(t *testing.T) {
	t.Parallel()
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
		l := storetest.NewList(t, s, pool, fmt.Sprintf("world-%d", lists), kind, storetest.RuleOf(world))
		seen := timelinetest.World{ConfirmSnapshots: world.ConfirmSnapshots, ConfirmFor: world.ConfirmFor}
		for _, i := range order {
			seen.Snapshots = append(seen.Snapshots, world.Snapshots[i])
			l.Put(world.Snapshots[i].At, storetest.InOrder(world.Snapshots[i].Entries)...)
			want, got := storetest.Reference(seen, kind), storetest.Tables(t, pool, l.Source.Described)
			if diff := gocmp.Diff(want, got); diff != "" {
				rt.Fatalf("after %d of %d snapshots, order %v (-want +got):\n%s", len(seen.Snapshots), len(order), order, diff)
			}
		}
	})
}

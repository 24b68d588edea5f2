package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/history"
	"syncer/store/proof"
	"syncer/store/record"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// Drawn is a random world, written into a list of its own.
type Drawn struct {
	*Live
	World timelinetest.World
	shown map[string][]string // bodies by content
}

// Draw draws a world of products or contracts and writes its snapshots in a
// random order.
func Draw(rt *rapid.T, t testing.TB, s *store.Store, pool *pgxpool.Pool, name string) *Drawn {
	kind := rapid.SampledFrom([]catalog.EntryKind{catalog.Products, catalog.Contracts}).Draw(rt, "kind")
	worlds := map[catalog.EntryKind]*rapid.Generator[timelinetest.World]{catalog.Products: timelinetest.Worlds(), catalog.Contracts: timelinetest.ContractWorlds()}
	world := worlds[kind].Draw(rt, "world")
	order := timelinetest.Orders(len(world.Snapshots)).Draw(rt, "order")
	d := &Drawn{Live: NewList(t, s, pool, name, kind, RuleOf(world)), World: world}
	for _, i := range order {
		d.Put(world.Snapshots[i].At, InOrder(world.Snapshots[i].Entries)...)
	}
	return d
}

// DrawDoubtful draws a world in which parts are set aside and prices doubted and
// writes its snapshots in a random order.
func DrawDoubtful(rt *rapid.T, t testing.TB, s *store.Store, pool *pgxpool.Pool, name string) *Drawn {
	kind := rapid.SampledFrom([]catalog.EntryKind{catalog.Products, catalog.Contracts}).Draw(rt, "kind")
	worlds := map[catalog.EntryKind]*rapid.Generator[timelinetest.World]{
		catalog.Products: timelinetest.DoubtfulWorlds(), catalog.Contracts: timelinetest.DoubtfulContractWorlds(),
	}
	world := worlds[kind].Draw(rt, "world")
	order := timelinetest.Orders(len(world.Snapshots)).Draw(rt, "order")
	d := &Drawn{Live: &Live{T: t, Pool: pool, Store: s, Source: NewSource(kind)}, World: world}
	d.Source.Described.ID.Name = name
	d.RegisterWith(record.ListSettings{Rule: RuleOf(world), Doubt: timeline.Rule{Snapshots: world.DoubtSnapshots, For: world.DoubtFor}})
	decidedAfter := rapid.IntRange(1, len(order)).Draw(rt, "decided after")
	for n, i := range order {
		d.PutOdd(world.Snapshots[i])
		some := *d
		some.World.Snapshots = nil
		for _, j := range order[:n+1] {
			some.World.Snapshots = append(some.World.Snapshots, world.Snapshots[j])
		}
		if n+1 <= decidedAfter {
			some.World.Decisions = nil
		}
		some.MustMatch(rt, fmt.Sprint("after write ", n))
		if n+1 != decidedAfter {
			continue
		}
		d.World.Decisions = slices.DeleteFunc(slices.Clone(world.Decisions), func(decision timelinetest.Decision) bool {
			return !slices.ContainsFunc(order[:n+1], func(i int) bool { return world.Snapshots[i].At.Equal(decision.Moment) }) // of what is there
		})
		if len(d.World.Decisions) > 0 {
			d.decide(d.World.Decisions)
		}
	}
	return d
}

// decide notes decisions, each by a run of its own that writes history anew.
func (d *Drawn) decide(decisions []timelinetest.Decision) {
	d.T.Helper()
	for _, decision := range decisions {
		var price []byte
		if decision.Price != nil {
			price = history.IdentityJSON(history.IDOf(*decision.Price))
		}
		d.rewrite(string(decision.Kind), store.Decision{Actor: "kim", Reason: "so it is drawn"}, func(run store.Run) error {
			if _, err := d.Pool.Exec(d.T.Context(), `INSERT INTO decisions (list_id, kind, taken_at, key, price, recorded_by)
				VALUES ($1, $2, $3, $4, $5, (SELECT max(id) FROM runs WHERE list_id = $1))`,
				d.List.RowID, string(decision.Kind), decision.Moment, decision.Key, price); err != nil {
				return err
			}
			_, err := d.Store.Rebuild(d.T.Context(), run, d.List.Rule, d.Source.Reread)
			return err
		})
	}
}

// PutOdd makes a snapshot of a world that of its moment.
func (d *Drawn) PutOdd(shown timelinetest.Snapshot) {
	var aside catalog.Decoded
	for _, key := range slices.Sorted(maps.Keys(shown.SetAside)) {
		for _, part := range shown.SetAside[key] {
			aside.SetAside = append(aside.SetAside, catalog.SetAside{Key: key, Part: part, Reason: catalog.Unreadable, Detail: "so it is drawn"})
		}
	}
	for range shown.Nameless {
		aside.SetAside = append(aside.SetAside, catalog.SetAside{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: "so it is drawn"})
	}
	if shown.PricesUnread {
		aside.PricesUnread = "GET /prices: status 403"
	}
	d.Write(shown.At, d.page(aside, InOrder(shown.Entries)))
}

// page is a walk with this content. What was shown before is shown by the same
// bytes again, so that the short way is taken, or every third time by others.
func (d *Drawn) page(aside catalog.Decoded, entries []catalog.Entry) *snapshot.Snapshot {
	d.T.Helper()
	text, err := json.Marshal([]any{aside.SetAside, aside.PricesUnread, entries})
	if err != nil {
		d.T.Fatal(err)
	}
	content := string(text)
	if d.shown == nil {
		d.shown = make(map[string][]string)
	}
	bodies := d.shown[content]
	if len(bodies) == 0 {
		taken := d.Source.Odd(d.T, aside, entries...)
		d.shown[content] = []string{fmt.Sprint(len(d.Source.Entries) - 1)}
		return taken
	}
	body := bodies[0]
	if d.shown[content] = append(bodies, body); len(bodies)%3 == 0 {
		body += fmt.Sprint(" ", len(bodies))
	}
	return d.Source.Page(d.T, body)
}

// RuleOf is the rule by which absences in a world are confirmed.
func RuleOf(world timelinetest.World) timeline.Rule {
	return timeline.Rule{Snapshots: world.ConfirmSnapshots, For: world.ConfirmFor}
}

// MustMatch wants the tables to be what the reference says.
func (d *Drawn) MustMatch(rt *rapid.T, why string) {
	want, got := Reference(d.World, d.Source.Described.Kind), Tables(d.T, d.Pool, d.Source.Described)
	if diff := cmp.Diff(want, got); diff != "" {
		rt.Fatalf("%s (-want +got):\n%s", why, diff)
	}
}

// MustVerify wants history to be what its pages prove, and returns the report.
func (d *Drawn) MustVerify(rt *rapid.T, why string) proof.Verified {
	report, err := d.Store.Verify(context.Background(), d.List, d.Source.Reread)
	if err != nil || len(report.Contradictions) > 0 {
		rt.Fatalf("%s: %v, %v", why, report.Contradictions, err)
	}
	return report
}

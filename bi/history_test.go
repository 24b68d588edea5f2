package bi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/store/storetest"
	"syncer/timeline/timelinetest"
)

// lasting is what an entry showed, from when to when.
type lasting struct {
	Key, Shown string
	From       time.Time
	To         *time.Time
}

// writtenSQL reads the columns that history shows, as the tables hold them.
var writtenSQL = map[catalog.EntryKind]string{
	catalog.Products: `SELECT e.key, concat_ws('|', v.name, v.status, v.lifecycle, v.region_id, trim_scale(v.vcpu), trim_scale(v.memory_mib), trim_scale(v.disk_gib),
		trim_scale(v.gpu_count), v.zone_statuses, v.attributes), v.valid_from, v.valid_to
		FROM product_versions v JOIN products e ON (e.list_id, e.id) = (v.list_id, v.product_id) JOIN lists l ON l.id = v.list_id
		WHERE l.list = $1 AND v.superseded_by IS NULL ORDER BY e.key, v.valid_from`,
	catalog.Contracts: `SELECT e.key, concat_ws('|', v.name, v.status, v.region_id, v.contract_ref, v.contract_type, v.period_start, v.period_end, v.attributes), v.valid_from, v.valid_to
		FROM contract_versions v JOIN contracts e ON (e.list_id, e.id) = (v.list_id, v.contract_id) JOIN lists l ON l.id = v.list_id
		WHERE l.list = $1 AND v.superseded_by IS NULL ORDER BY e.key, v.valid_from`,
}

// shownSQL reads the same columns as history shows them.
var shownSQL = map[catalog.EntryKind]string{
	catalog.Products: `SELECT product_key, concat_ws('|', product_name, status, lifecycle, region_id, trim_scale(vcpu), trim_scale(memory_mib), trim_scale(disk_gib),
		trim_scale(gpu_count), zone_statuses, attributes), valid_from, valid_to FROM bi.product_history WHERE list = $1 ORDER BY product_key, valid_from`,
	catalog.Contracts: `SELECT contract_key, concat_ws('|', contract_name, status, region_id, contract_id, contract_type, period_start, period_end, attributes), valid_from, valid_to
		FROM bi.contract_history WHERE list = $1 ORDER BY contract_key, valid_from`,
}

// TestHistoryJoinsWhatShowsTheSame compares product_history and
// contract_history with the rows that were written, joined by hand: only where
// one follows another at once and shows the same, and at no moment is anything
// else shown than was written.
func TestHistoryJoinsWhatShowsTheSame(t *testing.T) {
	t.Parallel()
	worlds := map[catalog.EntryKind]*rapid.Generator[timelinetest.World]{
		catalog.Products: timelinetest.Worlds(), catalog.Contracts: timelinetest.ContractWorlds(),
	}
	s, pool := openBI(t)
	lists, joined := 0, map[catalog.EntryKind]int{}
	rapid.Check(t, func(rt *rapid.T) {
		for _, kind := range []catalog.EntryKind{catalog.Products, catalog.Contracts} {
			world := worlds[kind].Draw(rt, "world")
			plain := rapid.SliceOfN(rapid.Bool(), len(world.Snapshots), len(world.Snapshots)).Draw(rt, "plain")
			lists++
			l := storetest.NewList(t, s, pool, fmt.Sprintf("joined-%d", lists), kind, storetest.RuleOf(world))
			for i, snapshot := range world.Snapshots {
				l.Put(snapshot.At, repriced(storetest.InOrder(snapshot.Entries), kind, plain[i], i)...)
			}
			rowsWritten := lastings(t, pool, l.List.ID, writtenSQL[kind])
			got := lastings(t, pool, l.List.ID, shownSQL[kind])
			if diff := cmp.Diff(joinedByHand(rowsWritten), got); diff != "" {
				rt.Fatalf("%s history (-want +got):\n%s", kind, diff)
			}
			for _, at := range momentsAround(world) {
				if diff := cmp.Diff(asOf(rowsWritten, at), asOf(got, at)); diff != "" {
					rt.Fatalf("%s history as of %s (-written +shown):\n%s", kind, at, diff)
				}
			}
			joined[kind] += len(rowsWritten) - len(got)
		}
	})
	if joined[catalog.Products] == 0 || joined[catalog.Contracts] == 0 {
		t.Errorf("nothing was joined: %v", joined)
	}
}

// repriced gives all entries one content, if they are to be plain, so
// that only the price moves.
func repriced(entries []catalog.Entry, kind catalog.EntryKind, plain bool, n int) []catalog.Entry {
	for i, entry := range entries {
		if plain {
			entry = catalog.Entry{Key: entry.Key, Name: "plain", Prices: []catalog.Price{monthly(costs(fmt.Sprint(n)))}}
			if kind == catalog.Contracts {
				entry = storetest.Contracted(entry)
			}
		}
		entries[i] = entry
	}
	return entries
}

func lastings(t testing.TB, pool *pgxpool.Pool, id catalog.ListID, sql string) []lasting {
	all := storetest.Rows(t, pool, sql, pgx.RowToStructByPos[lasting], id.Name)
	for i := range all {
		all[i].From, all[i].To = all[i].From.UTC(), storetest.UTC(all[i].To)
	}
	slices.SortFunc(all, func(a, b lasting) int {
		if a.Key != b.Key {
			return strings.Compare(a.Key, b.Key)
		}
		return a.From.Compare(b.From)
	})
	return all
}

func joinedByHand(all []lasting) []lasting {
	joined := []lasting{}
	for _, next := range all {
		if n := len(joined); n > 0 {
			if last := &joined[n-1]; last.Key == next.Key && last.Shown == next.Shown && last.To != nil && last.To.Equal(next.From) {
				last.To = next.To
				continue
			}
		}
		joined = append(joined, next)
	}
	return joined
}

// asOf is what was shown at a moment, by key.
func asOf(all []lasting, at time.Time) map[string]string {
	shown := map[string]string{}
	for _, span := range all {
		if !span.From.After(at) && (span.To == nil || span.To.After(at)) {
			shown[span.Key] = span.Shown
		}
	}
	return shown
}

// TestContractsAreObservedSinceTheyShowedIt wants a fee that falls to leave the
// moment alone since which a contract is as it is.
func TestContractsAreObservedSinceTheyShowedIt(t *testing.T) {
	t.Parallel()
	s, pool := someContracts(t)
	perform(t, pool, `UPDATE contract_versions SET valid_to = '2026-01-04 00:00Z' WHERE name = 'web 2'`)
	perform(t, pool, `INSERT INTO contract_versions (list_id, contract_id, name, status, region_id, attributes, contract_ref, contract_type, period_start, period_end, digest, valid_from, recorded_by)
		SELECT list_id, contract_id, name, status, region_id, attributes, contract_ref, contract_type, period_start, period_end, digest, valid_to, 4
		FROM contract_versions WHERE name = 'web 2'`)
	got := ask(t, s, `SELECT contract_commitment_id, x_observed_from::date FROM bi.focus_contract_commitment ORDER BY 1`)
	if diff := cmp.Diff([]string{"pc-1|2026-01-03", "pc-2|2026-01-01"}, got); diff != "" {
		t.Errorf("bi.focus_contract_commitment (-want +got):\n%s", diff)
	}
	got = ask(t, s, `SELECT contract_key, contract_name, not_before::date, valid_from::date, valid_to::date, is_current, recorded_at FROM bi.contract_history ORDER BY 1, 4`)
	want := []string{
		"pc-1|web||2026-01-01|2026-01-03|f|2026-01-01 00:01:00+00", "pc-1|web 2|2026-01-02|2026-01-03||t|2026-01-03 00:01:00+00",
		"pc-2|db||2026-01-01||t|2026-01-01 00:01:00+00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bi.contract_history (-want +got):\n%s", diff)
	}
}

package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// published is a list whose pages name a content by number: what a provider showed
// at one moment, and the moment at which this copy of it reads. Copies share
// their contents.
type published struct {
	list     catalog.List
	contents [][]catalog.Entry
	now      int // the content that Pages shows
	spelling int // of the page's bytes, which mean the same
}

func (f published) List() catalog.List { return f.list }

func (f published) Pages(context.Context) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) { yield(f.page(), nil) }
}

func (f published) page() catalog.Page {
	body := fmt.Appendf(nil, "%06d %d", f.now, f.spelling)
	return catalog.Page{Number: 1, Parts: []catalog.Part{{Request: "GET /published", MediaType: "json", Body: body}}}
}

func (f published) Decode(page catalog.Page) (catalog.Decoded, error) {
	number, err := strconv.Atoi(string(page.Parts[0].Body[:6]))
	if err != nil {
		return catalog.Decoded{}, err
	}
	total := len(f.contents[number])
	return catalog.Decoded{Entries: f.contents[number], End: catalog.End{Total: &total, Last: true}}, nil
}

// showing is the fetcher at the moment of another content.
func (f published) showing(content, spelling int) published {
	f.now, f.spelling = content, spelling
	return f
}

// arrival is one snapshot: a content, its moment and how it comes.
type arrival struct {
	content, spelling int
	at                time.Time
	live              bool // by SyncAt; else by Import
}

func (a arrival) arrive(ctx context.Context, r *ingest.Runner, list record.List, fetcher published) error {
	fetcher = fetcher.showing(a.content, a.spelling)
	if a.live {
		_, err := r.SyncAt(ctx, list, fetcher, a.at)
		return err
	}
	snapshot, err := ingest.Collect(fetcher, a.at, []catalog.Page{fetcher.page()})
	if err != nil {
		return err
	}
	_, err = r.Import(ctx, list, snapshot, a.at)
	return err
}

// drawPublished draws a world as a list and its arrivals in time order, each live or
// from an archive, some with other bytes for the same content.
func drawPublished(rt *rapid.T, name string) (published, timeline.Rule, []arrival) {
	world := timelinetest.Worlds().Draw(rt, "world")
	f := published{list: catalog.List{
		ID: catalog.ListID{Source: "test", Name: name}, Provider: "test", Kind: catalog.Products, DecoderVersion: 1,
	}}
	var all []arrival
	for i, snapshot := range world.Snapshots {
		var entries []catalog.Entry
		for _, key := range slices.Sorted(maps.Keys(snapshot.Entries)) {
			entries = append(entries, snapshot.Entries[key])
		}
		f.contents = append(f.contents, entries)
		all = append(all, arrival{
			content: f.number(i), spelling: rapid.IntRange(0, 1).Draw(rt, "spelling"),
			at: snapshot.At, live: rapid.Bool().Draw(rt, "live"),
		})
	}
	return f, timeline.Rule{Snapshots: world.ConfirmSnapshots, For: world.ConfirmFor}, all
}

// number is the first content that is equal to content i, so that snapshots may
// be byte for byte alike.
func (f published) number(i int) int {
	return slices.IndexFunc(f.contents, func(other []catalog.Entry) bool {
		return slices.EqualFunc(other, f.contents[i], func(a, b catalog.Entry) bool { return a.Digest() == b.Digest() })
	})
}

// mix is one database in which random worlds are made history in random ways.
type mix struct {
	pool   *pgxpool.Pool // to ask bi
	runner *ingest.Runner
	lists  int
}

func newMix(t *testing.T) *mix {
	url := pgtest.URL(t)
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	m := &mix{pool: storetest.PlansOnce(t, url), runner: newRunner(pool)}
	m.runner.Guard = ingest.Guard{}
	return m
}

func (m *mix) name() string { m.lists++; return fmt.Sprintf("world-%d", m.lists) }

func (m *mix) ensure(rt *rapid.T, fetcher published, rule timeline.Rule) record.List {
	list, err := m.runner.Store.EnsureList(context.Background(), fetcher.List(), record.ListSettings{Rule: rule})
	if err != nil {
		rt.Fatal(err)
	}
	return list
}

// inOrder makes the arrivals history of another list, in time order.
func (m *mix) inOrder(rt *rapid.T, fetcher published, rule timeline.Rule, all []arrival) catalog.ListID {
	fetcher.list.ID.Name = m.name()
	list := m.ensure(rt, fetcher, rule)
	for _, arrival := range slices.SortedFunc(slices.Values(all), func(a, b arrival) int { return a.at.Compare(b.at) }) {
		if err := arrival.arrive(context.Background(), m.runner, list, fetcher); err != nil {
			rt.Fatal(err)
		}
	}
	return list.ID
}

// history is every row of schema bi about a list, apart from its name and when
// it was written.
func (m *mix) history(t *testing.T, list catalog.ListID) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, view := range []string{"price_history", "prices_current", "price_changes", "product_status_changes", "products_current"} {
		all[view] = column[string](t, m.pool, fmt.Sprintf("SELECT (to_jsonb(v) - 'recorded_at' - 'list')::text FROM bi.%s v WHERE list = $1 ORDER BY 1", view), list.Name)
	}
	all["freshness"] = column[string](t, m.pool, "SELECT concat_ws(' ', last_snapshot_at, last_entries) FROM bi.freshness WHERE list = $1", list.Name)
	return all
}

func (m *mix) mustBeAlike(rt *rapid.T, t *testing.T, want, got catalog.ListID) {
	if diff := cmp.Diff(m.history(t, want), m.history(t, got)); diff != "" {
		rt.Fatalf("history (-in order +mixed):\n%s", diff)
	}
}

// mustBeProven wants every row that was ever written to be what doing the writes
// again leaves, in whatever order they came.
func (m *mix) mustBeProven(rt *rapid.T, list record.List, fetcher published) {
	report, err := m.runner.Verify(context.Background(), list, fetcher)
	if err != nil || len(report.Contradictions) > 0 {
		rt.Fatalf("verify: %v, %v", report.Contradictions, err)
	}
}

// TestAnyMixIsOneHistory sends random worlds in random orders and batches, one
// after the other or all of a batch at once, some live and some from archives,
// some twice, and wants what the same snapshots give in time order:
// nasty case 45, among many.
func TestAnyMixIsOneHistory(t *testing.T) {
	t.Parallel()
	m := newMix(t)
	rapid.Check(t, func(rt *rapid.T) {
		fetcher, rule, all := drawPublished(rt, m.name())
		list := m.ensure(rt, fetcher, rule)
		left := rapid.Permutation(all).Draw(rt, "order")
		for len(left) > 0 {
			n := rapid.IntRange(1, len(left)).Draw(rt, "batch")
			if rapid.Bool().Draw(rt, "at once") {
				m.atOnce(rt, list, fetcher, left[:n])
			} else {
				m.oneByOne(rt, list, fetcher, left[:n])
			}
			left = left[n:]
		}
		again := rapid.SampledFrom(all).Draw(rt, "again")
		again.live = false
		m.oneByOne(rt, list, fetcher, []arrival{again})
		m.mustBeAlike(rt, t, m.inOrder(rt, fetcher, rule, all), list.ID)
		m.mustBeProven(rt, list, fetcher)
	})
}

func (m *mix) oneByOne(rt *rapid.T, list record.List, fetcher published, some []arrival) {
	for _, arrival := range some {
		if err := arrival.arrive(context.Background(), m.runner, list, fetcher); err != nil {
			rt.Fatal(err)
		}
	}
}

func (m *mix) atOnce(rt *rapid.T, list record.List, fetcher published, some []arrival) {
	var running sync.WaitGroup
	errs := make([]error, len(some))
	for i, arrival := range some {
		running.Go(func() { errs[i] = arrival.arrive(context.Background(), m.runner, list, fetcher) })
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		rt.Fatal(err)
	}
}

// TestLiveRunsBesideABackfill loads a random world in a random order while live
// runs go on, whose moments are the database's, and wants what all of them give
// in time order.
func TestLiveRunsBesideABackfill(t *testing.T) {
	t.Parallel()
	m := newMix(t)
	rapid.Check(t, func(rt *rapid.T) {
		fetcher, rule, all := drawPublished(rt, m.name())
		list := m.ensure(rt, fetcher, rule)
		for i := range all {
			all[i].live = false
		}
		order := rapid.Permutation(all).Draw(rt, "order")
		contents := rapid.SliceOfN(rapid.IntRange(0, len(all)-1), 1, 4).Draw(rt, "live")
		live := make([]arrival, len(contents))
		errs := make([]error, len(contents))
		var running sync.WaitGroup
		running.Go(func() {
			for i, content := range contents {
				var report ingest.Report
				report, errs[i] = m.runner.Sync(context.Background(), list, fetcher.showing(all[content].content, 0), nil)
				live[i] = arrival{content: all[content].content, at: report.TakenAt}
			}
		})
		m.oneByOne(rt, list, fetcher, order)
		running.Wait()
		if err := errors.Join(errs...); err != nil {
			rt.Fatal(err)
		}
		m.mustBeAlike(rt, t, m.inOrder(rt, fetcher, rule, append(all, live...)), list.ID)
		m.mustBeProven(rt, list, fetcher)
	})
}

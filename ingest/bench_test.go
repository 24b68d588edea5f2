package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/pgtemp"
	"syncer/simulate"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/proof"
	"syncer/store/record"
	"syncer/store/schema"
	"syncer/timeline"
)

// The bounds that BenchmarkHistory holds, as ratios within one run.
const (
	maxBackfill = 2.0 // times reading and decoding the same pages
	maxVerify   = 2.0 // times the same
	maxLate     = 3.0 // a late snapshot against a live one of the same delta
)

// benchSize is how much history: SYNCER_BENCH_SNAPSHOTS of them, 200 for the
// figure that counts, fewer to look quickly.
func benchSize(b *testing.B) (snapshots, entries int) {
	snapshots = 200
	if text := os.Getenv("SYNCER_BENCH_SNAPSHOTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		snapshots = n
	}
	return snapshots, 20_000
}

// BenchmarkHistory loads dated snapshots of which each changes one price in a
// hundred entries, by the decoder that ships, evidence on, into a server of
// its own with Postgres' default settings; then verifies them, and compares
// late snapshots with live ones.
func BenchmarkHistory(b *testing.B) {
	h := newHistoryBench(b)
	snapshots, entries := benchSize(b)
	h.catalog(entries)
	var backfill, decode, plain time.Duration
	var size int64
	for from := 0; from < snapshots; from += benchBatch { // the ways take turns
		var batch [][]snapshot.Page
		for range min(benchBatch, snapshots-from) {
			pages := h.next()
			for _, page := range pages {
				size += int64(len(page.Parts[0].Body))
			}
			plain += h.timed(func() { h.plain(b, pages) })
			batch = append(batch, h.kept(b, pages))
		}
		decode += h.timed(func() {
			for _, kept := range batch {
				h.decode(b, kept)
			}
		})
		backfill += h.timed(func() { h.backfill(b, batch, from) })
	}
	var verified proof.Verified
	verify := h.timed(func() {
		var err error
		verified, err = h.runner.Verify(b.Context(), h.list, h.fetcher)
		must(b, err)
	})
	if len(verified.Contradictions) > 0 || verified.Proven != snapshots {
		b.Fatalf("verify: %d of %d proven, %v", verified.Proven, snapshots, verified.Contradictions)
	}
	live, late := h.lateAgainstLive(b, snapshots)
	mb := func(d time.Duration) string { return fmt.Sprintf("%.0f MB/s", float64(size)/1e6/d.Seconds()) }
	report := newBounds(fmt.Sprintf("%d snapshots of %d entries, 1 %% changed in each, %.0f MB of JSON", snapshots, entries, float64(size)/1e6))
	report.figure("read and decode, the decoder that ships", decode.Round(time.Millisecond).String()+", "+mb(decode))
	report.figure("  encoding/json (v1) into maps, to compare", plain.Round(time.Millisecond).String()+", "+mb(plain))
	report.bound("backfill", backfill, decode, maxBackfill)
	report.bound("verify", verify, decode, maxVerify)
	report.figure("a live snapshot, database phase", live.Round(time.Millisecond/10).String())
	report.bound("a late one of the same delta", late, live, maxLate)
	report.show(b)
}

// bounds is a table of figures, some of them bounded by others.
type bounds struct {
	title  string
	text   strings.Builder
	broken int
}

func newBounds(title string) *bounds { return &bounds{title: title} }

func (t *bounds) figure(what, figure string) { fmt.Fprintf(&t.text, "  %-44s %24s\n", what, figure) }

func (t *bounds) bound(what string, took, against time.Duration, most float64) {
	factor, word := took.Seconds()/against.Seconds(), "holds"
	if factor > most {
		word, t.broken = "BROKEN", t.broken+1
	}
	fmt.Fprintf(&t.text, "  %-44s %24s   %.2f times (at most %.1f) %s\n", what, took.Round(time.Millisecond/10).String(), factor, most, word)
}

func (t *bounds) show(b *testing.B) {
	fmt.Printf("\n%s:\n%s\n", t.title, &t.text)
	if t.broken > 0 {
		b.Fatalf("%d bounds are broken", t.broken)
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// historyBench is a list of iwinv flavors whose pages are made here.
type historyBench struct {
	runner  *ingest.Runner
	list    record.List
	fetcher catalog.Fetcher
	random  *rand.Rand
	prices  []int
}

func newHistoryBench(b *testing.B) *historyBench {
	server, err := pgtemp.Start(b.Context(), pgtemp.Options{BinDir: os.Getenv("SYNCER_PG_BIN")})
	must(b, err)
	b.Cleanup(func() { must(b, server.Stop()) })
	_, err = schema.Migrate(b.Context(), server.URL())
	must(b, err)
	opened, err := store.Open(b.Context(), server.URL())
	must(b, err)
	b.Cleanup(opened.Close)
	endpoint := simulate.Endpoint{Provider: "iwinv", BaseURL: "https://api-kr.iwinv.kr", Credentials: map[string]string{"access_key": "a", "secret_key": "b"}}
	h := &historyBench{
		runner:  &ingest.Runner{Store: opened, Guard: ingest.DefaultGuard(), Log: slog.New(slog.DiscardHandler)},
		fetcher: newFetcher(b, endpoint, "flavors", nil), random: rand.New(rand.NewPCG(1, 2)),
	}
	h.list, err = opened.EnsureList(b.Context(), h.fetcher.List(), record.ListSettings{Rule: timeline.Rule{Snapshots: 2, For: 72 * time.Hour}})
	must(b, err)
	return h
}

func (h *historyBench) catalog(entries int) {
	h.prices = make([]int, entries)
	for i := range h.prices {
		h.prices[i] = 5000 + i
	}
}

const (
	benchPage  = 500
	benchBatch = 10 // snapshots that each way reads before the other's turn
)

// next changes the price of one entry in a hundred and returns the pages.
func (h *historyBench) next() []catalog.Page {
	for range len(h.prices) / 100 {
		h.prices[h.random.IntN(len(h.prices))] += 1 + h.random.IntN(9)
	}
	return h.pages()
}

func (h *historyBench) pages() []catalog.Page {
	var pages []catalog.Page
	for from := 0; from < len(h.prices); from += benchPage {
		number := len(pages) + 1
		var body bytes.Buffer
		fmt.Fprintf(&body, `{"code":"0x00","error_code":"SUCCESS","message":"","count":%d,"page_no":%d,"page_size":%d,"total":%d,"result":[`, benchPage, number, benchPage, len(h.prices))
		for i := from; i < from+benchPage; i++ {
			h.flavor(&body, i, i > from)
		}
		body.WriteString("]}")
		part := catalog.Part{Request: fmt.Sprintf("GET /v1/flavors?page_no=%d&page_size=%d", number, benchPage), MediaType: "json", Body: body.Bytes()}
		pages = append(pages, catalog.Page{Number: number, Parts: []catalog.Part{part}})
	}
	return pages
}

// flavor writes a row as the documents show them.
func (h *historyBench) flavor(body *bytes.Buffer, i int, more bool) {
	if more {
		body.WriteByte(',')
	}
	price := h.prices[i]
	fmt.Fprintf(body, `{"flavor_id":"gen_%06d","name":"General %d","provide":"shared","status":"available","spec":{"type":"GENERAL","vcpu":%d,"memory":%d,"disk":%d,"network":2.5,"gpu":null},`+
		`"supporting_images":["os_linux","os_windows","solution_linux"],"zone":["KR-1","KR-2"],"price":{"full":{"type":"month","KRW":{"price":%d,"vat":%d,"total":%d}},"partial":{"type":"day","KRW":{"price":%d,"vat":%d,"total":%d}}}}`,
		i, i, 1+i%64, 1024*(1+i%64), 20+i%100, price*10, price, price*11, price, price/10, price+price/10)
}

// kept is the pages as an archive or the evidence holds them.
func (h *historyBench) kept(b *testing.B, pages []catalog.Page) []snapshot.Page {
	snapshot, err := ingest.Collect(h.fetcher, time.Time{}, pages)
	must(b, err)
	return snapshot.Pages()
}

func (h *historyBench) timed(work func()) time.Duration {
	begun := time.Now()
	work()
	return time.Since(begun)
}

// decode reads and decodes pages and does nothing else.
func (h *historyBench) decode(b *testing.B, pages []snapshot.Page) {
	for _, kept := range pages {
		page, err := kept.Open()
		must(b, err)
		_, err = h.fetcher.Decode(page)
		must(b, err)
	}
}

func (h *historyBench) plain(b *testing.B, pages []catalog.Page) {
	for _, page := range pages {
		var value map[string]any
		must(b, json.Unmarshal(page.Parts[0].Body, &value))
	}
}

// backfill is what the command does with snapshots from a day on.
func (h *historyBench) backfill(b *testing.B, batch [][]snapshot.Page, day int) {
	for one := range ingest.Ahead(b.Context(), batch, func(before *snapshot.Snapshot, kept []snapshot.Page) (*snapshot.Snapshot, error) {
		return h.collect(b, before, kept)
	}) {
		must(b, one.Err)
		h.write(b, one.Snapshot, at(day))
		day++
	}
}

func (h *historyBench) collect(b *testing.B, before *snapshot.Snapshot, kept []snapshot.Page) (*snapshot.Snapshot, error) {
	pages := make([]catalog.Page, len(kept))
	for i, stored := range kept {
		page, err := stored.Open()
		must(b, err)
		pages[i] = page
	}
	return ingest.CollectAfter(h.fetcher, before, time.Time{}, pages)
}

// load is a snapshot by itself, that resembles nothing in memory.
func (h *historyBench) load(b *testing.B, kept []snapshot.Page, takenAt time.Time) ingest.Report {
	snapshot, err := h.collect(b, nil, kept)
	must(b, err)
	return h.write(b, snapshot, takenAt)
}

func (h *historyBench) write(b *testing.B, snapshot *snapshot.Snapshot, takenAt time.Time) ingest.Report {
	report, err := h.runner.Import(b.Context(), h.list, snapshot, takenAt)
	must(b, err)
	if report.HeldFor != "" {
		b.Fatal(report.HeldFor)
	}
	return report
}

const lateRounds = 7

// lateAgainstLive takes turns: a live snapshot in which one entry in a hundred
// changes, and one of the same size between two old ones, which repairs what
// followed.
func (h *historyBench) lateAgainstLive(b *testing.B, snapshots int) (live, late time.Duration) {
	var lives, lates []time.Duration
	for i := range lateRounds {
		lives = append(lives, h.load(b, h.kept(b, h.next()), at(snapshots+i)).Took)
		lates = append(lates, h.load(b, h.kept(b, h.changed(b, at(snapshots/2+i))), at(snapshots/2+i).Add(time.Hour)).Took)
	}
	slices.Sort(lives)
	slices.Sort(lates)
	return lives[lateRounds/2], lates[lateRounds/2]
}

// changed are the pages of an old snapshot with other prices for one entry in
// a hundred.
func (h *historyBench) changed(b *testing.B, moment time.Time) []catalog.Page {
	now := slices.Clone(h.prices)
	defer func() { h.prices = now }()
	stored, err := h.runner.Store.PagesOf(b.Context(), h.list, moment)
	must(b, err)
	snapshot, err := snapshot.New(h.fetcher).Restore(moment, stored)
	must(b, err)
	for entry, err := range snapshot.Entries(func(string) bool { return true }) {
		must(b, err)
		i, err := strconv.Atoi(strings.TrimPrefix(entry.Key, "gen_"))
		must(b, err)
		h.prices[i] = int(entry.Prices[0].ListUnitPrice.IntPart()) / 10
	}
	return h.next()
}

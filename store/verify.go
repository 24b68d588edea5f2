package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/timeline"
)

// Verified is what became of checking a list against its evidence.
type Verified struct {
	Snapshots int        // committed
	Proven    int        // of them with pages
	First     *time.Time // committed; nil without any
	// ProvenSince is the snapshot from which on every page is kept; nil when
	// there is none. Before it, history is known to hold its invariants, and is
	// proven but for the snapshots of Unproven.
	ProvenSince *time.Time
	Unproven    []Unproven
	Versions    int // rows checked, superseded ones among them
	Prices      int
	// RetracedSince is when the last rebuild that changed something was, nil
	// without one. Rows that were superseded before it are checked by themselves;
	// whether they were what the pages said then is not known any more.
	RetracedSince *time.Time
	// Checkpoints are those after each run that recorded something, in their order.
	Checkpoints []Checkpoint
	// Contradictions are the rows that are not what they should be, by key.
	Contradictions []Contradiction
}

// Unproven are snapshots in a row whose pages are not kept.
type Unproven struct {
	From      time.Time `json:"from"` // the first
	To        time.Time `json:"to"`   // the last
	Snapshots int       `json:"snapshots"`
	Why       string    `json:"why"` // "given up: RULE", spared, gone or unreadable
}

// Contradiction is one row that evidence or an invariant contradicts.
type Contradiction struct {
	Table string    `json:"table"`
	Key   string    `json:"key"` // of the entry; "" for a snapshot
	At    time.Time `json:"at"`  // where the row begins
	Text  string    `json:"text"`
}

// Verify reads all pages of a list again and compares history with what they
// say, row by row, without writing anything. Rows changed by other hands,
// missing, added, overlapping, or that begin where no snapshot is, are told.
func (s *Store) Verify(ctx context.Context, list List, read Read) (Verified, error) {
	var report Verified
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, options, func(tx pgx.Tx) error {
		v := verify{rewrote: make(map[int64]int), illegible: make(map[int64]bool), update: update{q: s.q, shelf: shelfOf(list.Kind, s.q), tx: tx, run: Run{List: list}}}
		err := v.all(ctx, read)
		report = v.report
		return err
	})
	if err != nil {
		return Verified{}, fmt.Errorf("%s: verify: %w", list.ID, err)
	}
	return report, nil
}

type verify struct {
	update
	replay  *replay
	retrace *retrace
	report  Verified
	books   *books
	writes  []sqlcgen.WritesInOrderRow
	rewrote map[int64]int // entries by the run that rows of them name
	// illegible are the moments whose pages are there and cannot be read.
	illegible map[int64]bool
	// wroteSince is who wrote the snapshot of a moment, in microseconds, since
	// the last rebuild.
	wroteSince map[int64]int64
}

func (v *verify) contradict(table, key string, at time.Time, format string, args ...any) {
	v.report.Contradictions = append(v.report.Contradictions, Contradiction{table, key, at.UTC(), fmt.Sprintf(format, args...)})
}

func (v *verify) all(ctx context.Context, read Read) error {
	for _, part := range []func(context.Context, Read) error{v.writers, v.evidence, v.entries} {
		if err := part(ctx, read); err != nil {
			return err
		}
	}
	return nil
}

// writers judges runs and snapshots by each other.
func (v *verify) writers(ctx context.Context, _ Read) (err error) {
	if v.books, err = v.loadBooks(ctx); err != nil {
		return err
	}
	v.report.Checkpoints = v.books.checkpoints(v.run.List.List)
	v.bookkeeping()
	v.clock()
	return v.order(ctx)
}

// evidence judges them by the pages.
func (v *verify) evidence(ctx context.Context, read Read) (err error) {
	if v.replay, err = replayed(ctx, v.q, v.tx, v.run.List, v.careful(ctx, read)); err != nil {
		return err
	}
	v.committed()
	if err := v.undecided(ctx, read); err != nil {
		return err
	}
	v.decoders()
	v.retrace = v.retraced()
	v.counts()
	v.report.RetracedSince = v.retrace.rebuiltAt()
	return v.usageMoments(ctx)
}

// entries judges every row of history.
func (v *verify) entries(ctx context.Context, _ Read) error {
	entries, err := v.shelf.all(ctx, v.tx, v.run.List.id)
	if err != nil {
		return fmt.Errorf("read entries: %w", err)
	}
	for _, key := range v.replay.unnamed(entries) {
		v.contradict(v.table(""), key, v.replay.moments[v.replay.keys[key].runs[0].snapshot], "the pages show this entry, history does not know it")
	}
	for some := range slices.Chunk(entries, keysAtOnce) {
		if err := v.chunk(ctx, some); err != nil {
			return err
		}
	}
	v.rebuilt()
	return nil
}

// order reads who wrote when.
func (v *verify) order(ctx context.Context) (err error) {
	if v.writes, err = v.q.WritesInOrder(ctx, v.tx, v.run.List.id); err != nil {
		return fmt.Errorf("read the order of writes: %w", err)
	}
	v.wroteSince = make(map[int64]int64)
	for _, row := range v.writes {
		if !row.AsRun {
			v.contradict("snapshots", "", row.TakenAt, "run %d, which brought it, was recorded at another moment than it", row.RunID)
		}
		if row.Rebuild {
			clear(v.wroteSince)
			continue
		}
		v.wroteSince[row.TakenAt.UnixMicro()] = row.RunID
	}
	return nil
}

// careful tells pages that cannot be read as a contradiction of their
// snapshot, and goes on with what history remembers of it.
func (v *verify) careful(ctx context.Context, read Read) readOf {
	return func(of StoredSnapshot, pages []snapshot.Page) (*snapshot.Snapshot, error) {
		snapshot, err := read(pages)
		if err != nil {
			v.contradict("pages", "", of.TakenAt, "%v", err)
			v.illegible[of.TakenAt.UnixMicro()] = true
			return nil, ErrNoPages
		}
		return snapshot, v.usage(ctx, of, snapshot)
	}
}

// table is the name of a table of the list's kind of entries.
func (v *verify) table(suffix string) string {
	if suffix == "" {
		return string(v.run.List.Kind) + "s"
	}
	return string(v.run.List.Kind) + suffix
}

func (v *verify) chunk(ctx context.Context, entries []named) error {
	e, err := v.loadEver(ctx, entries)
	if err != nil {
		return err
	}
	k := e.known()
	for _, one := range entries {
		v.entry(e, k, one)
	}
	return nil
}

// entry judges every row of an entry: by its own digest; what history says now
// by the pages; and, where both hold, everything that was ever recorded by
// doing all writes again.
func (v *verify) entry(e *ever, k *known, one named) {
	before := len(v.report.Contradictions)
	v.rebuilds(e, one.id)
	rows := v.judge(e, one)
	wanted := v.replay.history(one.key, v.run.List.Rule)
	out := changes{shelf: v.shelf, list: v.run.List.id}
	if v.compareVersions(k, one, wanted) && k.unreadable[one.id] == nil {
		v.settle(k, one.id, wanted, k.contents[one.id], &out)
		v.compareRest(k, one, &out)
	}
	if len(v.report.Contradictions) == before {
		v.compareEver(e, one, rows)
	}
}

// compareVersions compares versions by moments and digests; prices and events
// follow from them only where they are right.
func (v *verify) compareVersions(k *known, one named, wanted timeline.History[catalog.Digest]) bool {
	plan := timeline.Reconcile(k.histories[one.id].Versions, wanted.Versions, time.Time{})
	for _, row := range plan.Supersede {
		v.contradict(v.table("_versions"), one.key, row.From, "the pages do not show this version, from %s", moments(row.From, row.To))
	}
	for _, row := range plan.Insert {
		v.contradict(v.table("_versions"), one.key, row.From, "the pages show a version from %s that history lacks", moments(row.From, row.To))
	}
	return plan.Empty()
}

// compareRest tells what settling would change in the tables that follow from
// versions.
func (v *verify) compareRest(k *known, one named, out *changes) {
	for i, price := range out.supersedePrices.PriceIds {
		v.contradict("price_history", one.key, out.supersedePrices.ValidFroms[i], "price %d is not what its versions say", price)
	}
	for _, row := range out.insertPrices {
		v.contradict("price_history", one.key, row.ValidFrom, "price %d lacks the row that its versions say", row.PriceID)
	}
	for _, from := range out.supersedeAbsences.AbsentFroms {
		v.contradict("absences", one.key, from, "the snapshots do not show this absence")
	}
	for _, row := range out.insertAbsences {
		v.contradict("absences", one.key, row.AbsentFrom, "the snapshots show an absence that is not noted")
	}
	for _, id := range out.supersedeEvents {
		v.contradict("product_status_changes", one.key, eventAt(k, one.id, id), "status change %d is not what versions and absences say", id)
	}
	for _, row := range out.insertEvents {
		v.contradict("product_status_changes", one.key, row.ChangedAt, "the event %q of %s is missing", row.Event, row.Aspect)
	}
}

func eventAt(k *known, entry, id int64) time.Time {
	for _, row := range k.events[entry] {
		if row.ID == id {
			return row.ChangedAt
		}
	}
	return time.Time{}
}

// moments reads "2026-01-05T00:00:00Z to 2026-01-06T00:00:00Z", or "... on".
func moments(from, to time.Time) string {
	if to.IsZero() {
		return from.UTC().Format(time.RFC3339Nano) + " on"
	}
	return from.UTC().Format(time.RFC3339Nano) + " to " + to.UTC().Format(time.RFC3339Nano)
}

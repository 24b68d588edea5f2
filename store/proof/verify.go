// Package proof holds history against its evidence: verify reads all pages again
// and compares every row with what they say, also those that were superseded;
// rebuild writes anew what differs; checkpoints show later whether anything was
// rewritten. It works in the transaction of its caller.
package proof

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/history"
	"syncer/store/record"
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
	// ReadBy is the version of another decoder than this program's by which history
	// was read, and what was left out (catalog.List); "" where it is the same. A newer
	// program rebuilds before it writes. Until then the pages are compared with their
	// digests alone, and history with what its snapshots noted.
	ReadBy   string
	Versions int // rows checked, superseded ones among them
	Prices   int
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
	Why       string    `json:"why"` // "given up: RULE", spared, gone, unreadable or "read by decoder VERSION"
}

// Contradiction is one row that evidence or an invariant contradicts.
type Contradiction struct {
	Table string    `json:"table"`
	Key   string    `json:"key"` // of the entry; "" for a snapshot
	At    time.Time `json:"at"`  // where the row begins
	Text  string    `json:"text"`
}

// Read reads a complete snapshot, taken at a moment, from stored pages, as a
// fetcher's decoder reads them today.
type Read func(takenAt time.Time, pages []snapshot.Page) (*snapshot.Snapshot, error)

// Verify reads all pages of a list again and compares history with what they
// say, row by row, in a transaction of the caller's that need not write. Rows
// changed by other hands, missing, added, overlapping, or that begin where no
// snapshot is, are contradictions.
func Verify(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list record.List, read Read) (Verified, error) {
	v := verify{
		q: q, db: db, tables: history.Of(q, db, list.RowID, list.Kind), list: list, read: read,
		rewrote: make(map[int64]int), illegible: make(map[int64]bool), unread: make(map[int64]bool), unknown: make(map[catalog.Unknown]time.Time),
	}
	for _, part := range []func(context.Context) error{v.writers, v.settings, v.evidence, v.entries} {
		if err := part(ctx); err != nil {
			return Verified{}, err
		}
	}
	return v.report, nil
}

type verify struct {
	q      *sqlcgen.Queries
	db     sqlcgen.DBTX
	tables history.Tables
	list   record.List
	read   Read

	accounts *accounts
	writes   []sqlcgen.WritesInOrderRow
	replay   *replay
	retrace  *retrace
	report   Verified
	rewrote  map[int64]int // entries by the run that rows of them name
	// illegible are the moments whose pages are there and cannot be read; unread those
	// whose pages are as they came, and for another decoder to read.
	illegible, unread map[int64]bool
	readBy            string // what read history (catalog.List)
	// unknown is what the decoder had no word for, with the first moment whose pages
	// show it.
	unknown map[catalog.Unknown]time.Time
	// hidden are the keys, by moment in microseconds, of which it is noted that the
	// snapshot lacks them without saying so.
	hidden map[int64]map[string]bool
	// wrote is who wrote the snapshot of a moment, in microseconds.
	wrote map[int64]int64
}

func (v *verify) contradict(table, key string, at time.Time, format string, args ...any) {
	v.report.Contradictions = append(v.report.Contradictions, Contradiction{table, key, at.UTC(), fmt.Sprintf(format, args...)})
}

// writers judges runs and snapshots by each other.
func (v *verify) writers(ctx context.Context) (err error) {
	if v.accounts, err = loadAccounts(ctx, v.q, v.db, v.list.ID); err != nil {
		return err
	}
	v.report.Checkpoints = v.accounts.checkpoints(v.list.List)
	v.bookkeeping()
	v.decisions()
	v.clock()
	return v.order(ctx)
}

// evidence judges them by the pages.
func (v *verify) evidence(ctx context.Context) (err error) {
	var decode readOf // none, where today's decoder is not that of history
	if v.readBy = v.accounts.list.DecoderVersion; v.readBy == v.list.ReadBy() {
		decode = v.careful(ctx)
	}
	if v.replay, err = replayed(ctx, v.q, v.db, v.list, decode); err != nil {
		return err
	}
	if decode == nil && len(v.replay.moments) > 0 {
		v.report.ReadBy = v.readBy
		if err := v.untouched(ctx); err != nil {
			return err
		}
	}
	v.committed()
	for _, part := range []func(context.Context) error{v.undecided, v.parts, v.drift} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	v.decoders()
	v.retrace = v.retraced()
	v.counts()
	v.report.RetracedSince = v.retrace.rebuiltAt()
	if err := v.setAside(ctx); err != nil {
		return err
	}
	return v.usageMoments(ctx)
}

// entries judges every row of history.
func (v *verify) entries(ctx context.Context) error {
	entries, err := v.tables.Entries(ctx)
	if err != nil {
		return err
	}
	for _, key := range v.replay.unnamed(entries) {
		v.contradict(v.table(""), key, v.replay.moments[v.replay.keys[key].runs[0].snapshot], "the pages show this entry, history does not know it")
	}
	restated, err := v.tables.UsageRestated(ctx)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(entries, history.KeysAtOnce) {
		e, err := loadEver(ctx, v.tables, some)
		if err != nil {
			return err
		}
		state := e.state(v.list.Kind)
		for _, entry := range some {
			v.rebuilds(e, entry.ID, restated[entry.Key])
			if err := v.entry(ctx, e, state, entry); err != nil {
				return err
			}
		}
	}
	v.rebuilt()
	return nil
}

// order reads who wrote when.
func (v *verify) order(ctx context.Context) (err error) {
	if v.writes, err = v.q.WritesInOrder(ctx, v.db, v.list.RowID); err != nil {
		return fmt.Errorf("read the order of writes: %w", err)
	}
	v.wrote = make(map[int64]int64)
	for _, row := range v.writes {
		if !row.AsRun {
			v.contradict("snapshots", "", row.TakenAt, "run %d, which brought it, was recorded at another moment than it", row.RunID)
		}
		if !row.Rebuild && !row.Retracted {
			v.wrote[row.TakenAt.UnixMicro()] = row.RunID
		}
	}
	return nil
}

// careful reports pages that cannot be read as a contradiction of their
// snapshot, and goes on with what history remembers of it.
func (v *verify) careful(ctx context.Context) readOf {
	return func(of record.Snapshot, pages []snapshot.Page) (*snapshot.Snapshot, error) {
		snapshot, err := v.read(of.TakenAt, pages)
		if err == nil {
			err = v.asMarked(pages)
		}
		if err != nil {
			v.contradict("pages", "", of.TakenAt, "%v", err)
			v.illegible[of.PagesOf.UnixMicro()] = true
			return nil, record.ErrNoPages
		}
		v.noteUnknown(of.TakenAt, snapshot)
		return snapshot, v.usage(ctx, of, snapshot)
	}
}

// table is the name of a table of the list's kind of entries.
func (v *verify) table(suffix string) string {
	if suffix == "" {
		return string(v.list.Kind) + "s"
	}
	return string(v.list.Kind) + suffix
}

// entry judges every row of an entry: by its own digest; what history says now
// by the pages; and, where both hold, everything that was ever recorded by
// doing all writes again.
func (v *verify) entry(ctx context.Context, e *ever, state *history.State, entry history.Named) error {
	before := len(v.report.Contradictions)
	versions := v.judge(e, entry)
	var evidence *history.Evidence
	if state.Unreadable(entry.ID) == nil {
		var err error
		if evidence, err = v.replay.evidence(ctx, state, entry); err != nil {
			return err
		}
	}
	wanted := timeline.Life[catalog.Digest]{}
	if evidence != nil {
		wanted = evidence.Life(v.replay.odd.around, v.replay.odd.stands(entry.Key))
	} else {
		wanted.History = v.replay.history(entry.Key, v.list.Rule)
	}
	if v.compareVersions(state, entry, wanted.History) && state.Unreadable(entry.ID) == nil {
		edits := &history.Edits{}
		state.PlanLife(edits, entry.ID, wanted, state.Contents(entry.ID))
		v.compareRest(state, entry, edits)
		v.compareHidden(entry.Key, wanted.Hidden)
	}
	if len(v.report.Contradictions) == before {
		v.compareEver(e, entry, versions, state, evidence)
	}
	return nil
}

// compareVersions compares versions by moments and digests; prices and events
// follow from them only where they are right.
func (v *verify) compareVersions(state *history.State, entry history.Named, wanted timeline.History[catalog.Digest]) bool {
	plan := timeline.Reconcile(state.Histories[entry.ID].Versions, wanted.Versions, time.Time{})
	for _, row := range plan.Supersede {
		v.contradict(v.table("_versions"), entry.Key, row.From, "the pages do not show this version, from %s", spanText(row))
	}
	for _, row := range plan.Insert {
		v.contradict(v.table("_versions"), entry.Key, row.From, "the pages show a version from %s that history lacks", spanText(row))
	}
	return plan.Empty()
}

// compareRest reports what edits would change in the tables that follow from
// versions.
func (v *verify) compareRest(state *history.State, entry history.Named, edits *history.Edits) {
	for _, key := range edits.Prices.Supersede {
		v.contradict("price_history", entry.Key, key.From, "price %d is not what its versions say", key.ID)
	}
	for _, row := range edits.Prices.Insert {
		v.contradict("price_history", entry.Key, row.From, "price %d lacks the row that its versions say", row.ID)
	}
	for _, key := range edits.Doubts.Supersede {
		v.contradict("doubts", entry.Key, key.From, "the snapshots do not show this doubt of price %d", key.ID)
	}
	for _, row := range edits.Doubts.Insert {
		v.contradict("doubts", entry.Key, row.From, "the snapshots show a doubt of price %d that is not noted", row.Price)
	}
	for _, row := range edits.Announced.Supersede {
		v.contradict("announced_prices", entry.Key, row.From, "the snapshots do not announce this of price %d", row.ID)
	}
	for _, row := range edits.Announced.Insert {
		v.contradict("announced_prices", entry.Key, row.From, "the snapshots announce something of price %d that is not noted", row.ID)
	}
	for _, key := range edits.Absences.Supersede {
		v.contradict("absences", entry.Key, key.From, "the snapshots do not show this absence")
	}
	for _, row := range edits.Absences.Insert {
		v.contradict("absences", entry.Key, row.From, "the snapshots show an absence that is not noted")
	}
	for _, id := range edits.Events.Supersede {
		v.contradict("product_status_changes", entry.Key, state.EventTime(entry.ID, id), "status change %d is not what versions and absences say", id)
	}
	for _, row := range edits.Events.Insert {
		v.contradict("product_status_changes", entry.Key, row.At, "the event %q of %s is missing", row.Event.Event, row.Aspect)
	}
}

// spanText reads "2026-01-05T00:00:00Z to 2026-01-06T00:00:00Z", or "... on".
func spanText(row span) string {
	if row.To.IsZero() {
		return row.From.UTC().Format(time.RFC3339Nano) + " on"
	}
	return row.From.UTC().Format(time.RFC3339Nano) + " to " + row.To.UTC().Format(time.RFC3339Nano)
}

package proof

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/history"
	"syncer/store/postgres"
	"syncer/store/record"
	"syncer/timeline"
)

// Rebuilt is what a rebuild changed, or would change.
type Rebuilt struct {
	Snapshots int // committed
	Proven    int // of them with pages
	Entries   int // whose history changed
	// Rows that became untrue, and rows that say it anew.
	Superseded, Inserted history.Counts
}

// Rebuild writes the history of a list from its evidence again, by today's
// decoder and the list's rule, in the caller's transaction: only what differs is
// superseded and written anew, by a run.
func Rebuild(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list record.List, run int64, read Read) (Rebuilt, error) {
	r := rebuild{
		q: q, db: db, tables: history.Of(q, db, list.RowID, list.Kind), list: list, run: run, changed: make(map[string]bool), hidden: make(map[int64][]string),
	}
	var err error
	r.replay, err = replayed(ctx, q, db, list, func(of record.Snapshot, pages []snapshot.Page) (*snapshot.Snapshot, error) {
		shown, err := read(of.TakenAt, pages)
		if err == nil && r.replay == nil { // read for the first time
			err = r.noteUsage(ctx, of, shown)
		}
		return shown, err
	})
	if err != nil {
		return Rebuilt{}, err
	}
	r.replay.odd.around.Ignored = list.Ignored
	if err := r.replay.learnFields(ctx); err != nil {
		return Rebuilt{}, err
	}
	entries, err := r.everyEntry(ctx)
	if err != nil {
		return Rebuilt{}, err
	}
	for some := range slices.Chunk(entries, history.KeysAtOnce) {
		if err := r.rewrite(ctx, some); err != nil {
			return Rebuilt{}, err
		}
	}
	if err := r.rewriteUsage(ctx); err != nil {
		return Rebuilt{}, err
	}
	if err := r.restateSetAside(ctx); err != nil {
		return Rebuilt{}, err
	}
	r.report.Entries = len(r.changed)
	return r.report, r.noteSnapshots(ctx)
}

type rebuild struct {
	q      *sqlcgen.Queries
	db     sqlcgen.DBTX
	tables history.Tables
	list   record.List
	run    int64
	replay *replay
	report Rebuilt

	misread []record.Snapshot // whose figures about contracts are others than their pages state
	changed map[string]bool   // entries of which something is written anew
	// hidden are the keys, by moment in microseconds, that a snapshot lacks without
	// saying so.
	hidden map[int64][]string
}

// everyEntry is every key that history or evidence knows, by key; entries that
// only evidence knows are made.
func (r *rebuild) everyEntry(ctx context.Context) ([]history.Named, error) {
	entries, err := r.tables.Entries(ctx)
	if err != nil {
		return nil, err
	}
	missing := r.replay.unnamed(entries)
	if len(missing) == 0 {
		return entries, nil
	}
	created, err := r.tables.Create(ctx, missing)
	if err != nil {
		return nil, err
	}
	entries = append(entries, created...)
	slices.SortFunc(entries, func(a, b history.Named) int { return strings.Compare(a.Key, b.Key) })
	return entries, nil
}

// rewrite writes some entries anew: what is stored of them, what the evidence
// says, and the contents that history lacks, read from the pages once more.
func (r *rebuild) rewrite(ctx context.Context, entries []history.Named) error {
	state, err := r.tables.LoadWhole(ctx, entries)
	if err != nil {
		return err
	}
	state.Distrust(entries)
	wanted := make(map[int64]timeline.Life[catalog.Digest], len(entries))
	for _, entry := range entries {
		if wanted[entry.ID], err = r.life(ctx, state, entry); err != nil {
			return err
		}
	}
	if err := r.readContents(ctx, state, entries, wanted); err != nil {
		return err
	}
	edits := &history.Edits{Run: r.run}
	rows := 0
	for _, entry := range entries {
		state.PlanLife(edits, entry.ID, wanted[entry.ID], state.Contents(entry.ID))
		if now := edits.Retired().Sum() + edits.Inserted().Sum(); now != rows {
			rows = now
			r.changed[entry.Key] = true
			edits.Versions.Check = append(edits.Versions.Check, entry.ID)
		}
	}
	r.report.Superseded.Add(edits.Retired())
	r.report.Inserted.Add(edits.Inserted())
	return r.tables.Write(ctx, edits)
}

// life is what the evidence says of an entry.
func (r *rebuild) life(ctx context.Context, state *history.State, entry history.Named) (timeline.Life[catalog.Digest], error) {
	if !r.replay.odd.keys[entry.Key] {
		return timeline.Life[catalog.Digest]{History: r.replay.history(entry.Key, r.list.Rule)}, nil
	}
	if err := r.tables.Identify(ctx, state, entry.ID, r.replay.odd.looks[entry.Key]); err != nil {
		return timeline.Life[catalog.Digest]{}, err
	}
	evidence, err := r.replay.evidence(ctx, state, entry)
	if err != nil {
		return timeline.Life[catalog.Digest]{}, err
	}
	life := evidence.Life(r.replay.odd.around, r.replay.odd.stands(entry.Key))
	r.hide(entry.Key, life)
	for _, version := range life.Versions {
		i, _ := slices.BinarySearchFunc(r.replay.moments, version.From, time.Time.Compare)
		for _, run := range r.replay.keys[entry.Key].runs {
			if run.snapshot == i && run.page != 0 {
				state.KnowPage(entry.ID, version.From, run.page)
			}
		}
	}
	return life, nil
}

// readContents reads what the wanted versions show and history does not hold,
// snapshot by snapshot.
func (r *rebuild) readContents(ctx context.Context, state *history.State, entries []history.Named, wanted map[int64]timeline.Life[catalog.Digest]) error {
	needs := make(map[int]map[string]int64) // index of the snapshot -> key -> id
	var composed []history.Subject
	for _, entry := range entries {
		for _, version := range wanted[entry.ID].Versions {
			if _, known := state.Contents(entry.ID)[version.Content]; known {
				continue
			}
			if whole, is := r.replay.composed[entry.Key][version.Content]; is {
				subject := history.Prepare(&whole, version.Content)
				subject.ID = entry.ID
				composed = append(composed, subject)
				continue
			}
			i := r.replay.source(entry.Key, version)
			if needs[i] == nil {
				needs[i] = make(map[string]int64)
			}
			needs[i][entry.Key] = entry.ID
		}
	}
	noPage := func(string) int { return 0 } // nor any moment
	if err := r.tables.ShowAgain(ctx, state, composed, time.Time{}, noPage); err != nil {
		return err
	}
	for _, i := range slices.Sorted(maps.Keys(needs)) {
		at := r.replay.moments[i]
		shown, err := r.replay.read(ctx, i)
		if err == nil {
			err = r.showAgain(ctx, state, shown, at, needs[i])
		}
		if err != nil {
			return fmt.Errorf("snapshot %s: %w", at.Format(time.RFC3339Nano), err)
		}
	}
	return nil
}

// showAgain makes what a snapshot shows of some keys known.
func (r *rebuild) showAgain(ctx context.Context, state *history.State, shown *snapshot.Snapshot, at time.Time, ids map[string]int64) error {
	var subjects []history.Subject
	for entry, err := range shown.Entries(func(key string) bool { return ids[key] != 0 }) {
		if err != nil {
			return err
		}
		digest, _ := shown.DigestOf(entry.Key)
		subject := history.Prepare(&entry, digest)
		subject.ID = ids[entry.Key]
		subjects = append(subjects, subject)
	}
	return r.tables.ShowAgain(ctx, state, subjects, at, shown.PageOf)
}

// noteSnapshots notes what today's decoder reads in the pages of each snapshot, or
// that it has none to read.
func (r *rebuild) noteSnapshots(ctx context.Context) error {
	for i, note := range r.replay.notes {
		if r.report.Snapshots++; !note.proven {
			if err := r.takeOver(ctx, r.replay.stored[i]); err != nil {
				return err
			}
			continue
		}
		r.report.Proven++
		var unread *string
		if note.unread != "" {
			unread = new(catalog.StoredText(note.unread))
		}
		err := r.q.SnapshotReread(ctx, r.db, sqlcgen.SnapshotRereadParams{
			Nameless: postgres.Count(note.nameless), PricesUnread: unread, ReadsUntil: postgres.NullTime(note.until),
			ListID: r.list.RowID, TakenAt: r.replay.moments[i], Entries: postgres.Count(note.entries), Digest: note.digest[:],
			DecoderVersion: r.list.ReadBy(),
		})
		if err != nil {
			return fmt.Errorf("note the snapshot: %w", err)
		}
	}
	return nil
}

// takeOver notes that the digest of a snapshot without pages is by another decoder than
// the words in which history remembers it: its own may come back, as when a setting is
// put back, and would not find there what it read.
func (r *rebuild) takeOver(ctx context.Context, stored record.Snapshot) error {
	readBy := catalog.TakenOver(stored.ReadBy)
	if stored.ReadBy == r.list.ReadBy() || stored.ReadBy == readBy {
		return nil
	}
	err := r.q.SnapshotTakenOver(ctx, r.db, sqlcgen.SnapshotTakenOverParams{ListID: r.list.RowID, TakenAt: stored.TakenAt, DecoderVersion: readBy})
	if err != nil {
		return fmt.Errorf("note the snapshot: %w", err)
	}
	return nil
}

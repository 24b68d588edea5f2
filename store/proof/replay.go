package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/history"
	"syncer/store/postgres"
	"syncer/store/record"
	"syncer/timeline"
)

// readOf is Read that also knows which snapshot the pages are of; nil reads none,
// so that the stored history says what snapshots held.
type readOf func(of record.Snapshot, pages []snapshot.Page) (*snapshot.Snapshot, error)

// replay is what the evidence of a list says: when each key was seen with
// which content. It holds a few bytes for each key and each change, and one
// snapshot at a time.
type replay struct {
	q      *sqlcgen.Queries
	db     sqlcgen.DBTX
	tables history.Tables
	list   record.List
	decode readOf

	stored  []record.Snapshot // committed, in time order
	apart   []record.Snapshot // held and rejected
	moments []time.Time
	keys    map[string]*seen
	notes   []note
	// forgetful: the pages of some snapshot are gone.
	forgetful bool
	// lessons are those about keys that history alone remembers for a time, in time
	// order; composed is what they make of content that no page shows.
	lessons  map[string][]lesson
	odd      *oddities
	composed map[string]map[catalog.Digest]catalog.Entry
}

// seen is one key through all snapshots.
type seen struct{ runs []sighting }

// sighting says what snapshots hold of a key from one on; stored means that
// only the stored history knows, for the pages are gone.
type sighting struct {
	snapshot int
	present  bool
	stored   bool
	silent   snapshot.Parts // what they do not speak for
	later    catalog.Digest // of the prices that are announced
	digest   catalog.Digest
	page     int32 // of the first of these snapshots, that shows it; 0: not known
}

// content is nil where the snapshots lack the key.
func (s *sighting) content() *catalog.Digest {
	if !s.present {
		return nil
	}
	return &s.digest
}

// shown is what a snapshot holds of the key, nil for nothing.
func (s *seen) shown(i int) *catalog.Digest {
	at, found := slices.BinarySearchFunc(s.runs, i, func(run sighting, i int) int { return run.snapshot - i })
	if !found {
		at--
	}
	if at < 0 {
		return nil
	}
	return s.runs[at].content()
}

// note is what became of one snapshot in the replay.
type note struct {
	proven  bool           // its pages are kept
	entries int            // that the pages hold
	digest  catalog.Digest // of all keys; where no pages are kept, as history has them
	vague   bool           // no pages are kept, and history has not all that they held
	pages   catalog.Digest // of the pages as received
	read    int            // number of them
	until   time.Time      // from which on the same pages read otherwise; zero: never

	nameless int
	unread   string // why no price could be had
	aside    []history.SetAside
}

// replayed walks the evidence of all committed snapshots in time order.
func replayed(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list record.List, decode readOf) (*replay, error) {
	r := &replay{q: q, db: db, tables: history.Of(q, db, list.RowID, list.Kind), list: list, decode: decode, keys: make(map[string]*seen), odd: newOddities(list.Judgement())}
	all, err := record.Snapshots(ctx, q, db, list, time.Time{})
	if err != nil {
		return nil, err
	}
	for _, stored := range all {
		if stored.Status != record.StatusCommitted {
			r.apart = append(r.apart, stored)
			continue
		}
		r.stored = append(r.stored, stored)
		r.moments = append(r.moments, stored.TakenAt)
	}
	r.notes = make([]note, len(r.stored))
	for i := range r.stored {
		if err := r.step(ctx, i); err != nil {
			return nil, fmt.Errorf("snapshot %s: %w", r.stored[i].TakenAt.Format(time.RFC3339Nano), err)
		}
	}
	if err := r.learn(ctx); err != nil {
		return nil, err
	}
	return r, r.gather(ctx)
}

func (r *replay) step(ctx context.Context, i int) error {
	if i > 0 && r.notes[i-1].proven && r.stored[i].PagesOf.Equal(r.stored[i-1].PagesOf) && r.notes[i-1].holds(r.moments[i]) {
		r.notes[i] = r.notes[i-1] // the same pages say the same
		r.odd.around.Note(r.moments[i], r.notes[i].nameless, r.notes[i].unread != "")
		return nil
	}
	if r.decode == nil {
		return r.remembered(ctx, i)
	}
	snapshot, err := r.read(ctx, i)
	if errors.Is(err, record.ErrNoPages) {
		return r.remembered(ctx, i)
	}
	if err != nil {
		return err
	}
	r.notes[i] = note{
		proven: true, entries: snapshot.Len(), digest: snapshot.Digest(), pages: snapshot.PagesDigest(), read: len(snapshot.Pages()),
		until: snapshot.Until(), nameless: snapshot.Nameless(), unread: snapshot.PricesUnread(),
	}
	if r.notes[i].aside, err = history.SetAsideIn(snapshot); err != nil {
		return err
	}
	changed := make(map[string]bool)
	for key, digest := range snapshot.Digests() {
		if now := r.sees(key, sighting{snapshot: i, present: true, silent: snapshot.Silent(key), later: snapshot.AnnouncedDigest(key), digest: digest}); now != nil {
			now.page = postgres.Count(snapshot.PageOf(key))
			changed[key] = true
		}
	}
	for _, key := range snapshot.SilentKeys() {
		if _, shown := snapshot.DigestOf(key); !shown {
			r.sees(key, sighting{snapshot: i, present: true, silent: snapshot.Silent(key)})
		}
	}
	r.lacks(i, snapshot.Sees)
	return r.odd.notice(r.moments[i], snapshot, changed)
}

// holds says that the same pages read the same at a later moment.
func (n note) holds(at time.Time) bool { return n.until.IsZero() || at.Before(n.until) }

// read reads the pages of a snapshot again.
func (r *replay) read(ctx context.Context, i int) (*snapshot.Snapshot, error) {
	pages, err := record.Pages(ctx, r.q, r.db, r.list, r.stored[i].TakenAt)
	if err != nil {
		return nil, err
	}
	return r.decode(r.stored[i], pages)
}

// sees notes a sighting that differs from the one before, and returns it; nil
// if it does not.
func (r *replay) sees(key string, now sighting) *sighting {
	life := r.keys[key]
	if life == nil {
		life = &seen{}
		r.keys[key] = life
	}
	if n := len(life.runs); n > 0 {
		last := life.runs[n-1]
		if last.present == now.present && last.stored == now.stored && last.silent == now.silent && last.later == now.later && last.digest == now.digest {
			return nil
		}
	}
	life.runs = append(life.runs, now)
	return &life.runs[len(life.runs)-1]
}

// lacks ends the sightings of all keys that a snapshot does not hold.
func (r *replay) lacks(i int, holds func(key string) bool) {
	for key, life := range r.keys {
		if last := life.runs[len(life.runs)-1]; last.present && !holds(key) {
			life.runs = append(life.runs, sighting{snapshot: i})
		}
	}
}

// remembered takes a snapshot whose pages are gone from the stored history.
func (r *replay) remembered(ctx context.Context, i int) error {
	rows, err := r.tables.Digests(ctx, r.moments[i], false)
	if err != nil {
		return err
	}
	shown, err := r.tables.ShownDigests(ctx, r.moments[i], rows)
	if err != nil {
		return err
	}
	vague, err := r.tables.SetsAside(ctx, r.moments[i])
	if err != nil {
		return err
	}
	r.notes[i], r.forgetful = note{entries: len(rows), digest: digestOf(shown), vague: vague}, true
	held := make(map[string]bool, len(rows))
	for _, row := range rows {
		held[row.Key] = true
		r.sees(row.Key, sighting{snapshot: i, present: true, stored: true, digest: catalog.Digest(row.Digest)})
	}
	r.lacks(i, func(key string) bool { return held[key] })
	return nil
}

func digestOf(rows []history.KeyDigest) catalog.Digest {
	return snapshot.DigestOfKeys(func(yield func(string, catalog.Digest) bool) {
		for _, row := range rows {
			if !yield(row.Key, catalog.Digest(row.Digest)) {
				return
			}
		}
	})
}

// history is what the evidence says of one key.
func (r *replay) history(key string, rule timeline.Rule) timeline.History[catalog.Digest] {
	life := r.keys[key]
	if life == nil {
		return timeline.History[catalog.Digest]{}
	}
	sightings := make([]timeline.Sighting[catalog.Digest], len(life.runs))
	for i, run := range life.runs {
		sightings[i].From = r.moments[run.snapshot]
		if run.present {
			sightings[i].Content = &run.digest
		}
	}
	return timeline.Whole(sightings, r.moments, rule)
}

// provenSince is the first snapshot from which on every one has its pages;
// nil if the newest has none.
func (r *replay) provenSince() *time.Time {
	var since *time.Time
	for i, note := range r.notes {
		switch {
		case !note.proven:
			since = nil
		case since == nil:
			since = &r.moments[i]
		}
	}
	return since
}

// unnamed are the keys of the evidence that are not among the entries.
func (r *replay) unnamed(entries []history.Named) []string {
	known := make(map[string]bool, len(entries))
	for _, entry := range entries {
		known[entry.Key] = true
	}
	var missing []string
	for key, life := range r.keys {
		speaks := func(run sighting) bool { return run.present && !run.silent.Has(catalog.FieldsPart) }
		if !known[key] && slices.ContainsFunc(life.runs, speaks) {
			missing = append(missing, key)
		}
	}
	slices.Sort(missing)
	return missing
}

// source is a snapshot whose pages show what a version shows: that at which it
// begins, or, where its pages are gone, the first that shows the same.
func (r *replay) source(key string, version timeline.Version[catalog.Digest]) int {
	at, _ := slices.BinarySearchFunc(r.moments, version.From, time.Time.Compare)
	if r.notes[at].proven {
		return at
	}
	for _, run := range r.keys[key].runs {
		if run.present && !run.stored && run.digest == version.Content {
			return run.snapshot
		}
	}
	return at
}

package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// Rebuilt is what a rebuild changed, or would change.
type Rebuilt struct {
	Snapshots int // committed
	Proven    int // of them with pages
	Entries   int // whose history changed
	// Rows that became untrue, and rows that say it anew.
	Superseded, Inserted Rows
}

// Rows counts rows of history by table.
type Rows struct {
	Versions      int `json:"versions"`
	Prices        int `json:"prices"`
	Absences      int `json:"absences"`
	StatusChanges int `json:"status_changes"`
}

// Sum is the number of all of them.
func (r Rows) Sum() int { return r.Versions + r.Prices + r.Absences + r.StatusChanges }

func (r *Rows) add(other Rows) {
	r.Versions += other.Versions
	r.Prices += other.Prices
	r.Absences += other.Absences
	r.StatusChanges += other.StatusChanges
}

// errOnlyLooking ends a transaction of which nothing is to be kept.
var errOnlyLooking = errors.New("nothing is kept")

// BeginRebuild starts the run that writes the history of a list anew.
func (s *Store) BeginRebuild(ctx context.Context, list List, decision Decision) (Run, error) {
	return s.beginBy(ctx, list, "rebuild", decision)
}

// Rebuild writes history from its evidence again, by today's decoder and the
// rule of the configuration, in one transaction: only what differs is
// superseded and written anew.
func (s *Store) Rebuild(ctx context.Context, run Run, rule timeline.Rule, read Read) (Rebuilt, error) {
	var report Rebuilt
	err := s.locked(ctx, run.List.id, func(tx pgx.Tx) (err error) {
		report, err = s.rebuild(ctx, tx, run, rule, read)
		return err
	})
	if err != nil && s.committedAnyway(ctx, run, err) {
		return report, nil
	}
	if err != nil {
		return Rebuilt{}, fmt.Errorf("%s: rebuild: %w", run.List.ID, err)
	}
	return report, nil
}

// PreviewRebuild returns what Rebuild would change. It does all of it, and
// then lets none of it stand.
func (s *Store) PreviewRebuild(ctx context.Context, list List, rule timeline.Rule, read Read) (Rebuilt, error) {
	var report Rebuilt
	err := s.locked(ctx, list.id, func(tx pgx.Tx) error {
		begun, err := s.q.RunBegin(ctx, tx, sqlcgen.RunBeginParams{ListID: list.id, Kind: "rebuild"})
		if err != nil {
			return fmt.Errorf("begin run: %w", err)
		}
		if report, err = s.rebuild(ctx, tx, Run{List: list, id: begun.ID}, rule, read); err != nil {
			return err
		}
		return errOnlyLooking
	})
	if !errors.Is(err, errOnlyLooking) {
		return Rebuilt{}, fmt.Errorf("%s: rebuild: %w", list.ID, err)
	}
	return report, nil
}

func (s *Store) rebuild(ctx context.Context, tx pgx.Tx, run Run, rule timeline.Rule, read Read) (Rebuilt, error) {
	r := rebuild{update: update{q: s.q, shelf: shelfOf(run.List.Kind, s.q), tx: tx, run: run}, rule: rule}
	var err error
	if r.recordedAt, err = s.q.ListClock(ctx, tx, run.List.id); err != nil {
		return Rebuilt{}, fmt.Errorf("read clock: %w", err)
	}
	if r.replay, err = replayed(ctx, s.q, tx, run.List, func(_ StoredSnapshot, pages []catalog.StoredPage) (*catalog.Snapshot, error) { return read(pages) }); err != nil {
		return Rebuilt{}, err
	}
	if err := r.all(ctx); err != nil {
		return Rebuilt{}, err
	}
	return r.report, r.finish(ctx)
}

// rebuild is one transaction that tells a whole list anew.
type rebuild struct {
	update
	rule   timeline.Rule
	replay *replay
	report Rebuilt
}

func (r *rebuild) all(ctx context.Context) error {
	entries, err := r.everyone(ctx)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(entries, keysAtOnce) {
		if err := r.chunk(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// everyone is every key that history or evidence knows, by key; entries that
// only evidence knows are made.
func (r *rebuild) everyone(ctx context.Context) ([]named, error) {
	entries, err := r.shelf.all(ctx, r.tx, r.run.List.id)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	missing := r.replay.unnamed(entries)
	if len(missing) == 0 {
		return entries, nil
	}
	ids, err := r.shelf.create(ctx, r.tx, r.run.List.id, missing)
	if err != nil {
		return nil, fmt.Errorf("write entries: %w", err)
	}
	for i, key := range missing {
		entries = append(entries, named{ids[i], key})
	}
	slices.SortFunc(entries, func(a, b named) int { return strings.Compare(a.key, b.key) })
	return entries, nil
}

// chunk tells some entries anew: what is known of them, what the evidence
// says, and the contents that history lacks, read from the pages once more.
func (r *rebuild) chunk(ctx context.Context, entries []named) error {
	k, err := r.loadWhole(ctx, entries)
	if err != nil {
		return err
	}
	k.distrust(entries, r.run.List.Kind)
	wanted := make(map[int64]timeline.History[catalog.Digest], len(entries))
	for _, one := range entries {
		wanted[one.id] = r.replay.history(one.key, r.rule)
	}
	if err := r.contents(ctx, k, entries, wanted); err != nil {
		return err
	}
	out := changes{shelf: r.shelf, list: r.run.List.id, run: r.run.id}
	for _, one := range entries {
		before := out.rows()
		r.settle(k, one.id, wanted[one.id], k.contents[one.id], &out)
		if out.rows() != before {
			r.report.Entries++
			out.check(one.id)
		}
	}
	superseded, inserted := out.retired(), out.inserted()
	r.report.Superseded.add(superseded)
	r.report.Inserted.add(inserted)
	return out.write(ctx, r.q, r.tx)
}

// loadWhole loads everything that is stored of some entries.
func (u *update) loadWhole(ctx context.Context, entries []named) (*known, error) {
	k, ids := newKnown(), make([]int64, len(entries))
	for i, one := range entries {
		ids[i] = one.id
	}
	_, err := u.loadStored(ctx, k, ids)
	return k, err
}

// distrust takes stored versions that other hands altered, or that cannot be
// read, for untrue, so that they are superseded and told anew.
func (k *known) distrust(entries []named, kind catalog.EntryKind) {
	for _, one := range entries {
		history := k.histories[one.id]
		for i, row := range k.versions[one.id] {
			if altered, err := k.altered(one.key, row, kind); altered || err != nil {
				delete(k.contents[one.id], row.columns.digest)
				history.Versions[i].Content = catalog.Digest{}
			}
		}
	}
}

// contents reads what the wanted versions show and history does not hold,
// snapshot by snapshot.
func (r *rebuild) contents(ctx context.Context, k *known, entries []named, wanted map[int64]timeline.History[catalog.Digest]) error {
	needs := make(map[int64]map[string]int64) // moment, in microseconds -> key -> id
	for _, one := range entries {
		for _, version := range wanted[one.id].Versions {
			if _, known := k.contents[one.id][version.Content]; known {
				continue
			}
			at := r.replay.moments[r.replay.source(one.key, version)].UnixMicro()
			if needs[at] == nil {
				needs[at] = make(map[string]int64)
			}
			needs[at][one.key] = one.id
		}
	}
	for _, at := range slices.Sorted(maps.Keys(needs)) {
		if err := r.contentsAt(ctx, k, time.UnixMicro(at).UTC(), needs[at]); err != nil {
			return fmt.Errorf("snapshot %s: %w", time.UnixMicro(at).UTC().Format(time.RFC3339Nano), err)
		}
	}
	return nil
}

func (r *rebuild) contentsAt(ctx context.Context, k *known, at time.Time, ids map[string]int64) error {
	i, _ := slices.BinarySearchFunc(r.replay.moments, at, time.Time.Compare)
	snapshot, err := r.replay.snapshot(ctx, i)
	if err != nil {
		return err
	}
	var subjects []subject
	for entry, err := range snapshot.Entries(func(key string) bool { return ids[key] != 0 }) {
		if err != nil {
			return err
		}
		digest, _ := snapshot.DigestOf(entry.Key)
		one, err := prepare(&entry, digest)
		if err != nil {
			return err
		}
		one.id = ids[entry.Key]
		subjects = append(subjects, one)
	}
	if err := r.identifyPrices(ctx, k, subjects); err != nil {
		return err
	}
	for i := range subjects {
		k.show(&subjects[i], at, snapshot.PageOf(subjects[i].key))
	}
	return nil
}

// show makes the content of a subject, and the page that shows it, known.
func (k *known) show(one *subject, at time.Time, page int) {
	one.shown.prices = k.pricesOf(one)
	if k.contents[one.id] == nil {
		k.contents[one.id] = make(map[catalog.Digest]content)
	}
	k.contents[one.id][one.shown.columns.digest] = *one.shown
	k.pages[pageKey{one.id, at.UnixMicro()}] = postgres.Count(page)
}

// finish notes by what history is told from now on, and ends the run.
func (r *rebuild) finish(ctx context.Context) error {
	list := r.run.List
	for i, one := range r.replay.notes {
		if r.report.Snapshots++; !one.proven {
			continue
		}
		r.report.Proven++
		err := r.q.SnapshotReread(ctx, r.tx, sqlcgen.SnapshotRereadParams{
			ListID: list.id, TakenAt: r.replay.moments[i], Entries: postgres.Count(one.entries), Digest: one.digest[:],
			DecoderVersion: postgres.Version(list.DecoderVersion),
		})
		if err != nil {
			return fmt.Errorf("note the snapshot: %w", err)
		}
	}
	otherwise, err := r.q.ListReread(ctx, r.tx, sqlcgen.ListRereadParams{
		ID: list.id, ConfirmSnapshots: postgres.Count(r.rule.Snapshots), ConfirmFor: r.rule.For, DecoderVersion: postgres.Version(list.DecoderVersion),
		RecordedAt: r.recordedAt,
	})
	if err != nil {
		return fmt.Errorf("note the rule: %w", err)
	}
	outcome := Changed
	if r.report.Entries == 0 && !otherwise { // else the writes before cannot be done again
		outcome = Unchanged
	}
	return r.end(ctx, sqlcgen.RunEndParams{Outcome: string(outcome), Changed: postgres.Count(r.report.Entries)})
}

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/delta"
	"syncer/store/history"
	"syncer/store/outbox"
	"syncer/store/postgres"
	"syncer/store/record"
)

// Result is what Update did.
type Result struct {
	Outcome record.Outcome
	Delta   delta.Delta
	HeldFor string            // the guard's reasons, "" unless held
	Drift   []catalog.Unknown // seen for the first time ever
}

// Judge is the guard: it returns why a delta is held, and nothing to let it pass.
type Judge func(delta.Delta) []string

// Update makes a complete snapshot part of history, in one transaction whose
// first statement is the list's lock and whose last ends the run. It is the
// one road for live, late and backfilled snapshots. When the answer to COMMIT
// is lost, the run's row says what became of it.
func (s *Store) Update(ctx context.Context, run Run, snapshot *snapshot.Snapshot, judge Judge) (Result, error) {
	result, err := s.attempt(ctx, run, snapshot, judge)
	if err != nil && s.committedAnyway(ctx, run, err) {
		return result, nil
	}
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", run.List.ID, err)
	}
	return result, nil
}

// attempts bounds how often a write begins anew because others wrote to the list
// while its pages were read for it; the last reads them under the lock.
const attempts = 3

// attempt reads what the write needs of the pages before it takes the lock: a slow
// machine must not keep a transaction waiting for it.
func (s *Store) attempt(ctx context.Context, run Run, snapshot *snapshot.Snapshot, judge Judge) (result Result, err error) {
	for n := range attempts {
		var found ahead
		err := postgres.OnAnyConnection(ctx, func(ctx context.Context) (err error) {
			found, err = s.readAhead(ctx, run, snapshot)
			return err
		})
		if err != nil {
			return Result{}, err
		}
		found.last = n == attempts-1
		err = s.locked(ctx, run.List.RowID, func(tx pgx.Tx) (err error) {
			u := update{
				q: s.q, tx: tx, tables: history.Of(s.q, tx, run.List.RowID, run.List.Kind), run: run, snapshot: snapshot, ahead: found,
			}
			result, err = u.do(ctx, judge)
			return err
		})
		if !errors.Is(err, errMoved) {
			return result, err
		}
	}
	return Result{}, errMoved // the last attempt does not ask
}

// update is one write transaction under the list's lock.
type update struct {
	q        *sqlcgen.Queries
	tx       pgx.Tx
	tables   history.Tables
	run      Run
	snapshot *snapshot.Snapshot
	ahead    ahead

	recordedAt time.Time
	settings   json.RawMessage
	place      place
	began      outbox.Began // with this snapshot
	moved      []string     // keys whose derived histories changed
	doubts     bool         // a doubt begins with this snapshot, or shows something else
}

// do is the whole write, from the snapshots around this one to the end of its
// run.
func (u *update) do(ctx context.Context, judge Judge) (result Result, err error) {
	if u.settings, err = record.SettingsJSON(u.run.List.List); err != nil {
		return Result{}, err
	}
	if u.place, err = locate(ctx, u.q, u.tx, u.run.List, u.run.TakenAt); err != nil {
		return Result{}, err
	}
	accepts, prolonged := u.run.accepts != nil, u.place.absencesProlonged(u.snapshot)
	stored := u.place.at != nil && !accepts // as when a backfill runs again
	if stored && !isSame(u.place.at, u.run.List, u.snapshot) {
		why := ErrExists
		if record.Status(u.place.at.Status) == record.StatusRetracted {
			why = ErrTakenBack
		}
		return Result{}, fmt.Errorf("%w: %s", why, u.run.TakenAt.Format(time.RFC3339Nano))
	}
	settled := len(prolonged) == 0 && len(u.place.doubted) == 0 && !u.place.takenBack
	if !stored && !accepts && settled && u.place.samePages(u.run.List, u.settings, u.snapshot) {
		pagesOf, err := u.holder(ctx)
		if err != nil {
			return Result{}, err
		}
		if pagesOf != nil {
			return u.unchanged(ctx, *pagesOf)
		}
	}
	clock, err := u.q.ListClock(ctx, u.tx, u.run.List.RowID)
	if err != nil {
		return Result{}, fmt.Errorf("read clock: %w", err)
	}
	if now := u.run.List.ReadBy(); clock.DecoderVersion != now {
		return Result{}, fmt.Errorf("%w: by decoder %s, and not by %s", ErrReread, clock.DecoderVersion, now)
	}
	u.recordedAt = clock.RecordedAt
	if stored {
		return u.again(ctx, record.SnapshotOf(*u.place.at))
	}
	read, err := u.ahead.under(postgres.Time(clock.LastRecordedAt))
	if err == nil && read == nil {
		read, err = delta.Read(ctx, u.tables, u.run.List, u.place.Place, u.snapshot)
	}
	if err != nil {
		return Result{}, err
	}
	if result.Delta, err = read.Delta(ctx, u.tables); err != nil {
		return Result{}, err
	}
	if !accepts {
		result.Delta.Reasons = judge(result.Delta)
		result.HeldFor = strings.Join(result.Delta.Reasons, "; ")
	}
	switch {
	case result.HeldFor != "":
		result.Outcome = record.Held
		err = u.keep(ctx, record.StatusHeld, result.HeldFor, result.Delta)
	default:
		if result.Drift, err = u.write(ctx, result.Delta, prolonged); err != nil {
			return Result{}, err
		}
		result.Delta.Changed = u.changed(result.Delta)
		result.Outcome = record.Changed
		if result.Delta.Empty() {
			result.Outcome = record.Unchanged
		}
		if accepts {
			err = u.acceptHeld(ctx)
		} else {
			err = u.keep(ctx, record.StatusCommitted, "", result.Delta)
		}
	}
	if err != nil {
		return Result{}, err
	}
	if err := u.announce(ctx, result); err != nil {
		return Result{}, err
	}
	return result, u.end(ctx, result)
}

// write brings history up to the set of snapshots with this one in it: the keys
// that it shows anew or otherwise, those that it lacks, figures about contracts,
// and fields and words that no decoder knows. It returns those never seen before.
func (u *update) write(ctx context.Context, moved delta.Delta, prolonged []string) ([]catalog.Unknown, error) {
	insertion := history.Insertion{
		Run: u.run.id, At: u.run.TakenAt, Before: u.place.beforeAt(), After: u.place.After, Judge: u.run.List.Judgement(), PageOf: u.snapshot.PageOf,
	}
	if err := u.tables.WriteSetAside(ctx, u.snapshot, u.run.TakenAt); err != nil {
		return nil, err
	}
	if err := u.believeShown(ctx); err != nil {
		return nil, err
	}
	derived := u.derived(moved, prolonged)
	if u.place.After != nil && (u.place.odd || u.snapshot.Nameless() > 0) { // whoever held them last had so many rows without a key
		keys, err := u.q.LackingFrom(ctx, u.tx, sqlcgen.LackingFromParams{ListID: u.run.List.RowID, TakenAt: *u.place.After})
		if err != nil {
			return nil, fmt.Errorf("find what the next snapshot lacks: %w", err)
		}
		for _, key := range keys {
			derived[key] = true
		}
	}
	var doubtful []history.Look
	insert := func(subjects []history.Subject) error {
		edits, looks, err := u.tables.Insert(ctx, insertion, subjects)
		if err == nil {
			u.collect(edits)
			doubtful = append(doubtful, looks...)
		}
		return err
	}
	shown := make(map[string]bool, len(moved.Added)+len(moved.Changed))
	for _, key := range slices.Concat(moved.Added, moved.Changed) {
		if !derived[key] {
			shown[key] = true
		}
	}
	for subjects, err := range history.Prepared(ctx, u.snapshot, shown) {
		if err == nil {
			err = insert(subjects)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil { // else the subjects may have ended too soon
		return nil, err
	}
	lacked := slices.DeleteFunc(slices.Concat(moved.Removed, prolonged), func(key string) bool { return derived[key] })
	slices.Sort(lacked)
	for keys := range slices.Chunk(slices.Compact(lacked), history.KeysAtOnce) {
		if err := insert(history.Lacking(keys)); err != nil {
			return nil, err
		}
	}
	if err := u.derive(ctx, insertion, derived, doubtful); err != nil {
		return nil, err
	}
	if err := u.tables.WriteUsage(ctx, u.snapshot, u.run.TakenAt, u.run.id); err != nil {
		return nil, err
	}
	return u.drift(ctx)
}

// derived are the keys whose histories are derived from all that is known of them:
// where something was set aside or taken back, or is doubted. Of a late snapshot
// that is every key which it changes, for what comes after it may be doubted
// otherwise.
func (u *update) derived(moved delta.Delta, prolonged []string) map[string]bool {
	keys := make(map[string]bool)
	add := func(some []string) {
		for _, key := range some {
			keys[key] = true
		}
	}
	late := u.place.After != nil
	add(u.snapshot.SilentKeys())
	add(u.place.doubted)
	add(u.snapshot.Announcing())
	add(u.place.announced)
	switch all := slices.Concat(moved.Added, moved.Changed, moved.Removed, prolonged); {
	case late && (u.place.odd || u.run.List.Doubt.Snapshots > 0), u.snapshot.PricesUnread() != "":
		add(all)
		if u.snapshot.PricesUnread() != "" {
			for key := range u.snapshot.Digests() {
				keys[key] = true
			}
		}
		if late {
			add(u.place.believed)
		}
	case u.place.odd, u.snapshot.Nameless() > 0:
		add(slices.Concat(moved.Added, moved.Removed, prolonged))
	}
	for _, key := range u.place.believed { // its run may end here
		_, changed := slices.BinarySearch(moved.Changed, key)
		if _, removed := slices.BinarySearch(moved.Removed, key); changed || removed {
			keys[key] = true
		}
	}
	if u.snapshot.Nameless() > 0 || len(u.snapshot.SilentKeys()) > 0 {
		add(moved.Removed)
	}
	return keys
}

// derive writes what all that is known of some keys, and of those that turned out
// to be doubtful, comes to with this snapshot in it.
func (u *update) derive(ctx context.Context, insertion history.Insertion, keys map[string]bool, looks []history.Look) error {
	for entry, err := range u.snapshot.Entries(func(key string) bool { return keys[key] }) {
		if err != nil {
			return err
		}
		delete(keys, entry.Key)
		looks = append(looks, history.Look{At: u.run.TakenAt, Silent: u.snapshot.Silent(entry.Key), Fields: entry, Prices: entry.Prices, Announced: entry.Announced})
	}
	for key := range keys {
		look := history.Look{At: u.run.TakenAt, Lacks: !u.snapshot.Sees(key), Silent: snapshot.BothParts}
		look.Fields.Key = key
		looks = append(looks, look)
	}
	if len(looks) == 0 {
		return nil
	}
	slices.SortFunc(looks, func(a, b history.Look) int { return strings.Compare(a.Fields.Key, b.Fields.Key) })
	around, err := u.tables.Around(ctx, u.run.List.Judgement(), u.run.TakenAt, u.snapshot)
	if err != nil {
		return err
	}
	takenBack, err := u.takenBack(ctx, looks)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(looks, history.KeysAtOnce) {
		edits, err := u.tables.Derive(ctx, insertion, around, some, takenBack)
		if err != nil {
			return err
		}
		u.collect(edits)
		u.moved = append(u.moved, edits.Moved...)
	}
	return nil
}

// changed are the keys that changed: those that the snapshot shows otherwise, and
// those of which only their derived histories are otherwise now.
func (u *update) changed(moved delta.Delta) []string {
	all := slices.Concat(moved.Changed, slices.DeleteFunc(u.moved, func(key string) bool {
		_, added := slices.BinarySearch(moved.Added, key)
		return added || !u.snapshot.Sees(key) // an absence that is believed now changed nothing here
	}))
	slices.Sort(all)
	return slices.Compact(all)
}

// takenBack reads from their pages what snapshots say of some keys of which it was
// taken back: the tables do not show it.
func (u *update) takenBack(ctx context.Context, looks []history.Look) (map[string][]history.Look, error) {
	keys := make([]string, len(looks))
	for i := range looks {
		keys[i] = looks[i].Fields.Key
	}
	moments, err := u.tables.RetractedMoments(ctx, keys)
	if err != nil || len(moments) == 0 {
		return nil, err
	}
	said := make(map[string][]history.Look)
	for at, wanted := range moments {
		pages, err := record.Pages(ctx, u.q, u.tx, u.run.List, at)
		if errors.Is(err, record.ErrNoPages) {
			continue // what stood before goes on
		}
		if err != nil {
			return nil, err
		}
		shown, err := u.snapshot.Restore(at, pages)
		if err != nil {
			return nil, fmt.Errorf("snapshot %s: %w", at.Format(time.RFC3339Nano), err)
		}
		for entry, err := range shown.Entries(func(key string) bool { return wanted[key] }) {
			if err != nil {
				return nil, err
			}
			delete(wanted, entry.Key)
			said[entry.Key] = append(said[entry.Key], history.Look{
				At: at, Silent: shown.Silent(entry.Key), Fields: entry, Prices: entry.Prices, Announced: entry.Announced,
			})
		}
		for key := range wanted {
			look := history.Look{At: at, Lacks: !shown.Sees(key), Silent: snapshot.BothParts}
			look.Fields.Key = key
			said[key] = append(said[key], look)
		}
	}
	return said, nil
}

// unchanged records a snapshot whose pages are those of the one before: the
// short way, one statement.
func (u *update) unchanged(ctx context.Context, pagesOf time.Time) (Result, error) {
	digest, pages := u.place.Before.Digest, u.snapshot.PagesDigest()
	written, err := u.q.RunCommitUnchanged(ctx, u.tx, sqlcgen.RunCommitUnchangedParams{
		ListID: u.run.List.RowID, TakenAt: u.run.TakenAt, Origin: string(u.run.Origin), RunID: u.run.id,
		Entries: postgres.Count(u.snapshot.Len()), Digest: digest, PagesDigest: pages[:],
		DecoderVersion: u.run.List.ReadBy(), Settings: u.settings, PagesOf: pagesOf,
		Pages: postgres.Count(len(u.snapshot.Pages())), Warnings: postgres.Count(len(u.snapshot.Warnings())), LateAfter: u.run.lateAfter(),
		Nameless: postgres.Count(u.snapshot.Nameless()), PricesUnread: u.pricesUnread(), ReadsUntil: postgres.NullTime(u.snapshot.Until()),
		SetAside: postgres.Count(u.snapshot.RowsSetAside()),
	})
	if err != nil {
		return Result{}, fmt.Errorf("record snapshot: %w", err)
	}
	if written == 0 {
		return Result{}, ErrNotOurs
	}
	if err := u.tables.SetAsideAgain(ctx, u.snapshot, u.run.TakenAt, u.place.Before.TakenAt); err != nil {
		return Result{}, err
	}
	return Result{Outcome: record.Unchanged, Delta: delta.Delta{Baseline: int(u.place.Before.Entries), Entries: u.snapshot.Len()}}, nil
}

// again ends a run whose snapshot was stored earlier: it brought none.
func (u *update) again(ctx context.Context, stored record.Snapshot) (Result, error) {
	if err := noteWrite(ctx, u.q, u.tx, u.run.List, u.recordedAt); err != nil {
		return Result{}, err
	}
	return Result{Outcome: stored.Status.Again(), HeldFor: stored.HeldFor}, endRun(ctx, u.q, u.tx, u.run, u.recordedAt, sqlcgen.RunEndParams{
		Outcome: string(record.Skipped), Pages: postgres.Count(len(u.snapshot.Pages())),
		Entries: postgres.Count(u.snapshot.Len()), Warnings: postgres.Count(len(u.snapshot.Warnings())),
	})
}

// end notes the write with the list and ends the run if it is still ours; else
// nothing at all is written. A held snapshot is no moment of the list's.
func (u *update) end(ctx context.Context, result Result) error {
	var err error
	if result.Outcome == record.Held {
		err = noteWrite(ctx, u.q, u.tx, u.run.List, u.recordedAt)
	} else if err = u.q.ListNote(ctx, u.tx, sqlcgen.ListNoteParams{
		ID: u.run.List.RowID, TakenAt: u.run.TakenAt, Settings: u.settings,
		DecoderVersion: u.run.List.ReadBy(), RecordedAt: u.recordedAt,
	}); err != nil {
		err = fmt.Errorf("note the moment: %w", err)
	}
	if err != nil {
		return err
	}
	return endRun(ctx, u.q, u.tx, u.run, u.recordedAt, sqlcgen.RunEndParams{
		Outcome: string(result.Outcome),
		Pages:   postgres.Count(len(u.snapshot.Pages())), Entries: postgres.Count(u.snapshot.Len()), Added: postgres.Count(len(result.Delta.Added)),
		Changed: postgres.Count(len(result.Delta.Changed)), Removed: postgres.Count(len(result.Delta.Removed)),
		Warnings: postgres.Count(len(u.snapshot.Warnings())), SetAside: postgres.Count(u.snapshot.RowsSetAside()),
	})
}

// noteWrite makes the list's next write a later one, where nothing else is noted.
func noteWrite(ctx context.Context, q *sqlcgen.Queries, tx pgx.Tx, list record.List, at time.Time) error {
	if err := q.ListRecorded(ctx, tx, sqlcgen.ListRecordedParams{ID: list.RowID, RecordedAt: at}); err != nil {
		return fmt.Errorf("note the write: %w", err)
	}
	return nil
}

// endRun is the last statement of a write: the run ends if it is still ours.
func endRun(ctx context.Context, q *sqlcgen.Queries, tx pgx.Tx, run Run, at time.Time, how sqlcgen.RunEndParams) error {
	how.ListID, how.ID, how.RecordedAt = run.List.RowID, run.id, &at
	ended, err := q.RunEnd(ctx, tx, how)
	if err != nil {
		return fmt.Errorf("end run: %w", err)
	}
	if ended == 0 {
		return ErrNotOurs
	}
	return nil
}

// Freshen gives Postgres new statistics after a write that made the old ones
// worthless. Without them queries are slow, not wrong, so a writer that does
// not own the tables may go without. It is for after Update, whose work is done.
func (s *Store) Freshen(ctx context.Context, result Result) {
	moved := len(result.Delta.Added) + len(result.Delta.Changed)
	if result.Outcome == record.Changed && moved > 100 && moved*2 > result.Delta.Baseline {
		_ = s.q.Analyze(ctx, s.pool)
	}
}

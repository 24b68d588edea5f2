package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/sethvargo/go-retry"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/outbox"
	"syncer/store/postgres"
	"syncer/store/record"
)

// Run is one execution for one list, begun and visible.
type Run struct {
	List    record.List
	Origin  record.Origin
	TakenAt time.Time
	// SparePages keeps the pages of a committed snapshot out of the database, for
	// lack of room; history is written as ever, and is not proven there.
	SparePages bool
	// Subscriptions get messages of what the run changes; none by default.
	Subscriptions []outbox.Subscription

	id      int64
	readBy  string         // what read its history so far (catalog.List)
	newest  catalog.Digest // of the newest committed snapshot when the run began; zero: none, or not known
	accepts *Decision      // set when the run brings a held snapshot into history
}

// Decision is who changes history by hand, and why. Both are kept.
type Decision struct{ Actor, Reason string }

const (
	// aheadAllowed is how far a host's clock may be ahead of the database's (see
	// RunBeginLive). A due time that is taken too early would be missing when it
	// really comes.
	aheadAllowed = time.Minute
	// answerWithin bounds how long a run waits for its beginning: a server that
	// does not answer is one that is away.
	answerWithin = 30 * time.Second
)

// BeginSync starts a live run, in one round trip: it registers the list if
// nobody has, and takes the run's moment, which is the database's clock and
// later than any moment of the list. due is the un-jittered due time, nil for a
// run that a person started. ErrTaken, ErrSkipped, ErrEarly, ErrRule and
// ErrClock are decisions; ErrNotBegun means that the database could not be asked.
func (s *Store) BeginSync(ctx context.Context, list record.List, due *time.Time) (Run, error) {
	read, err := record.SettingsJSON(list.List)
	if err != nil {
		return Run{}, err
	}
	params := sqlcgen.RunBeginLiveParams{
		Provider: list.Provider, Source: list.ID.Source, List: list.ID.Name, Kind: string(list.Kind), Settings: read,
		ConfirmSnapshots: postgres.Count(list.Rule.Snapshots), ConfirmFor: list.Rule.For,
		DoubtSnapshots: postgres.Count(list.Doubt.Snapshots), DoubtFor: list.Doubt.For,
		DecoderVersion: list.ReadBy(), StaleAfter: postgres.NullDuration(list.StaleAfter), DueAt: due,
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var row sqlcgen.RunBeginLiveRow
	err = postgres.Retry(ctx, func() error {
		return postgres.OnAnyConnection(ctx, func(ctx context.Context) error {
			row, err = s.q.RunBeginLive(ctx, s.pool, params)
			return err
		})
	})
	if err != nil {
		return Run{}, fmt.Errorf("%s: %w: %w", list.ID, ErrNotBegun, err)
	}
	run, err := begun(list, due, row)
	if errors.Is(err, ErrRule) { // recorded, so that the list is seen to have failed
		class, text := "absence", err.Error()
		if recordErr := s.q.RunRefuse(ctx, s.pool, sqlcgen.RunRefuseParams{ListID: row.ListID, ErrorClass: &class, ErrorText: &text}); recordErr != nil {
			err = errors.Join(err, fmt.Errorf("record the refusal: %w", recordErr))
		}
		return Run{}, err
	}
	return run, err
}

// begun says what became of the beginning of a live run.
func begun(list record.List, due *time.Time, row sqlcgen.RunBeginLiveRow) (Run, error) {
	list.RowID = row.ListID
	disagrees := mustAgree(list, judgement(row.ConfirmSnapshots, row.ConfirmFor, row.DoubtSnapshots, row.DoubtFor))
	switch {
	case row.RunID == 0 && due != nil && due.After(row.Now.Add(aheadAllowed)):
		return Run{}, fmt.Errorf("%s: %w: the due time is %s, the database's clock shows %s", list.ID, ErrEarly,
			due.UTC().Format(time.RFC3339), row.Now.UTC().Format(time.RFC3339))
	case disagrees != nil:
		return Run{}, disagrees
	case row.Outcome == string(record.Skipped):
		return Run{}, fmt.Errorf("%s: %w", list.ID, ErrSkipped)
	case row.RunID == 0:
		return Run{}, fmt.Errorf("%s: %w", list.ID, ErrTaken)
	}
	run := Run{List: list, Origin: record.Sync, TakenAt: row.TakenAt.UTC(), id: row.RunID, readBy: row.DecoderVersion}
	if len(row.NewestDigest) == len(run.newest) {
		run.newest = catalog.Digest(row.NewestDigest)
	}
	if err := run.mustKnow(); err != nil {
		return run, err
	}
	if row.Ahead {
		return run, fmt.Errorf("%s: %w: %s", list.ID, ErrClock, run.TakenAt.Format(time.RFC3339))
	}
	return run, nil
}

// BeginAt starts a run for a snapshot whose moment is known: an archive's, or
// the simulated world's.
func (s *Store) BeginAt(ctx context.Context, list record.List, origin record.Origin, takenAt time.Time) (Run, error) {
	run, err := s.begin(ctx, list, sqlcgen.RunBeginParams{Kind: string(origin)})
	run.Origin, run.TakenAt = origin, takenAt.UTC().Truncate(time.Microsecond)
	return run, err
}

// beginBy starts a run that a person asked for.
func (s *Store) beginBy(ctx context.Context, list record.List, kind string, decision Decision) (Run, error) {
	return s.begin(ctx, list, sqlcgen.RunBeginParams{Kind: kind, Actor: &decision.Actor, Reason: &decision.Reason})
}

func (s *Store) begin(ctx context.Context, list record.List, params sqlcgen.RunBeginParams) (Run, error) {
	if err := s.abandonSilent(ctx); err != nil {
		return Run{}, fmt.Errorf("%s: %w", list.ID, err)
	}
	params.ListID = list.RowID
	row, err := s.q.RunBegin(ctx, s.pool, params)
	if errors.Is(err, pgx.ErrNoRows) {
		return Run{}, fmt.Errorf("%s: %w", list.ID, ErrTaken)
	}
	if err != nil {
		return Run{}, fmt.Errorf("%s: begin run: %w", list.ID, err)
	}
	run := Run{List: list, id: row.ID, readBy: row.DecoderVersion}
	return run, run.mustKnow()
}

// abandonSilent closes the runs whose processes died, of any list.
func (s *Store) abandonSilent(ctx context.Context) error {
	abandon := func() error { _, err := s.q.RunsAbandonSilent(ctx, s.pool); return err }
	if err := postgres.Retry(ctx, abandon); err != nil {
		return fmt.Errorf("close dead runs: %w", err)
	}
	return nil
}

// mustKnow wants history to be written by no newer decoder than this one.
func (r Run) mustKnow() error {
	read := catalog.DecoderOf(r.readBy)
	if read <= r.List.DecoderVersion {
		return nil
	}
	return fmt.Errorf("%s: %w: history was read by version %d, this is version %d", r.List.ID, ErrDecoderOld, read, r.List.DecoderVersion)
}

// Outdated reports that history was read by an older decoder than the list's, or
// with other attributes left out, and has to be rebuilt before anything is added to it.
func (r Run) Outdated() bool { return r.readBy != r.List.ReadBy() }

// ShowsNewest reports that a snapshot is what the newest committed one was when
// the run began, so that nothing of it is missing.
func (r Run) ShowsNewest(snapshot *snapshot.Snapshot) bool { return r.newest == snapshot.Digest() }

// lateAfter is what the row of a live snapshot says of the next one, which
// nobody expects of an archive.
func (r Run) lateAfter() *time.Time {
	if r.Origin != record.Sync || r.List.LateAfter == nil {
		return nil
	}
	return postgres.NullTime(r.List.LateAfter(r.TakenAt))
}

// Heartbeat says that the run is alive; ErrNotOurs when it was closed by
// others.
func (s *Store) Heartbeat(ctx context.Context, run Run) error {
	alive, err := s.q.RunHeartbeat(ctx, s.beats, sqlcgen.RunHeartbeatParams{ListID: run.List.RowID, ID: run.id})
	if err != nil {
		return fmt.Errorf("%s: heartbeat: %w", run.List.ID, err)
	}
	if alive == 0 {
		return fmt.Errorf("%s: %w", run.List.ID, ErrNotOurs)
	}
	return nil
}

// FirstOfDay reports that no other run of the list ended well before this one
// on this day, in UTC and by the database's clock: the time for what is done
// once a day.
func (s *Store) FirstOfDay(ctx context.Context, run Run) (bool, error) {
	first, err := s.q.RunFirstOfDay(ctx, s.pool, sqlcgen.RunFirstOfDayParams{ListID: run.List.RowID, ID: run.id})
	if err != nil {
		return false, fmt.Errorf("%s: find the run before: %w", run.List.ID, err)
	}
	return first, nil
}

// Failure is why a run failed, for the run's row.
type Failure struct {
	Class string // http, decode, incomplete, conflict, database, clock, canceled, internal
	Text  string
	Pages int
}

// failWithin bounds how long a failure may take to be recorded.
const failWithin = 10 * time.Second

// Fail records a failure, also when the run's own context is gone.
func (s *Store) Fail(ctx context.Context, run Run, failure Failure) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failWithin)
	defer cancel()
	_, err := s.q.RunFail(ctx, s.pool, sqlcgen.RunFailParams{
		ListID: run.List.RowID, ID: run.id, Pages: postgres.Count(failure.Pages), ErrorClass: &failure.Class, ErrorText: &failure.Text,
	})
	if err != nil {
		return fmt.Errorf("%s: record failure: %w", run.List.ID, err)
	}
	return nil
}

const (
	// commitUnknown is how long a write asks what became of a COMMIT without an
	// answer, and commitPoll how often.
	commitUnknown = 10 * time.Second
	commitPoll    = 100 * time.Millisecond
)

// committedAnyway asks what became of the run when the answer to COMMIT may
// have been lost, instead of writing twice. A COMMIT that is still on its way
// is waited for, and a server that does not answer is asked again.
func (s *Store) committedAnyway(ctx context.Context, run Run, err error) bool {
	if errors.Is(err, ErrNotOurs) || errors.Is(err, ErrExists) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitUnknown)
	defer cancel()
	var outcome string
	err = retry.Do(ctx, retry.NewConstant(commitPoll), func(ctx context.Context) (err error) {
		if outcome, err = s.q.RunOutcome(ctx, s.pool, sqlcgen.RunOutcomeParams{ListID: run.List.RowID, ID: run.id}); errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return retry.RetryableError(err)
	})
	return err == nil && record.Outcome(outcome).Committed()
}

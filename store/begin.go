package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// aheadAllowed is how far a host's clock may be ahead of the database's (see
// RunBeginLive). A due time that is taken too early would be missing when it
// really comes.
const aheadAllowed = time.Minute

// answerWithin bounds how long a run waits for its beginning: a server that does
// not answer is one that is away.
const answerWithin = 30 * time.Second

// BeginSync starts a live run, in one round trip: it registers the list if
// nobody has, and takes the run's moment, which is the database's clock and
// later than any moment of the list. due is the un-jittered due time, nil for a
// run that a person started. ErrTaken, ErrSkipped, ErrEarly, ErrRule and
// ErrClock are decisions; ErrNotBegun means that the database could not be asked.
func (s *Store) BeginSync(ctx context.Context, list List, due *time.Time) (Run, error) {
	params, err := liveParams(list, due)
	if err != nil {
		return Run{}, err
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
	if errors.Is(err, ErrRule) {
		return Run{}, errors.Join(err, s.refuse(ctx, row.ListID, err))
	}
	return run, err
}

func liveParams(list List, due *time.Time) (sqlcgen.RunBeginLiveParams, error) {
	read, err := settingsJSON(list.List)
	return sqlcgen.RunBeginLiveParams{
		Provider: list.Provider, Source: list.ID.Source, List: list.ID.Name, Kind: string(list.Kind), Settings: read,
		ConfirmSnapshots: postgres.Count(list.Rule.Snapshots), ConfirmFor: list.Rule.For,
		DecoderVersion: postgres.Version(list.DecoderVersion), StaleAfter: postgres.NullDuration(list.StaleAfter), DueAt: due,
	}, err
}

// begun says what became of the beginning of a run.
func begun(list List, due *time.Time, row sqlcgen.RunBeginLiveRow) (Run, error) {
	list.id = row.ListID
	disagrees := list.mustAgree(timeline.Rule{Snapshots: int(row.ConfirmSnapshots), For: row.ConfirmFor})
	switch {
	case row.RunID == 0 && due != nil && due.After(row.Now.Add(aheadAllowed)):
		return Run{}, fmt.Errorf("%s: %w: the due time is %s, the database's clock shows %s", list.ID, ErrEarly,
			due.UTC().Format(time.RFC3339), row.Now.UTC().Format(time.RFC3339))
	case disagrees != nil:
		return Run{}, disagrees
	case row.Outcome == "skipped":
		return Run{}, fmt.Errorf("%s: %w", list.ID, ErrSkipped)
	case row.RunID == 0:
		return Run{}, fmt.Errorf("%s: %w", list.ID, ErrTaken)
	}
	run := Run{List: list, Origin: Sync, TakenAt: row.TakenAt.UTC(), id: row.RunID, decoder: postgres.VersionNumber(row.DecoderVersion)}
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

// mustKnow wants history to be written by no newer decoder than this one.
func (r Run) mustKnow() error {
	if r.decoder <= r.List.DecoderVersion {
		return nil
	}
	return fmt.Errorf("%s: %w: history was read by version %d, this is version %d", r.List.ID, ErrDecoderOld, r.decoder, r.List.DecoderVersion)
}

// ShowsNewest reports that a snapshot is what the newest committed one was when
// the run began, so that nothing of it is missing.
func (r Run) ShowsNewest(snapshot *catalog.Snapshot) bool { return r.newest == snapshot.Digest() }

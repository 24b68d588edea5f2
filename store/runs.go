package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// List is a list as the database knows it.
type List struct {
	catalog.List
	ListSettings
	id int64 // 0 until it is registered
}

// Describe is a list that BeginSync may have to register yet.
func Describe(list catalog.List, settings ListSettings) List {
	return List{List: list, ListSettings: settings}
}

// ListSettings are what an operator configures for a list and the database
// keeps.
type ListSettings struct {
	Rule       timeline.Rule
	StaleAfter time.Duration // 0: LateAfter tells
	// LateAfter tells after which moment a snapshot is too old to be the newest;
	// the zero moment, or nil: never.
	LateAfter func(newest time.Time) time.Time
}

// EnsureList registers a list, or finds it. A rule of absence that differs
// from the stored one is an error, for history was written by the stored one.
func (s *Store) EnsureList(ctx context.Context, list catalog.List, settings ListSettings) (List, error) {
	read, err := settingsJSON(list)
	if err != nil {
		return List{}, err
	}
	row, err := s.q.ListEnsure(ctx, s.pool, sqlcgen.ListEnsureParams{
		Provider: list.Provider, Source: list.ID.Source, List: list.ID.Name, Kind: string(list.Kind), Settings: read,
		ConfirmSnapshots: int32(settings.Rule.Snapshots), ConfirmFor: settings.Rule.For, //nolint:gosec // validated small
		DecoderVersion: postgres.Version(list.DecoderVersion), StaleAfter: postgres.NullDuration(settings.StaleAfter),
	})
	if err != nil {
		return List{}, fmt.Errorf("%s: register list: %w", list.ID, err)
	}
	known := List{List: list, ListSettings: settings, id: row.ID}
	if err := known.mustAgree(timeline.Rule{Snapshots: int(row.ConfirmSnapshots), For: row.ConfirmFor}); err != nil {
		return List{}, err
	}
	return known, s.abandonStale(ctx, known) // also where nothing new is begun
}

func settingsJSON(list catalog.List) (json.RawMessage, error) {
	text, err := json.Marshal(list.Settings)
	if err != nil {
		return nil, fmt.Errorf("%s: settings: %w", list.ID, err)
	}
	if list.Settings == nil {
		return json.RawMessage("{}"), nil
	}
	return text, nil
}

// Run is one execution for one list, begun and visible.
type Run struct {
	List    List
	Origin  Origin
	TakenAt time.Time
	// SparePages keeps the pages of a committed snapshot out of the database, for
	// lack of room; history is written as ever, and is not proven there.
	SparePages bool
	// Subscriptions are who is told of what the run changes; none by default.
	Subscriptions []Subscription

	id      int64
	decoder int            // the version by which history was read so far
	newest  catalog.Digest // of the newest committed snapshot when the run began; zero: none, or not known
	accepts *Decision      // set when the run brings a held snapshot into history
}

// lateAfter is what the row of a live snapshot says of the next one, which
// nobody expects of an archive.
func (r Run) lateAfter() *time.Time {
	if r.Origin != Sync || r.List.LateAfter == nil {
		return nil
	}
	late := r.List.LateAfter(r.TakenAt)
	if late.IsZero() {
		return nil
	}
	return &late
}

// Origin says how a snapshot came.
type Origin string

// Live walks and archives.
const (
	Sync     Origin = "sync"
	Backfill Origin = "backfill"
)

// BeginAt starts a run for a snapshot whose moment is known: an archive's, or
// the simulated world's.
func (s *Store) BeginAt(ctx context.Context, list List, origin Origin, takenAt time.Time) (Run, error) {
	run, err := s.begin(ctx, list, origin, nil)
	run.TakenAt = takenAt.UTC().Truncate(time.Microsecond)
	return run, err
}

func (s *Store) begin(ctx context.Context, list List, origin Origin, due *time.Time) (Run, error) {
	run, err := s.beginRun(ctx, list, sqlcgen.RunBeginParams{Kind: string(origin), DueAt: due})
	run.Origin = origin
	return run, err
}

// beginBy starts a run that a person asked for.
func (s *Store) beginBy(ctx context.Context, list List, kind string, decision Decision) (Run, error) {
	return s.beginRun(ctx, list, sqlcgen.RunBeginParams{Kind: kind, Actor: &decision.Actor, Reason: &decision.Reason})
}

func (s *Store) beginRun(ctx context.Context, list List, params sqlcgen.RunBeginParams) (Run, error) {
	if err := s.abandonStale(ctx, list); err != nil {
		return Run{}, err
	}
	params.ListID = list.id
	begun, err := s.q.RunBegin(ctx, s.pool, params)
	if errors.Is(err, pgx.ErrNoRows) {
		return Run{}, fmt.Errorf("%s: %w", list.ID, ErrTaken)
	}
	if err != nil {
		return Run{}, fmt.Errorf("%s: begin run: %w", list.ID, err)
	}
	run := Run{List: list, id: begun.ID, decoder: postgres.VersionNumber(begun.DecoderVersion)}
	return run, run.mustKnow()
}

// abandonStale closes the runs of a list whose processes died.
func (s *Store) abandonStale(ctx context.Context, list List) error {
	abandon := func() error { _, err := s.q.RunAbandonStale(ctx, s.pool, list.id); return err }
	if err := postgres.Retry(ctx, abandon); err != nil { // two may close the same dead runs at once
		return fmt.Errorf("%s: close dead runs: %w", list.ID, err)
	}
	return nil
}

// Outdated reports that history was written by an older decoder than the
// list's, and has to be rebuilt before anything is added to it.
func (r Run) Outdated() bool { return r.decoder < r.List.DecoderVersion }

// Heartbeat tells that the run is alive; ErrNotOurs when it was closed by
// others.
func (s *Store) Heartbeat(ctx context.Context, run Run) error {
	alive, err := s.q.RunHeartbeat(ctx, s.beats, sqlcgen.RunHeartbeatParams{ListID: run.List.id, ID: run.id})
	if err != nil {
		return fmt.Errorf("%s: heartbeat: %w", run.List.ID, err)
	}
	if alive == 0 {
		return fmt.Errorf("%s: %w", run.List.ID, ErrNotOurs)
	}
	return nil
}

// Failure is why a run failed, for the run's row.
type Failure struct {
	Class string // http, decode, incomplete, conflict, database, clock, canceled, internal
	Text  string
	Pages int
}

// Fail records a failure, also when the run's own context is gone.
func (s *Store) Fail(ctx context.Context, run Run, failure Failure) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, err := s.q.RunFail(ctx, s.pool, sqlcgen.RunFailParams{
		ListID: run.List.id, ID: run.id, Pages: int32(failure.Pages), //nolint:gosec // bounded by catalog.MaxPages
		ErrorClass: &failure.Class, ErrorText: &failure.Text,
	})
	if err != nil {
		return fmt.Errorf("%s: record failure: %w", run.List.ID, err)
	}
	return nil
}

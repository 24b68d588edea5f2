package store

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/store/postgres"
	"syncer/store/schema"
)

// Ready says whether the database answers and has the schema of this binary;
// see schema.Check.
func (s *Store) Ready(ctx context.Context) error { return schema.Check(ctx, s.pool) }

// ListFigures are what waits in a list, is missing or came back too soon.
type ListFigures struct {
	List    catalog.ListID
	Held    int // snapshots that wait for a decision
	Missing int // entries that the newest snapshots lack, not yet delisted
	Flaps   int // absences that ended before they were believed, ever
}

// Figures returns the figures of every list, by source and list.
func (s *Store) Figures(ctx context.Context) ([]ListFigures, error) {
	rows, err := s.q.MonitorLists(ctx, s.pool)
	if err != nil {
		return nil, fmt.Errorf("read figures of lists: %w", err)
	}
	all := make([]ListFigures, len(rows))
	for i, r := range rows {
		all[i] = ListFigures{List: catalog.ListID{Source: r.Source, Name: r.List}, Held: int(r.Held), Missing: int(r.Missing), Flaps: int(r.Flaps)}
	}
	return all, nil
}

// Hold is a snapshot that waits for a decision, without its delta.
type Hold struct {
	List    catalog.ListID
	TakenAt time.Time // UTC
	Entries int
	HeldFor string // the guard's reason
}

// Waiting returns the newest held snapshot of each list, the newest first; at
// most most.
func (s *Store) Waiting(ctx context.Context, most int) ([]Hold, error) {
	rows, err := s.q.MonitorHeld(ctx, s.pool, postgres.Count(most))
	if err != nil {
		return nil, fmt.Errorf("read held snapshots: %w", err)
	}
	all := make([]Hold, len(rows))
	for i, r := range rows {
		all[i] = Hold{List: catalog.ListID{Source: r.Source, Name: r.List}, TakenAt: r.TakenAt.UTC(), Entries: int(r.Entries), HeldFor: r.HeldFor}
	}
	return all, nil
}

// PoolFigures are what the connections to the database are doing.
type PoolFigures struct {
	Max, Open, Idle, InUse int
	// Acquired and Waited count since the program began: connections that were
	// asked for, and those that had to be waited for.
	Acquired, Waited int64
	WaitedFor        time.Duration // all waits together
}

// Pool returns what the connections are doing now.
func (s *Store) Pool() PoolFigures {
	stat := s.pool.Stat()
	return PoolFigures{
		Max: int(stat.MaxConns()), Open: int(stat.TotalConns()), Idle: int(stat.IdleConns()), InUse: int(stat.AcquiredConns()),
		Acquired: stat.AcquireCount(), Waited: stat.EmptyAcquireCount(), WaitedFor: stat.EmptyAcquireWaitTime(),
	}
}

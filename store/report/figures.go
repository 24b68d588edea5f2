package report

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
)

// ListFigures are what waits in a list, is missing or came back too soon.
type ListFigures struct {
	List    catalog.ListID
	Held    int // snapshots that wait for a decision
	Missing int // entries that the newest snapshots lack, not yet delisted
	Flaps   int // absences that ended before they were believed, ever
	// Retractions are snapshots, and entries in one, that a person took back.
	Retractions int
}

// Figures returns the figures of every list, by source and list.
func (r *Reader) Figures(ctx context.Context) ([]ListFigures, error) {
	rows, err := r.q.MonitorLists(ctx, r.pool)
	if err != nil {
		return nil, fmt.Errorf("read figures of lists: %w", err)
	}
	all := make([]ListFigures, len(rows))
	for i, row := range rows {
		all[i] = ListFigures{List: catalog.ListID{Source: row.Source, Name: row.List}, Held: int(row.Held), Missing: int(row.Missing), Flaps: int(row.Flaps), Retractions: int(row.Retractions)}
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
func (r *Reader) Pool() PoolFigures {
	stat := r.pool.Stat()
	return PoolFigures{
		Max: int(stat.MaxConns()), Open: int(stat.TotalConns()), Idle: int(stat.IdleConns()), InUse: int(stat.AcquiredConns()),
		Acquired: stat.AcquireCount(), Waited: stat.EmptyAcquireCount(), WaitedFor: stat.EmptyAcquireWaitTime(),
	}
}

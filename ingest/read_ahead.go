package ingest

import (
	"context"
	"iter"

	"syncer/snapshot"
)

// Collected is a dated snapshot read from somewhere, or why there is none.
type Collected[T any] struct {
	From     T
	Snapshot *snapshot.Snapshot
	Err      error
}

// Ahead reads snapshots one ahead of the caller, so that the next is decoded
// while the database takes the last. read gets the snapshot before, which
// its own is expected to resemble; nil for none. It ends with the loop or the
// context.
func Ahead[T any](ctx context.Context, from []T, read func(before *snapshot.Snapshot, from T) (*snapshot.Snapshot, error)) iter.Seq[Collected[T]] {
	return func(yield func(Collected[T]) bool) {
		ctx, cancel := context.WithCancel(ctx)
		ready := make(chan Collected[T])
		go readAll(ctx, from, read, ready)
		defer func() {
			cancel()
			for range ready { // the reader notices and ends
			}
		}()
		for collected := range ready {
			if !yield(collected) {
				return
			}
		}
	}
}

func readAll[T any](ctx context.Context, from []T, read func(*snapshot.Snapshot, T) (*snapshot.Snapshot, error), ready chan<- Collected[T]) {
	defer close(ready)
	var last *snapshot.Snapshot
	for _, item := range from {
		snapshot, err := read(last, item)
		if err == nil {
			last = snapshot
		}
		select {
		case ready <- Collected[T]{item, snapshot, err}:
		case <-ctx.Done():
			return
		}
	}
}

package ingest

import (
	"context"
	"errors"
	"time"

	"syncer/store"
)

// beatEvery is how often a run says that it is alive; after a minute of silence it
// counts as dead.
const beatEvery = 10 * time.Second

// beat keeps a run alive while it works and cancels it when it is no longer
// ours.
func (r *Runner) beat(ctx context.Context, run store.Run) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	ticker := time.NewTicker(beatEvery)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if err := r.heartbeat(ctx, run); errors.Is(err, store.ErrNotOurs) {
					cancel(err)
				}
			}
		}
	}()
	return ctx, func() {
		ticker.Stop()
		cancel(nil)
		<-done
	}
}

// heartbeat says that a run is alive, and logs when that fails.
func (r *Runner) heartbeat(ctx context.Context, run store.Run) error {
	ctx, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	err := r.Store.Heartbeat(ctx, run)
	if err != nil && !errors.Is(err, store.ErrNotOurs) && !errors.Is(err, context.Canceled) {
		r.Log.WarnContext(ctx, "no heartbeat", "list", run.List.ID.String(), "err", err)
	}
	return err
}

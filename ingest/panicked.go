package ingest

import (
	"context"
	"fmt"
	"runtime/debug"

	"syncer/store"
)

// classInternal is the class of a failure that is a mistake of ours.
const classInternal = "internal"

// panicked turns a panic into a failed run. Its stack goes to the log alone:
// the run's row says where the list stands, not where the code does.
func (r *Runner) panicked(ctx context.Context, run store.Run, reason any) error {
	r.Log.ErrorContext(ctx, "panic", "list", run.List.ID.String(), "reason", fmt.Sprint(reason), "stack", string(debug.Stack()))
	return r.failed(ctx, run, store.Failure{Class: classInternal}, fmt.Errorf("%s: panic: %v", run.List.ID, reason))
}

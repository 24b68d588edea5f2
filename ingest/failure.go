package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"syncer/catalog"
	"syncer/store"
	"syncer/store/postgres"
)

// Classes of failures whose errors name none: by the phase of the run.
const (
	classFetch    = "fetch"
	classDatabase = "database"
	classDecode   = "decode"
	classRebuild  = "rebuild"
	classInternal = "internal" // a mistake of ours
)

// classOf names the kind of a failure for the run's row and for metrics.
// Fetchers' errors know their own: unauthorized, rate_limited, html...
func classOf(err error, phase string) string {
	var decode *catalog.DecodeError
	var classed interface{ ErrorClass() string }
	switch {
	case errors.Is(err, store.ErrClock):
		return "clock"
	case errors.Is(err, store.ErrExists):
		return "exists"
	case postgres.DiskFull(err):
		return "disk_full"
	case errors.Is(err, context.Canceled): // a time limit that ran out has a class of its own
		return "canceled"
	case errors.Is(err, catalog.ErrIncomplete), errors.Is(err, catalog.ErrRepeated):
		return "incomplete"
	case errors.Is(err, catalog.ErrConflict):
		return "conflict"
	case errors.As(err, &decode):
		return classDecode
	case errors.As(err, &classed):
		return classed.ErrorClass()
	}
	return phase
}

// failed records a failure and returns it; its class is the error's own if it
// has one. A run that others closed has its record already.
func (r *Runner) failed(ctx context.Context, run store.Run, failure store.Failure, err error) error {
	if run.List.ID == (catalog.ListID{}) || errors.Is(err, store.ErrNotOurs) {
		return err
	}
	if postgres.DiskFull(err) {
		err = fmt.Errorf("the database's disk is full, nothing was written, and the next run needs no repair: make room there: %w", err)
	}
	failure.Class, failure.Text = classOf(err, failure.Class), err.Error()
	if recordErr := r.Store.Fail(ctx, run, failure); recordErr != nil {
		return errors.Join(err, recordErr)
	}
	return err
}

// panicked turns a panic into a failed run. Its stack goes to the log alone:
// the run's row says where the list stands, not where the code does.
func (r *Runner) panicked(ctx context.Context, run store.Run, reason any) error {
	r.Log.ErrorContext(ctx, "panic", "list", run.List.ID.String(), "reason", fmt.Sprint(reason), "stack", string(debug.Stack()))
	return r.failed(ctx, run, store.Failure{Class: classInternal}, fmt.Errorf("%s: panic: %v", run.List.ID, reason))
}

package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/ingest"
	"syncer/schedule"
	"syncer/store"
	"syncer/store/postgres"
	"syncer/timeline"
)

// errStopping ends what was only waiting for its turn when the daemon stops.
var errStopping = errors.New("the daemon stops")

// jobs are the scheduled lists, each with its newest due time that was taken.
// It is an error when no run could be made of one, for its rule of absence.
func (d *daemon) jobs(ctx context.Context, p *pipeline.Pipeline) ([]schedule.Job, error) {
	scheduled := p.Config.Scheduled()
	if err := p.Runner.Store.RulesAgree(ctx, timeline.Judgement{Absence: p.Config.Absence.Rule(), Doubt: p.Config.Doubt.Rule()}, config.IDs(scheduled)); err != nil {
		return nil, err
	}
	if _, err := p.Runner.Store.LeftBehind(ctx, config.IDs(scheduled)); err != nil { // so that they count as missed
		return nil, err
	}
	jobs := make([]schedule.Job, len(scheduled))
	for i, list := range scheduled {
		last, err := p.Runner.Store.LastDue(ctx, list.ID)
		if err != nil {
			return nil, err
		}
		name := list.ID.String()
		jobs[i] = schedule.Job{
			Name: name, Schedule: list.Times, Jitter: schedule.Jitter(name, list.Jitter), Last: last,
			Run: func(ctx context.Context, due time.Time) { d.run(ctx, p, list, due) },
		}
	}
	return jobs, nil
}

// run reads a list for its due time. One that another daemon has is no
// failure, and a run that was taken from this one is no news to anybody else.
func (d *daemon) run(ctx context.Context, p *pipeline.Pipeline, list config.List, due time.Time) {
	err := d.attempt(ctx, p, list, due)
	if err == nil || errors.Is(err, store.ErrTaken) || errors.Is(err, errStopping) {
		return
	}
	level := slog.LevelError
	if errors.Is(err, store.ErrNotOurs) {
		level = slog.LevelWarn
	}
	d.Log.Log(ctx, level, "run failed", "list", list.ID.String(), "due", due.Format(time.RFC3339), "err", err)
}

func (d *daemon) attempt(ctx context.Context, p *pipeline.Pipeline, list config.List, due time.Time) error {
	leave, err := d.turns.wait(d.ctx, list.ID.Source)
	if err != nil {
		return err
	}
	defer leave()
	for {
		begun := d.Now()
		report, err := d.sync(ctx, p, list, due)
		switch {
		case errors.Is(err, store.ErrNotBegun) && postgres.Away(err):
			d.outage.begin(err)
			if err := d.reach(p); err != nil {
				return err
			}
			continue
		case errors.Is(err, store.ErrSkipped):
			d.reportSkipped(store.Due{List: list.ID, At: due}, store.StillRead)
			return nil
		}
		d.outage.end()
		d.monitor.Ran(list.ID, report, d.Now().Sub(begun), err)
		return err
	}
}

func (d *daemon) sync(ctx context.Context, p *pipeline.Pipeline, list config.List, due time.Time) (ingest.Report, error) {
	fetcher, err := p.Fetcher(list)
	if err != nil {
		return ingest.Report{}, err
	}
	return p.Runner.Sync(ctx, p.Describe(list, fetcher.List()), fetcher, &due)
}

// skipped records a due time that came while its list was still being read
// here, or waited to be.
func (d *daemon) skipped(ctx context.Context, name string, due, running time.Time) {
	list, err := catalog.ParseListID(name)
	if err != nil { // the scheduler's names are lists
		d.Log.Error("skipped due time not recorded", "list", name, "err", err)
		return
	}
	why := ""
	if !d.outage.since().IsZero() { // when it is back, others say what is so then
		why = store.WaitedForDatabase
	}
	skipped, err := d.skip(ctx, store.Due{List: list, At: due}, running, why)
	switch {
	case err != nil:
		d.outage.begin(err)
	case !skipped: // the run ended meanwhile, or somebody else has the due time: who begins it finds out
		d.scheduler.Again(name, due)
	}
}

// skip records a due time as skipped, unless the list is idle or somebody has
// the due time.
func (d *daemon) skip(ctx context.Context, due store.Due, waiting time.Time, why string) (bool, error) {
	reason, err := d.inUse().Runner.Store.Skip(ctx, due, waiting, why)
	if reason == "" {
		return false, err
	}
	d.reportSkipped(due, reason)
	return true, err
}

// reportSkipped warns of a list whose reading takes longer than its interval. One
// that only waited is no news: what it waited for is logged.
func (d *daemon) reportSkipped(due store.Due, why string) {
	d.monitor.Skipped(due.List)
	level := slog.LevelInfo
	if why == store.StillRead {
		level = slog.LevelWarn
	}
	d.Log.Log(d.ctx, level, "due time skipped", "list", due.List.String(), "due", due.At.Format(time.RFC3339), "why", why)
}

// panicked logs a panic outside of a run; one within is the run's failure.
func (d *daemon) panicked(name string, due time.Time, reason any, stack []byte) {
	d.monitor.Panicked(name)
	d.Log.Error("panic", "list", name, "due", due.Format(time.RFC3339), "reason", fmt.Sprint(reason), "stack", string(stack))
}

// takeUpEvery is how often due times of dead daemons are looked for. It shares no
// divisor with what schedules are made of: were a list always being read at the
// moment of the look, its due time would wait for ever.
const takeUpEvery = 7 * time.Second

// takeUp starts the due times that other daemons left behind.
func (d *daemon) takeUp() {
	for _, due := range d.leftBehind() {
		d.Log.Warn("a daemon died or froze: its due time is taken up again", "list", due.List.String(), "due", due.At.Format(time.RFC3339))
		d.scheduler.Again(due.List.String(), due.At)
	}
}

func (d *daemon) leftBehind() []store.Due {
	ctx, cancel := context.WithTimeout(d.ctx, answerWithin)
	defer cancel()
	p := d.inUse()
	found, err := p.Runner.Store.LeftBehind(ctx, config.IDs(p.Config.Scheduled()))
	switch {
	case err == nil:
		d.outage.end()
	case d.ctx.Err() == nil:
		d.outage.begin(err)
	}
	return found
}

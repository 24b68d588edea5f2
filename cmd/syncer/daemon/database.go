package daemon

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/sethvargo/go-retry"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/schedule"
	"syncer/store/postgres"
	"syncer/store/schema"
)

// outage remembers that the database does not answer, or refuses, and logs it once
// a minute at most, however many ask.
type outage struct {
	now func() time.Time
	log *slog.Logger

	mutex         sync.Mutex
	from, lastLog time.Time
}

// begin notes that the database did not answer, or refused.
func (o *outage) begin(err error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	now := o.now()
	if o.from.IsZero() {
		o.from = now
	}
	if now.Sub(o.lastLog).Abs() >= time.Minute {
		o.lastLog = now
		o.log.Warn("the database is away; waiting for it", "since", o.from.UTC().Format(time.RFC3339), "err", err)
	}
}

// end notes that it answers and takes writes.
func (o *outage) end() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if !o.from.IsZero() {
		o.log.Info("the database is back", "was_away", o.now().Sub(o.from).Round(time.Second).String())
	}
	o.from = time.Time{}
}

// since is when the database was last seen to go; zero while it answers.
func (o *outage) since() time.Time {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.from
}

// pauses are how long to wait before each further try: from a second to half a
// minute.
func pauses() retry.Backoff {
	return retry.WithCappedDuration(30*time.Second, retry.NewExponential(time.Second))
}

// open opens the database with the jobs of its lists, and waits for it as long as
// waiting may help.
func (d *daemon) open(loaded *config.Config) (p *pipeline.Pipeline, jobs []schedule.Job, err error) {
	err = retry.Do(d.ctx, pauses(), func(ctx context.Context) error {
		p, jobs, err = d.openOnce(ctx, loaded)
		switch {
		case err == nil:
			d.outage.end()
			return nil
		case !postgres.Away(err):
			return err
		}
		d.outage.begin(err)
		d.systemd.status(statusText(nil, d.outage.since()))
		return retry.RetryableError(err)
	})
	return p, jobs, err
}

func (d *daemon) openOnce(ctx context.Context, loaded *config.Config) (*pipeline.Pipeline, []schedule.Job, error) {
	p, err := pipeline.OpenToLoad(ctx, loaded, d.environment())
	if d.Migrate && (errors.Is(err, schema.ErrOld) || errors.Is(err, schema.ErrViews)) {
		if err = d.bringUp(loaded); err == nil {
			p, err = pipeline.OpenToLoad(ctx, loaded, d.environment())
		}
	}
	if err != nil {
		return nil, nil, err
	}
	jobs, err := d.jobs(ctx, p)
	if err != nil {
		return nil, nil, errors.Join(err, p.Close())
	}
	return p, jobs, nil
}

// answerWithin bounds one question whether the database is there.
const answerWithin = 10 * time.Second

// reach waits until the database answers and takes writes; it is errStopping when
// the daemon is to stop first. It begins with a pause: where only some connections
// are refused, what waits would be tried again and again without any.
func (d *daemon) reach(p *pipeline.Pipeline) error {
	for waits := pauses(); ; {
		wait, _ := waits.Next() // it never ends
		select {
		case <-d.ctx.Done():
			return errStopping
		case <-time.After(wait):
		}
		ctx, cancel := context.WithTimeout(d.ctx, answerWithin)
		err := p.Runner.Store.Writable(ctx)
		cancel()
		switch {
		case err == nil:
			d.outage.end()
			return nil
		case d.ctx.Err() == nil:
			d.outage.begin(err)
		}
	}
}

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
	"syncer/store/postgres"
	"syncer/store/schema"
)

// outage remembers that the database does not answer, and logs it once a minute
// at most, however many ask.
type outage struct {
	now func() time.Time
	log *slog.Logger

	mutex         sync.Mutex
	from, lastLog time.Time
}

// begin notes that the database did not answer.
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

// end notes that it answers.
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

// open opens the database, and waits for it as long as waiting may help.
func (d *daemon) open(loaded *config.Config) (*pipeline.Pipeline, error) {
	return retry.DoValue(d.ctx, pauses(), func(ctx context.Context) (*pipeline.Pipeline, error) {
		p, err := pipeline.OpenToLoad(ctx, loaded, d.environment())
		if d.Migrate && (errors.Is(err, schema.ErrOld) || errors.Is(err, schema.ErrViews)) {
			if err = d.bringUp(loaded); err == nil {
				p, err = pipeline.OpenToLoad(ctx, loaded, d.environment())
			}
		}
		switch {
		case err == nil:
			d.outage.end()
			return p, nil
		case !postgres.Away(err):
			return nil, err
		}
		d.outage.begin(err)
		d.systemd.status(statusText(nil, d.outage.since()))
		return nil, retry.RetryableError(err)
	})
}

// answerWithin bounds one question whether the database is there.
const answerWithin = 10 * time.Second

// reach waits until the database answers; it is errStopping when the daemon is
// to stop first.
func (d *daemon) reach(p *pipeline.Pipeline) error {
	err := retry.Do(d.ctx, pauses(), func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		_, err := p.Runner.Store.Time(ctx)
		switch {
		case err == nil:
			d.outage.end()
		case d.ctx.Err() == nil:
			d.outage.begin(err)
		}
		return retry.RetryableError(err)
	})
	if err != nil { // nothing but the end of the daemon ends the tries
		return errStopping
	}
	return nil
}

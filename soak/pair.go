package main

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// pair is two databases, one of which is disturbed, and what is done to it.
type pair struct {
	*stage
	*databases
}

func (s *stage) begin(ctx context.Context) (*pair, error) {
	s.pairs++
	both, err := openDatabases(ctx, s.server, s.template, fmt.Sprintf("%s_%d", s.prefix, s.pairs), s.worlds)
	if err != nil {
		return nil, err
	}
	return &pair{stage: s, databases: both}, nil
}

func (p *pair) end(ctx context.Context) error { return p.drop(ctx, p.server) }

// named is the database's address with a name for its connections.
func (p *pair) named(name string) (string, error) {
	at, err := url.Parse(p.url)
	if err != nil {
		return "", err
	}
	query := at.Query()
	query.Set("application_name", name)
	at.RawQuery = query.Encode()
	return at.String(), nil
}

// answers wants processes to have reported the truth: as many successes as runs
// that committed. A killed process reported nothing.
func (p *pair) answers(ctx context.Context, before int64, all ...*process) error {
	reported, silent := 0, false
	for _, v := range all {
		if v.dead() {
			silent = true
			continue
		}
		n, err := v.successes()
		if err != nil {
			return err
		}
		reported += n
	}
	wrote, err := ask[int](ctx, p.pool, "SELECT count(*) FROM runs WHERE id > $1 AND outcome IN ('changed', 'unchanged', 'held')", before)
	if err != nil {
		return err
	}
	if wrote < reported || wrote > reported && !silent {
		return violated("%d runs committed, and %d successes were reported: %v", wrote, reported, all)
	}
	return nil
}

// landed reports that a killed process left a run `running`, once its
// connections are gone and nothing of it is on its way any more.
func (p *pair) landed(ctx context.Context, v *process, name string, before int64) (bool, error) {
	if err := p.gone(ctx, name); err != nil {
		return false, err
	}
	n, err := ask[int](ctx, p.pool, "SELECT count(*) FROM runs WHERE id > $1 AND outcome = 'running'", before)
	return v.dead() && n > 0, err
}

// gone waits until the server has noticed that a process is dead.
func (p *pair) gone(ctx context.Context, name string) error {
	for began := time.Now(); time.Since(began) < patience; time.Sleep(5 * time.Millisecond) {
		n, err := ask[int](ctx, p.pool, "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", name)
		if err != nil || n == 0 {
			return err
		}
	}
	return violated("the backends of a dead process do not end")
}

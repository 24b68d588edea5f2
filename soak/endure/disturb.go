package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// calmWithin is how long the daemon may take, without faults, to read every
// list once more: nothing but a machine with other work makes it long.
const calmWithin = 10 * time.Minute

// stage is where the daemon endures.
type stage struct {
	options
	program  program
	database string // its address
	out      io.Writer

	pool   *pgxpool.Pool // to look
	worlds *worlds
}

// clock knows which days of the simulated world may have been shown when. The
// world began between two moments.
type clock struct {
	begunAfter, begunBefore time.Time
	day                     time.Duration
	stoodStill              time.Time // from when on the last day is shown
}

// days are the first and the last day that may have been shown in a time.
func (c clock) days(from, to time.Time) (first, last int) {
	first, last = int(from.Sub(c.begunBefore)/c.day), int(to.Sub(c.begunAfter)/c.day)
	if !c.stoodStill.IsZero() && !to.Before(c.stoodStill) {
		last = lastDay
	}
	if !c.stoodStill.IsZero() && !from.Before(c.stoodStill) {
		first = lastDay
	}
	return max(0, min(first, lastDay)), max(0, min(last, lastDay))
}

// disturb lets the daemon run while faults go on, then without, and judges.
func (s *stage) disturb(ctx context.Context) (err error) {
	if s.worlds, err = newWorlds(ctx, s.seed, s.products); err != nil {
		return err
	}
	if s.pool, err = openPool(ctx, s.database); err != nil {
		return err
	}
	defer s.pool.Close()
	listen, err := s.configure(ctx)
	if err != nil {
		return err
	}
	var c clock
	providers, port, found, err := s.begin(ctx, &c)
	if err != nil {
		return err
	}
	defer func() { providers.kill() }()
	variables := append(found.variables(), "DATABASE_URL="+s.database)
	daemon, err := s.program.start(ctx, variables, io.Discard, "serve", "-c", "endure.yaml")
	if err != nil {
		return err
	}
	defer daemon.kill()
	watch := watching(s, daemon, "http://"+listen)
	if err := watch.until(ctx, time.Now().Add(s.lasts)); err != nil {
		return err
	}
	for watch.fewest() < leastSamples { // a machine with other work takes its time
		if err := watch.until(ctx, time.Now().Add(s.every)); err != nil {
			return err
		}
	}
	if err := providers.stop(); err != nil {
		return err
	}
	if providers, _, err = s.program.simulate(ctx, port, s.world("--world", fmt.Sprint(lastDay/7))...); err != nil {
		return err
	}
	_, day := c.days(c.begunAfter, time.Now())
	c.stoodStill = time.Now()
	if err := errors.Join(s.calm(ctx, watch, c.stoodStill), daemon.stop()); err != nil {
		return err
	}
	if err := s.worlds.learn(ctx, c.begunAfter, time.Now(), day); err != nil {
		return err
	}
	return s.judge(ctx, c, watch, variables)
}

// world are the arguments by which a simulation shows the world that was
// learned.
func (s *stage) world(more ...string) []string {
	return append([]string{"--seed", fmt.Sprint(s.seed), "--products", fmt.Sprint(s.products)}, more...)
}

// begin starts the providers with their faults. The world goes through all its
// weeks while they last.
func (s *stage) begin(ctx context.Context, c *clock) (providers *child, port int, found fields, err error) {
	c.day = max(2*time.Second, s.lasts/lastDay)
	args := s.world("--day", c.day.String(),
		"--fault", fmt.Sprintf("random:rate=%g", s.rates[0]), "--fault", fmt.Sprintf("unruly:rate=%g", s.rates[1]))
	for _, fault := range oddities() {
		args = append(args, "--fault", fault)
	}
	for range 50 { // ports that are taken are tried no more than so often
		port = 21000 + 5*rand.IntN(2000) //nolint:gosec // a port is no secret; below those that the system gives out
		c.begunAfter = time.Now()
		if providers, found, err = s.program.simulate(ctx, port, args...); err == nil {
			c.begunBefore = time.Now()
			return providers, port, found, nil
		}
	}
	return nil, 0, nil, err
}

// manifold is a price ten thousand times too high, of the first row of iwinv's
// flavors.
const manifold = "iwinv:bad_price:value=manifold:list=flavors:page=1"

// oddities are rows that are wrong by themselves, ever less often: a price that is
// none, a detail that is refused for as long as a walk asks, and a price that is
// manifold for one answer or for some.
func oddities() []string {
	var all []string
	for after := 1; after < 200; after *= 2 {
		all = append(all, fmt.Sprintf("iwinv:bad_price:list=flavors:page=1:after=%d:times=1", 3*after-2),
			fmt.Sprintf("ncp:http400:list=server-image-details:about=23214590:after=%d:times=2", 2*after),
			fmt.Sprintf("%s:after=%d:times=%d", manifold, 3*after-1, 1+after%3))
	}
	return all
}

// configure writes the daemon's configuration, and returns the address of its
// page.
func (s *stage) configure(ctx context.Context) (listen string, err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	listen = listener.Addr().String()
	if err := listener.Close(); err != nil {
		return "", err
	}
	var text strings.Builder
	// Whatever passes for a good answer becomes history, and weeks that pass within
	// minutes are none of the guard's business; without one nothing would be doubted.
	fmt.Fprintf(&text, `listen: %s
guard:
  ignore_up_to: 1000
  max_removed_percent: 100
  max_unpriced_percent: 100
  max_changed_percent: 100
  max_tax_percent: 100
  max_currency_unit_percent: 100
  max_zero_percent: 100
  max_status_percent: 100
  max_emptied_percent: 100
  max_growth_factor: 1000
absence: { confirm_snapshots: 2, confirm_for: 0s }
doubt: { confirm_snapshots: 2, confirm_for: 0s }
sources:
`, listen)
	source := ""
	for _, list := range s.worlds.lists() {
		if list.Source != source {
			source = list.Source
			fmt.Fprintf(&text, "  %s:\n    page_size: %d\n    lists:\n", source, pageSize(source))
		}
		fmt.Fprintf(&text, "      %s: { schedule: \"@every %s\", pace: %s }\n", list.Name, s.every, s.every)
	}
	return listen, os.WriteFile(filepath.Join(s.program.dir, "endure.yaml"), []byte(text.String()), 0o600)
}

// pageSize makes walks of several pages, between which the world moves on. A
// fetcher of iwinv asks once a second: with pages as small as the others', its lists
// would be read more seldom than they are due.
func pageSize(source string) int {
	if source == "iwinv" {
		return 50
	}
	return 20
}

// calm waits until every list was read once more after a moment.
func (s *stage) calm(ctx context.Context, w *watch, since time.Time) error {
	deadline := time.Now().Add(calmWithin)
	for {
		if err := w.until(ctx, time.Now().Add(s.every/looks)); err != nil {
			return err
		}
		read, err := ask[int](ctx, s.pool, `SELECT count(DISTINCT list_id) FROM runs
			WHERE started_at > $1 AND outcome IN ('changed', 'unchanged')`, since)
		if err != nil {
			return err
		}
		if read == len(s.worlds.lists()) {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("without faults, %d of %d lists were read in %s: %s", read, len(s.worlds.lists()), calmWithin, w.daemon.log.text())
		}
	}
}

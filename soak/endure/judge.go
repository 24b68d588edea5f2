package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/store"
)

// verdict is what a list came to.
type verdict struct {
	list                       catalog.ListID
	changed, unchanged, failed int
	skipped, due, missed       int
	exact, mixed, late, slips  int // snapshots; see contents
	held, absences             int
}

// judge wants history to be correct, and reports what it came to.
func (s *stage) judge(ctx context.Context, c clock, w *watch, variables []string) error {
	opened, err := store.Open(ctx, s.database)
	if err != nil {
		return err
	}
	defer opened.Close()
	var all []verdict
	var wrong []error
	for _, list := range s.worlds.lists() {
		v, err := s.listOf(ctx, list)
		if err != nil {
			return err
		}
		wrong = append(wrong, v.everyDue(w.stood, s.every), s.contents(ctx, opened, c, &v))
		all = append(all, v)
	}
	classes, err := s.failures(ctx)
	wrong = append(wrong, err, s.noneRuns(ctx), s.dueTwice(ctx), s.proven(ctx, variables))
	trends, err := w.trends()
	wrong = append(wrong, err)
	odd, err := s.odd(ctx)
	wrong = append(wrong, err)
	if err := s.report(all, classes, trends, odd, w); err != nil {
		return err
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Every snapshot is what its provider showed, history is what its evidence says, and it ends as the providers do.\n")
	return err
}

// listOf counts what became of a list's due times, from when it was first read:
// before, nobody knows it.
func (s *stage) listOf(ctx context.Context, list catalog.ListID) (verdict, error) {
	rows, err := s.pool.Query(ctx, `
		WITH own AS (SELECT runs.* FROM runs JOIN lists ON lists.id = runs.list_id WHERE source = $1 AND list = $2)
		SELECT count(*) FILTER (WHERE outcome = 'changed'), count(*) FILTER (WHERE outcome = 'unchanged'),
			count(*) FILTER (WHERE outcome = 'failed'), count(*) FILTER (WHERE outcome = 'skipped'),
			count(*) FILTER (WHERE outcome = 'held'), count(DISTINCT due_at),
			(SELECT count(*) FROM generate_series((SELECT min(due_at) FROM own), (SELECT max(due_at) FROM own), $3::interval) AS due
				WHERE due > (SELECT min(started_at) FROM own) AND NOT EXISTS (SELECT FROM own WHERE own.due_at = due)),
			(SELECT count(*) FROM absences a JOIN lists l ON l.id = a.list_id WHERE l.source = $1 AND l.list = $2 AND superseded_by IS NULL)
		FROM own`, list.Source, list.Name, s.every)
	if err != nil {
		return verdict{}, err
	}
	return pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (verdict, error) {
		v := verdict{list: list}
		return v, row.Scan(&v.changed, &v.unchanged, &v.failed, &v.skipped, &v.held, &v.due, &v.missed, &v.absences)
	})
}

// everyDue wants a row for every due time. A machine that stands still for longer
// than the time between two of them loses the earlier.
func (v verdict) everyDue(stood, every time.Duration) error {
	switch {
	case v.changed == 0:
		return fmt.Errorf("%s: never read", v.list)
	case v.missed > 1+2*int(stood/every):
		return fmt.Errorf("%s: %d of %d due times have no run and were not skipped", v.list, v.missed, v.due+v.missed)
	}
	return nil
}

// odd is a count of what was not believed or not to be read.
type odd struct {
	what  string
	count int
}

// odd counts what was set aside, doubted and announced; nothing of what the
// providers are told to garble shows that the daemon never met it.
func (s *stage) odd(ctx context.Context) ([]odd, error) {
	all, err := askAll(ctx, s.pool, func(row pgx.CollectableRow) (o odd, err error) {
		return o, row.Scan(&o.what, &o.count)
	}, `SELECT 'rows set aside: ' || coalesce(reason, ''), count(*)::int FROM set_aside WHERE reason <> 'hidden' GROUP BY reason
		UNION ALL SELECT 'entries hidden by rows without a key', count(*)::int FROM set_aside WHERE reason = 'hidden'
		UNION ALL SELECT 'rows without a key', coalesce(sum(nameless), 0)::int FROM snapshots WHERE status = 'committed'
		UNION ALL SELECT 'prices announced', count(*)::int FROM announced_prices WHERE superseded_by IS NULL
		UNION ALL SELECT 'doubts begun', count(*)::int FROM doubts WHERE superseded_by IS NULL
		UNION ALL SELECT 'doubts confirmed', count(*)::int FROM doubts WHERE superseded_by IS NULL AND confirmed_at IS NOT NULL
		UNION ALL SELECT 'doubts gone back', count(*)::int FROM doubts WHERE superseded_by IS NULL AND confirmed_at IS NULL AND doubted_to IS NOT NULL
		ORDER BY 1`)
	seen := false
	for _, o := range all {
		seen = seen || o.count > 0 && strings.HasPrefix(o.what, "rows set aside")
	}
	if err == nil && !seen {
		err = errors.New("nothing was ever set aside")
	}
	return all, err
}

// dueTwice wants no due time to have been taken twice.
func (s *stage) dueTwice(ctx context.Context) error {
	n, err := ask[int](ctx, s.pool, `SELECT count(*) FROM (SELECT FROM runs WHERE due_at IS NOT NULL GROUP BY list_id, due_at HAVING count(*) > 1) AS twice`)
	if err == nil && n > 0 {
		err = fmt.Errorf("%d due times have more than one run", n)
	}
	return err
}

func (s *stage) noneRuns(ctx context.Context) error {
	n, err := ask[int](ctx, s.pool, "SELECT count(*) FROM runs WHERE outcome IN ('running', 'abandoned')")
	if err == nil && n > 0 {
		err = fmt.Errorf("%d runs are left running or were abandoned", n)
	}
	return err
}

// class is a kind of failures, and an example.
type class struct {
	name, example string
	count         int
}

// faultClasses are the classes of failures that a provider is to blame for.
func faultClasses() map[string]bool {
	return map[string]bool{
		"network": true, "redirect": true, "html": true, "encoding": true, "unauthorized": true, "forbidden": true, "not_found": true,
		"rate_limited": true, "server_error": true, "refused": true, "incomplete": true, "conflict": true, "decode": true, "fetch": true,
	}
}

// failures wants all to be the faults'.
func (s *stage) failures(ctx context.Context) ([]class, error) {
	all, err := askAll(ctx, s.pool, func(row pgx.CollectableRow) (c class, err error) {
		return c, row.Scan(&c.name, &c.count, &c.example)
	}, `SELECT error_class, count(*), min(error_text) FROM runs WHERE outcome = 'failed' GROUP BY error_class ORDER BY 2 DESC, 1`)
	for _, c := range all {
		if !faultClasses()[c.name] {
			err = errors.Join(err, fmt.Errorf("%d runs failed for another reason than a fault: %s: %s", c.count, c.name, c.example))
		}
	}
	return all, err
}

// proven wants evidence and history to be one: syncer verify.
func (s *stage) proven(ctx context.Context, variables []string) error {
	out, err := s.program.ask(ctx, variables, "verify", "--json", "-c", "endure.yaml")
	var all []struct {
		List, State    string
		Snapshots      int
		WithPages      int `json:"with_pages"`
		Contradictions []json.RawMessage
	}
	if wrong := json.Unmarshal(out, &all); wrong != nil {
		return fmt.Errorf("syncer verify: %w: %w", err, wrong)
	}
	for _, list := range all {
		for _, found := range list.Contradictions {
			err = errors.Join(err, fmt.Errorf("%s: %s", list.List, found))
		}
	}
	if err != nil {
		return err
	}
	if len(all) != len(s.worlds.lists()) {
		return fmt.Errorf("syncer verify knows %d of %d lists", len(all), len(s.worlds.lists()))
	}
	for _, list := range all {
		if list.State != "proven" || list.Snapshots != list.WithPages || list.Snapshots == 0 {
			return fmt.Errorf("%s is not proven: %+v", list.List, list)
		}
	}
	return nil
}

// reading is a committed snapshot and when its run was on its way.
type reading struct {
	at, from, to time.Time
	digest       catalog.Digest
}

func (s *stage) readings(ctx context.Context, list catalog.ListID) ([]reading, error) {
	return askAll(ctx, s.pool, func(row pgx.CollectableRow) (r reading, err error) {
		var digest []byte
		if err = row.Scan(&r.at, &r.from, &r.to, &digest); err == nil {
			r.digest = catalog.Digest(digest)
		}
		return r, err
	}, `SELECT taken_at, started_at, ended_at, digest FROM snapshots s JOIN runs r ON r.list_id = s.list_id AND r.id = s.run_id
		JOIN lists l ON l.id = s.list_id WHERE l.source = $1 AND l.list = $2 AND status = 'committed' ORDER BY taken_at`, list.Source, list.Name)
}

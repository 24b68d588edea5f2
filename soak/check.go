package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/ingest"
	"syncer/store"
)

// invariant is a query that finds what must not be.
type invariant struct {
	what string
	sql  string // counts
}

// spans are the tables whose rows are valid for a time, with what they are of.
func spans() [][2]string {
	return [][2]string{{"product_versions", "product_id"}, {"price_history", "price_id"}}
}

func invariants() []invariant {
	all := []invariant{
		{"a snapshot whose run did not end well", `SELECT count(*) FROM snapshots s JOIN runs r ON r.list_id = s.list_id AND r.id = s.run_id
			WHERE r.outcome NOT IN ('changed', 'unchanged', 'held')`},
		{"a run that changed history without a snapshot", `SELECT count(*) FROM runs r WHERE r.outcome IN ('changed', 'held')
			AND r.kind NOT IN ('retract', 'restore', 'believe') AND NOT EXISTS (SELECT FROM snapshots s WHERE s.list_id = r.list_id AND s.run_id = r.id)`},
		{"a page that no snapshot has", `SELECT count(*) FROM pages p WHERE NOT EXISTS
			(SELECT FROM snapshot_pages s WHERE s.list_id = p.list_id AND s.page_id = p.id)`},
		{"a snapshot without its pages", `SELECT count(*) FROM snapshots s WHERE NOT EXISTS
			(SELECT FROM snapshot_pages p WHERE p.list_id = s.list_id AND p.taken_at = coalesce(s.pages_of, s.taken_at))`},
		{"a gap in the pages of a snapshot", `SELECT count(*) FROM (SELECT FROM snapshot_pages GROUP BY list_id, taken_at
			HAVING count(DISTINCT number) <> max(number)) x`},
		{"a product without a version", `SELECT count(*) FROM products p WHERE NOT EXISTS
			(SELECT FROM product_versions v WHERE v.list_id = p.list_id AND v.product_id = p.id)`},
		{"a price without an amount", `SELECT count(*) FROM prices p WHERE NOT EXISTS
			(SELECT FROM price_history v WHERE v.list_id = p.list_id AND v.price_id = p.id)`},
		{"a status change at no snapshot", `SELECT count(*) FROM product_status_changes c WHERE NOT EXISTS (SELECT FROM snapshots s
			WHERE s.list_id = c.list_id AND s.status IN ('committed', 'retracted') AND s.taken_at = c.changed_at)`},
		{"an absence that begins at no snapshot", `SELECT count(*) FROM absences a WHERE NOT EXISTS (SELECT FROM snapshots s
			WHERE s.list_id = a.list_id AND s.status IN ('committed', 'retracted') AND s.taken_at = a.absent_from)`},
		{"an error of a constraint, a deadlock or a serialization failure shown to a user", `SELECT count(*) FROM runs
			WHERE error_text ~ 'SQLSTATE (23|40)'`},
	}
	for _, span := range spans() {
		all = append(all, spanInvariants(span[0], span[1])...)
	}
	for _, table := range []string{"product_versions", "price_history", "absences", "product_status_changes"} {
		all = append(all, invariant{"a row of " + table + " by a run that did not commit", `SELECT count(*) FROM ` + table + ` v WHERE NOT EXISTS
			(SELECT FROM runs r WHERE r.list_id = v.list_id AND r.id = v.recorded_by AND r.outcome IN ('changed', 'unchanged'))`})
	}
	return all
}

func spanInvariants(table, id string) []invariant {
	return []invariant{
		{"two open rows of one key in " + table, fmt.Sprintf(`SELECT count(*) FROM (SELECT FROM %s
			WHERE valid_to IS NULL AND superseded_by IS NULL GROUP BY list_id, %s HAVING count(*) > 1) x`, table, id)},
		{"an overlap in " + table, fmt.Sprintf(`SELECT count(*) FROM %[1]s a JOIN %[1]s b
			ON a.list_id = b.list_id AND a.%[2]s = b.%[2]s AND (a.valid_from, a.recorded_by) < (b.valid_from, b.recorded_by)
			AND tstzrange(a.valid_from, a.valid_to) && tstzrange(b.valid_from, b.valid_to)
			WHERE a.superseded_by IS NULL AND b.superseded_by IS NULL`, table, id)},
		{"a boundary at no snapshot in " + table, fmt.Sprintf(`SELECT count(*) FROM %s v CROSS JOIN LATERAL (VALUES (v.valid_from), (v.valid_to)) b (at)
			WHERE b.at IS NOT NULL AND NOT EXISTS (SELECT FROM snapshots s
			WHERE s.list_id = v.list_id AND s.status IN ('committed', 'retracted') AND s.taken_at = b.at)`, table)},
	}
}

// hold checks every invariant.
func (d *databases) hold(ctx context.Context) error {
	for _, rule := range invariants() {
		n, err := ask[int](ctx, d.pool, rule.sql)
		if err != nil {
			return err
		}
		if n > 0 {
			return violated("%s (%d)", rule.what, n)
		}
	}
	return nil
}

// noneRuns wants no run to be left `running`.
func (d *databases) noneRuns(ctx context.Context) error {
	n, err := ask[int](ctx, d.pool, "SELECT count(*) FROM runs WHERE outcome = 'running'")
	if err == nil && n > 0 {
		return violated("%d runs are left running", n)
	}
	return err
}

// own are the views that show how history came to be, not what it is.
func own() []string {
	return []string{
		"freshness", "restatements", "provenance", "contract_provenance", "runs", "holds", "snapshots",
		"price_versions", "product_versions", // with the rows that a later write made untrue
	}
}

// equal wants both databases to show the same history: every view of schema bi
// and the rows below it, apart from when and by which run they were written.
func (d *databases) equal(ctx context.Context) error {
	views, err := askAll(ctx, d.calm, pgx.RowTo[string], "SELECT table_name::text FROM information_schema.views WHERE table_schema = 'bi' ORDER BY 1")
	if err != nil {
		return err
	}
	queries := map[string]string{
		"product_versions": `SELECT concat_ws(' ', p.key, v.digest, v.valid_from, '-', v.valid_to) FROM product_versions v
			JOIN products p ON p.list_id = v.list_id AND p.id = v.product_id WHERE v.superseded_by IS NULL ORDER BY 1`,
		"absences": `SELECT concat_ws(' ', p.key, a.absent_from, '-', a.absent_to, '!', a.confirmed_at) FROM absences a
			JOIN products p ON p.list_id = a.list_id AND p.id = a.product_id WHERE a.superseded_by IS NULL ORDER BY 1`,
		"decisions": `SELECT concat_ws(' ', kind, taken_at, key, price, ended_by IS NULL) FROM decisions ORDER BY 1`,
		"snapshots": `SELECT concat_ws(' ', taken_at, status, entries, digest) FROM snapshots ORDER BY 1`,
	}
	for _, view := range views {
		if !slices.Contains(own(), view) {
			queries["bi."+view] = `SELECT (to_jsonb(v) - '{recorded_at,recorded_by,superseded_by,run_id,retracted_at,restored_at,decided_at}'::text[])::text FROM bi.` + view + ` v ORDER BY 1`
		}
	}
	for what, sql := range queries {
		if err := same(ctx, d.calm, d.pool, what, sql); err != nil {
			return errors.Join(err, d.contradicted(ctx, "the undisturbed", d.calm), d.contradicted(ctx, "this", d.pool))
		}
	}
	return nil
}

// contradicted is what the pages of a database say against its history.
func (d *databases) contradicted(ctx context.Context, which string, pool *pgxpool.Pool) error {
	opened := store.New(pool)
	list, err := opened.FindList(ctx, d.shown.fetcher.List())
	if err != nil {
		return err
	}
	report, err := (&ingest.Runner{Store: opened, Log: slog.New(slog.DiscardHandler)}).Verify(ctx, list, d.shown.fetcher)
	if len(report.Contradictions) > 0 {
		err = errors.Join(err, violated("of %s database, verify says %v", which, report.Contradictions))
	}
	return err
}

func same(ctx context.Context, calm, disturbed *pgxpool.Pool, what, sql string) error {
	want, err := askAll(ctx, calm, pgx.RowTo[string], sql)
	if err != nil {
		return err
	}
	got, err := askAll(ctx, disturbed, pgx.RowTo[string], sql)
	if err != nil {
		return err
	}
	if slices.Equal(want, got) {
		return nil
	}
	return violated("%s differs from an undisturbed run's: %s", what, difference(want, got))
}

// difference names the first few rows that only one side has.
func difference(want, got []string) string {
	var lines []string
	for _, side := range []struct {
		sign    string
		in, out []string
	}{{"-", want, got}, {"+", got, want}} {
		for _, line := range side.in {
			if !slices.Contains(side.out, line) && len(lines) < 6 {
				lines = append(lines, side.sign+line)
			}
		}
	}
	return fmt.Sprintf("%d rows, want %d\n%s", len(got), len(want), strings.Join(lines, "\n"))
}

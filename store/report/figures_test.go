package report_test

import (
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
	"syncer/store/report"
)

// TestFiguresAreOfWhatStandsNow counts what waits, is missing and came back,
// and not what was decided, confirmed or superseded.
func TestFiguresAreOfWhatStandsNow(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	_, err := pool.Exec(t.Context(), `
		INSERT INTO lists (provider, source, list, kind, settings, confirm_snapshots, confirm_for, decoder_version)
			VALUES ('iwinv', 'iwinv', 'flavors', 'product', '{}', 2, '72h', 1), ('iwinv', 'iwinv', 'zones', 'product', '{}', 2, '72h', 1);
		INSERT INTO runs (list_id, kind, started_at, heartbeat_at)
			SELECT (SELECT min(id) FROM lists), 'sync', now(), now() FROM generate_series(1, 5);
		INSERT INTO snapshots (list_id, taken_at, status, origin, run_id, recorded_at, recorded_by, entries, digest, pages_digest, decoder_version, settings, held_for)
			SELECT runs.list_id, timestamptz '2026-11-20' + n * interval '1 day', s.status, 'sync', runs.id, now(), runs.id, n, '', '', 1, '{}', s.reason
			FROM (VALUES (1, 'committed', NULL), (2, 'held', 'too few'), (3, 'rejected', 'odd'), (4, 'held', 'too many')) AS s (n, status, reason)
			JOIN (SELECT list_id, id, row_number() OVER (ORDER BY id) AS n FROM runs) AS runs USING (n);
		INSERT INTO products (list_id, key) SELECT (SELECT min(id) FROM lists), 'p' || n FROM generate_series(1, 4) AS n;
		INSERT INTO absences (list_id, product_id, absent_from, absent_to, confirmed_at, recorded_by, superseded_by)
			SELECT p.list_id, p.id, '2026-11-01', a.absent_to, a.confirmed_at, (SELECT min(id) FROM runs), a.superseded
			FROM (VALUES (1, NULL::timestamptz, NULL::timestamptz, NULL::bigint), (2, '2026-11-02', NULL, NULL), (3, '2026-11-05', '2026-11-04', NULL), (4, NULL, NULL, (SELECT min(id) FROM runs)))
				AS a (n, absent_to, confirmed_at, superseded)
			JOIN (SELECT list_id, id, row_number() OVER (ORDER BY id) AS n FROM products) AS p USING (n);
		INSERT INTO decisions (list_id, kind, taken_at, key, recorded_by, ended_by)
			SELECT run.list_id, d.kind, '2026-11-21', d.key, run.id, CASE WHEN d.ended THEN run.id END
			FROM (VALUES ('retract', 'p1', false), ('retract', NULL, false), ('retract', 'p2', true), ('believe', 'p3', false)) AS d (kind, key, ended),
				LATERAL (SELECT list_id, id FROM runs ORDER BY id LIMIT 1) AS run`)
	if err != nil {
		t.Fatal(err)
	}
	reader := report.New(pool)
	figures, err := reader.Figures(t.Context())
	if err != nil || len(figures) != 2 {
		t.Fatalf("got %+v, %v", figures, err)
	}
	if f := figures[0]; f.List.Name != "flavors" || f.Held != 2 || f.Missing != 1 || f.Flaps != 1 || f.Retractions != 2 {
		t.Errorf("got %+v", f)
	}
	if f := figures[1]; f.Held+f.Missing+f.Flaps+f.Retractions != 0 {
		t.Errorf("got %+v", f)
	}
	holds, err := reader.Waiting(t.Context(), 10)
	if err != nil || len(holds) != 1 || holds[0].HeldFor != "too many" || holds[0].Entries != 4 || !holds[0].TakenAt.Equal(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got %+v, %v", holds, err)
	}
	if pool := reader.Pool(); pool.Max == 0 || pool.Acquired == 0 {
		t.Errorf("got %+v", pool)
	}
}

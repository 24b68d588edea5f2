-- audience: everybody
CREATE OR REPLACE VIEW bi.freshness AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    CASE WHEN held.taken_at > coalesce(newest.taken_at, '-infinity') THEN 'held'
        WHEN run.outcome IN ('failed', 'abandoned') THEN 'failed'
        WHEN newest.taken_at IS NULL THEN 'never'
        WHEN newest.taken_at < now() - lists.stale_after THEN 'late'
        WHEN lists.stale_after IS NULL AND newest.late_after < now() THEN 'late'
        ELSE 'fresh' END AS state,
    newest.taken_at AS last_snapshot_at, newest.entries AS last_entries, held.taken_at AS held_at, held.held_for,
    run.started_at AS last_run_at, run.outcome AS last_outcome, run.error_text AS last_error
FROM lists
LEFT JOIN LATERAL (SELECT snapshots.taken_at, snapshots.entries, snapshots.late_after FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'committed'
    ORDER BY snapshots.taken_at DESC LIMIT 1) AS newest ON true
LEFT JOIN LATERAL (SELECT snapshots.taken_at, snapshots.held_for FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'held'
    ORDER BY snapshots.taken_at DESC LIMIT 1) AS held ON true
LEFT JOIN LATERAL (SELECT runs.started_at, runs.outcome, runs.error_text FROM runs
    WHERE runs.list_id = lists.id AND runs.outcome NOT IN ('running', 'skipped')
    ORDER BY runs.id DESC LIMIT 1) AS run ON true;

COMMENT ON VIEW bi.freshness IS 'How far each list can be trusted now.';
COMMENT ON COLUMN bi.freshness.provider IS 'the cloud';
COMMENT ON COLUMN bi.freshness.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.freshness.list IS 'the published list';
COMMENT ON COLUMN bi.freshness.state IS 'fresh, late (nothing came for longer than stale_after, or for two due times of the schedule), failed, held or never';
COMMENT ON COLUMN bi.freshness.last_snapshot_at IS 'taken_at of the newest committed snapshot';
COMMENT ON COLUMN bi.freshness.last_entries IS 'how many entries it held';
COMMENT ON COLUMN bi.freshness.held_at IS 'taken_at of the newest held snapshot';
COMMENT ON COLUMN bi.freshness.held_for IS 'why it is held';
COMMENT ON COLUMN bi.freshness.last_run_at IS 'when the last ended run began';
COMMENT ON COLUMN bi.freshness.last_outcome IS 'how it ended';
COMMENT ON COLUMN bi.freshness.last_error IS 'its error, if it failed';

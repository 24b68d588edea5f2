-- +goose Up
-- What was written, by whom, and what that made untrue.

-- Rows of a run lie together, so that a BRIN index finds them and costs a
-- first load nothing.
CREATE INDEX product_versions_recorded ON product_versions USING brin (recorded_by);
CREATE INDEX contract_versions_recorded ON contract_versions USING brin (recorded_by);
CREATE INDEX price_history_recorded ON price_history USING brin (recorded_by);
CREATE INDEX product_status_changes_recorded ON product_status_changes USING brin (recorded_by);
CREATE INDEX product_status_changes_superseded ON product_status_changes (list_id, superseded_by) WHERE superseded_by IS NOT NULL;

CREATE VIEW bi.runs AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, runs.id AS run_id, runs.kind,
    runs.due_at, runs.started_at, runs.heartbeat_at, runs.ended_at, runs.recorded_at, runs.outcome, runs.pages, runs.entries,
    runs.added, runs.changed, runs.removed, runs.warnings, runs.error_class, runs.error_text, runs.actor, runs.reason
FROM runs JOIN lists ON lists.id = runs.list_id;
COMMENT ON VIEW bi.runs IS 'Every execution for a list, and how it ended.';
COMMENT ON COLUMN bi.runs.provider IS 'the cloud';
COMMENT ON COLUMN bi.runs.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.runs.list IS 'the published list';
COMMENT ON COLUMN bi.runs.run_id IS 'number of the run, in the order in which runs began';
COMMENT ON COLUMN bi.runs.kind IS 'sync, backfill, accept, reject or rebuild';
COMMENT ON COLUMN bi.runs.due_at IS 'the due time by the schedule; null where a person started it';
COMMENT ON COLUMN bi.runs.started_at IS 'when it began';
COMMENT ON COLUMN bi.runs.heartbeat_at IS 'when it was last known to be alive';
COMMENT ON COLUMN bi.runs.ended_at IS 'when it ended; null while running';
COMMENT ON COLUMN bi.runs.recorded_at IS 'when what it wrote became part of history; null where it wrote nothing';
COMMENT ON COLUMN bi.runs.outcome IS 'running, unchanged, changed, held, failed, skipped or abandoned';
COMMENT ON COLUMN bi.runs.pages IS 'pages read';
COMMENT ON COLUMN bi.runs.entries IS 'entries of the snapshot';
COMMENT ON COLUMN bi.runs.added IS 'entries that the snapshot before lacked';
COMMENT ON COLUMN bi.runs.changed IS 'entries with another content than in the snapshot before';
COMMENT ON COLUMN bi.runs.removed IS 'entries of the snapshot before that this one lacks';
COMMENT ON COLUMN bi.runs.warnings IS 'things that were noted and did no harm';
COMMENT ON COLUMN bi.runs.error_class IS 'the kind of error, null unless failed or abandoned';
COMMENT ON COLUMN bi.runs.error_text IS 'the error';
COMMENT ON COLUMN bi.runs.actor IS 'who decided or asked for it, where a person did';
COMMENT ON COLUMN bi.runs.reason IS 'the reason that person gave';

-- The write of a run names a moment after the run began, and a run is visible
-- from its beginning: what is recorded before the oldest running one is final.
-- +goose StatementBegin
CREATE FUNCTION bi.known_until() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN least(now(), (SELECT min(runs.started_at) - interval '1 microsecond' FROM bi.runs WHERE runs.outcome = 'running'));
-- +goose StatementEnd
COMMENT ON FUNCTION bi.known_until() IS 'The newest known_at for which bi.prices_as_of gives the same answer for ever: now, or just before the oldest run that may still write.';

CREATE VIEW bi.holds AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, snapshots.taken_at,
    CASE snapshots.status WHEN 'committed' THEN 'accepted' ELSE snapshots.status END AS state, snapshots.held_for,
    holder.recorded_at AS held_at, snapshots.entries,
    coalesce((snapshots.delta ->> 'Baseline')::integer, 0) AS baseline_entries,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Added') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Added') ELSE 0 END AS added,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Changed') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Changed') ELSE 0 END AS changed,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Removed') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Removed') ELSE 0 END AS removed,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Repriced') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Repriced') ELSE 0 END AS repriced,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Unpriced') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Unpriced') ELSE 0 END AS unpriced,
    coalesce(decider.recorded_at, decider.ended_at) AS decided_at, snapshots.decided_by, snapshots.decided_reason
FROM snapshots
JOIN lists ON lists.id = snapshots.list_id
JOIN runs AS holder ON holder.list_id = snapshots.list_id AND holder.id = snapshots.run_id
LEFT JOIN runs AS decider ON decider.list_id = snapshots.list_id AND decider.id = snapshots.recorded_by
    AND snapshots.recorded_by <> snapshots.run_id
WHERE snapshots.held_for IS NOT NULL;
COMMENT ON VIEW bi.holds IS 'Snapshots that the guard found too unlikely, and what was decided about them.';
COMMENT ON COLUMN bi.holds.provider IS 'the cloud';
COMMENT ON COLUMN bi.holds.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.holds.list IS 'the published list';
COMMENT ON COLUMN bi.holds.taken_at IS 'the moment of the snapshot';
COMMENT ON COLUMN bi.holds.state IS 'held (waits for a decision), accepted (part of history) or rejected';
COMMENT ON COLUMN bi.holds.held_for IS 'what the guard found too unlikely';
COMMENT ON COLUMN bi.holds.held_at IS 'when the guard held it';
COMMENT ON COLUMN bi.holds.entries IS 'entries of the snapshot';
COMMENT ON COLUMN bi.holds.baseline_entries IS 'entries of the snapshot before, with which it was compared';
COMMENT ON COLUMN bi.holds.added IS 'entries that the snapshot before lacked';
COMMENT ON COLUMN bi.holds.changed IS 'entries with another content than in the snapshot before';
COMMENT ON COLUMN bi.holds.removed IS 'entries of the snapshot before that this one lacks';
COMMENT ON COLUMN bi.holds.repriced IS 'prices whose amount changed';
COMMENT ON COLUMN bi.holds.unpriced IS 'entries that stay and lose a price';
COMMENT ON COLUMN bi.holds.decided_at IS 'when it was accepted; null for a held or rejected one';
COMMENT ON COLUMN bi.holds.decided_by IS 'who accepted or rejected it';
COMMENT ON COLUMN bi.holds.decided_reason IS 'the reason that person gave';

CREATE VIEW bi.restatements AS
WITH retired AS (
    SELECT 'version' AS what, version.list_id, version.superseded_by AS run_id, version.product_id AS entry, version.valid_from
    FROM product_versions AS version WHERE version.superseded_by IS NOT NULL
    UNION ALL
    SELECT 'version', version.list_id, version.superseded_by, -version.contract_id, version.valid_from
    FROM contract_versions AS version WHERE version.superseded_by IS NOT NULL
    UNION ALL
    SELECT 'price', history.list_id, history.superseded_by, coalesce(prices.product_id, -prices.contract_id), history.valid_from
    FROM price_history AS history
    JOIN prices ON prices.list_id = history.list_id AND prices.id = history.price_id
    WHERE history.superseded_by IS NOT NULL
    UNION ALL
    SELECT 'status', change.list_id, change.superseded_by, change.product_id, change.changed_at
    FROM product_status_changes AS change WHERE change.superseded_by IS NOT NULL
), taken AS (
    SELECT own.list_id, own.recorded_by, min(own.taken_at) AS taken_at, bool_or(own.is_late) AS is_late
    FROM (SELECT snapshots.list_id, snapshots.recorded_by, snapshots.taken_at,
            coalesce(min(snapshots.recorded_at) OVER (PARTITION BY snapshots.list_id ORDER BY snapshots.taken_at
                ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) < snapshots.recorded_at, false) AS is_late
        FROM snapshots WHERE snapshots.status = 'committed') AS own
    GROUP BY own.list_id, own.recorded_by
), replaced AS (
    SELECT retired.list_id, retired.run_id, count(DISTINCT retired.entry) AS entries, min(retired.valid_from) AS oldest,
        count(*) FILTER (WHERE retired.what = 'version') AS versions, count(*) FILTER (WHERE retired.what = 'price') AS prices,
        count(*) FILTER (WHERE retired.what = 'status') AS statuses
    FROM retired GROUP BY retired.list_id, retired.run_id
)
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, runs.recorded_at,
    CASE WHEN runs.kind IN ('accept', 'rebuild') THEN runs.kind
        WHEN taken.is_late THEN 'late_' || runs.kind
        ELSE 'absence_confirmed' END AS kind,
    taken.taken_at, runs.actor, runs.reason,
    least(replaced.oldest, version.oldest, price.oldest, change.oldest, taken.taken_at) AS restated_from,
    coalesce(replaced.entries, 0) AS entries, coalesce(replaced.versions, 0) AS versions_superseded, version.rows AS versions_inserted,
    coalesce(replaced.prices, 0) AS prices_superseded, price.rows AS prices_inserted,
    coalesce(replaced.statuses, 0) AS status_changes_superseded, change.rows AS status_changes_inserted, runs.id AS run_id
FROM runs
JOIN lists ON lists.id = runs.list_id
LEFT JOIN taken ON taken.list_id = runs.list_id AND taken.recorded_by = runs.id
LEFT JOIN replaced ON replaced.list_id = runs.list_id AND replaced.run_id = runs.id
CROSS JOIN LATERAL (SELECT count(*) AS rows, min(own.valid_from) AS oldest FROM (
    SELECT product_versions.valid_from FROM product_versions
    WHERE product_versions.list_id = runs.list_id AND product_versions.recorded_by = runs.id
    UNION ALL
    SELECT contract_versions.valid_from FROM contract_versions
    WHERE contract_versions.list_id = runs.list_id AND contract_versions.recorded_by = runs.id) AS own) AS version
CROSS JOIN LATERAL (SELECT count(*) AS rows, min(own.valid_from) AS oldest FROM price_history AS own
    WHERE own.list_id = runs.list_id AND own.recorded_by = runs.id) AS price
CROSS JOIN LATERAL (SELECT count(*) AS rows, min(own.changed_at) AS oldest FROM product_status_changes AS own
    WHERE own.list_id = runs.list_id AND own.recorded_by = runs.id) AS change
-- A late snapshot, an accepted one and a rebuild tell of the past anew also
-- where they add rows only.
WHERE replaced.run_id IS NOT NULL OR runs.outcome = 'changed' AND (taken.is_late OR runs.kind IN ('accept', 'rebuild'));
COMMENT ON VIEW bi.restatements IS 'Every write that changed what had been told before, one row a write.';
COMMENT ON COLUMN bi.restatements.provider IS 'the cloud';
COMMENT ON COLUMN bi.restatements.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.restatements.list IS 'the published list';
COMMENT ON COLUMN bi.restatements.recorded_at IS 'when the write happened';
COMMENT ON COLUMN bi.restatements.kind IS 'late_sync or late_backfill (a snapshot older than the newest), accept (a held snapshot), rebuild (from evidence), absence_confirmed (an absence that began earlier was believed)';
COMMENT ON COLUMN bi.restatements.taken_at IS 'the moment of the snapshot that was written; the first of them if there were several, null for a rebuild';
COMMENT ON COLUMN bi.restatements.actor IS 'who decided it, where a person did';
COMMENT ON COLUMN bi.restatements.reason IS 'the reason that person gave';
COMMENT ON COLUMN bi.restatements.restated_from IS 'what was so at moments before this is told as before';
COMMENT ON COLUMN bi.restatements.entries IS 'products or contracts of which rows were superseded';
COMMENT ON COLUMN bi.restatements.versions_superseded IS 'rows of product and contract history that were replaced';
COMMENT ON COLUMN bi.restatements.versions_inserted IS 'rows of product and contract history that the write added';
COMMENT ON COLUMN bi.restatements.prices_superseded IS 'rows of price history that were replaced';
COMMENT ON COLUMN bi.restatements.prices_inserted IS 'rows of price history that the write added';
COMMENT ON COLUMN bi.restatements.status_changes_superseded IS 'events that were replaced';
COMMENT ON COLUMN bi.restatements.status_changes_inserted IS 'events that the write added';
COMMENT ON COLUMN bi.restatements.run_id IS 'the run that wrote it, see bi.runs';

-- +goose Down
DROP VIEW bi.restatements;
DROP VIEW bi.holds;
DROP FUNCTION bi.known_until();
DROP VIEW bi.runs;
DROP INDEX product_status_changes_superseded;
DROP INDEX product_status_changes_recorded;
DROP INDEX price_history_recorded;
DROP INDEX contract_versions_recorded;
DROP INDEX product_versions_recorded;

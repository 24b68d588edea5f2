-- audience: everybody
CREATE OR REPLACE VIEW bi.restatements AS
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
    CASE WHEN runs.kind IN ('accept', 'rebuild', 'retract', 'restore') THEN runs.kind
        WHEN runs.kind = 'believe' THEN 'doubt_confirmed'
        WHEN taken.is_late THEN 'late_' || runs.kind
        WHEN EXISTS (SELECT FROM doubts WHERE doubts.list_id = runs.list_id AND doubts.confirmed_at = taken.taken_at) THEN 'doubt_confirmed'
        ELSE 'absence_confirmed' END AS kind,
    coalesce(taken.taken_at, decided.taken_at) AS taken_at, runs.actor, runs.reason,
    least(replaced.oldest, version.oldest, price.oldest, change.oldest, taken.taken_at) AS restated_from,
    coalesce(replaced.entries, 0) AS entries, coalesce(replaced.versions, 0) AS versions_superseded, version.rows AS versions_inserted,
    coalesce(replaced.prices, 0) AS prices_superseded, price.rows AS prices_inserted,
    coalesce(replaced.statuses, 0) AS status_changes_superseded, change.rows AS status_changes_inserted, runs.id AS run_id,
    -- A month end has moved where a price is another than among the rows that were
    -- replaced. What was closed later was open when it was written.
    (SELECT string_agg(DISTINCT to_char(moved.month, 'YYYY-MM'), ', ') FROM (
        SELECT months.month
        FROM report_settings
        CROSS JOIN LATERAL (SELECT max(snapshots.taken_at) AS newest FROM snapshots
            WHERE snapshots.list_id = runs.list_id AND snapshots.status IN ('committed', 'retracted') AND snapshots.recorded_at <= runs.recorded_at) AS read
        CROSS JOIN LATERAL (
            SELECT 1 AS side, history.price_id, history.list_unit_price, history.tax_amount, history.price_with_tax, history.tax_basis,
                history.valid_from, history.valid_to
            FROM price_history AS history WHERE history.list_id = runs.list_id AND history.superseded_by = runs.id
            UNION ALL
            SELECT -1, history.price_id, history.list_unit_price, history.tax_amount, history.price_with_tax, history.tax_basis,
                history.valid_from, CASE WHEN history.valid_to <= read.newest THEN history.valid_to END
            FROM price_history AS history WHERE history.list_id = runs.list_id AND history.recorded_by = runs.id) AS own
        CROSS JOIN LATERAL generate_series(date_trunc('month', own.valid_from AT TIME ZONE report_settings.report_timezone),
            least(date_trunc('month', coalesce(own.valid_to, read.newest) AT TIME ZONE report_settings.report_timezone),
                date_trunc('month', read.newest AT TIME ZONE report_settings.report_timezone),
                date_trunc('month', runs.recorded_at AT TIME ZONE report_settings.report_timezone) - interval '1 month'), interval '1 month') AS months (month)
        WHERE own.valid_to IS NULL OR own.valid_to >= (months.month + interval '1 month') AT TIME ZONE report_settings.report_timezone
        GROUP BY months.month, own.price_id, own.list_unit_price, own.tax_amount, own.price_with_tax, own.tax_basis
        HAVING sum(own.side) <> 0) AS moved) AS month_ends
FROM runs
JOIN lists ON lists.id = runs.list_id
LEFT JOIN taken ON taken.list_id = runs.list_id AND taken.recorded_by = runs.id
LEFT JOIN replaced ON replaced.list_id = runs.list_id AND replaced.run_id = runs.id
LEFT JOIN LATERAL (SELECT min(decisions.taken_at) AS taken_at FROM decisions
    WHERE decisions.list_id = runs.list_id AND runs.id IN (decisions.recorded_by, decisions.ended_by)) AS decided ON true
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
-- A late snapshot, a decision and a rebuild restate the past also where they add
-- rows only.
WHERE replaced.run_id IS NOT NULL
    OR runs.outcome = 'changed' AND (taken.is_late OR runs.kind IN ('accept', 'retract', 'restore', 'believe', 'rebuild'));

COMMENT ON VIEW bi.restatements IS 'Every write that changed what had been published before, one row a write.';
COMMENT ON COLUMN bi.restatements.provider IS 'the cloud';
COMMENT ON COLUMN bi.restatements.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.restatements.list IS 'the published list';
COMMENT ON COLUMN bi.restatements.recorded_at IS 'when the write happened';
COMMENT ON COLUMN bi.restatements.kind IS 'late_sync or late_backfill (a snapshot older than the newest), accept (a held snapshot), rebuild (from evidence), retract (a person took something back), restore (of what was taken back), absence_confirmed (an absence that began earlier was believed) or doubt_confirmed (prices that were doubted since an earlier snapshot were believed, by count or by the person that actor names)';
COMMENT ON COLUMN bi.restatements.taken_at IS 'the moment of the snapshot that was written or decided about; the first of them if there were several, null for a rebuild';
COMMENT ON COLUMN bi.restatements.actor IS 'who decided it, where a person did';
COMMENT ON COLUMN bi.restatements.reason IS 'the reason that person gave';
COMMENT ON COLUMN bi.restatements.restated_from IS 'history says of moments before this what it said before the write';
COMMENT ON COLUMN bi.restatements.entries IS 'products or contracts of which rows were superseded';
COMMENT ON COLUMN bi.restatements.versions_superseded IS 'rows of product and contract history that were replaced';
COMMENT ON COLUMN bi.restatements.versions_inserted IS 'rows of product and contract history that the write added';
COMMENT ON COLUMN bi.restatements.prices_superseded IS 'rows of price history that were replaced';
COMMENT ON COLUMN bi.restatements.prices_inserted IS 'rows of price history that the write added';
COMMENT ON COLUMN bi.restatements.status_changes_superseded IS 'events that were replaced';
COMMENT ON COLUMN bi.restatements.status_changes_inserted IS 'events that the write added';
COMMENT ON COLUMN bi.restatements.run_id IS 'the run that wrote it, see bi.runs';
COMMENT ON COLUMN bi.restatements.month_ends IS 'the months at whose end (in the report time zone) prices are others than before the write, such as 2026-01, 2026-02; null for none';

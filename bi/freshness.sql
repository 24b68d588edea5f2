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
    run.started_at AS last_run_at, run.outcome AS last_outcome, run.error_text AS last_error,
    aside.keys AS set_aside, coalesce(newest.nameless, 0) AS nameless, doubtful.prices AS doubts_open,
    unread.since AS prices_unread_since, announced.prices AS prices_announced
FROM lists
LEFT JOIN LATERAL (SELECT snapshots.taken_at, snapshots.entries, snapshots.late_after, snapshots.nameless, snapshots.prices_unread FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'committed'
    ORDER BY snapshots.taken_at DESC LIMIT 1) AS newest ON true
LEFT JOIN LATERAL (SELECT snapshots.taken_at, snapshots.held_for FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'held'
    ORDER BY snapshots.taken_at DESC LIMIT 1) AS held ON true
LEFT JOIN LATERAL (SELECT runs.started_at, runs.outcome, runs.error_text FROM runs
    WHERE runs.list_id = lists.id AND runs.outcome NOT IN ('running', 'skipped')
    ORDER BY runs.id DESC LIMIT 1) AS run ON true
CROSS JOIN LATERAL (SELECT count(DISTINCT set_aside.key) AS keys FROM set_aside
    WHERE set_aside.list_id = lists.id AND set_aside.taken_at = newest.taken_at AND set_aside.reason <> 'hidden') AS aside
-- What a person refused to believe waits for nobody.
CROSS JOIN LATERAL (SELECT count(*) AS prices FROM doubts
    JOIN prices ON prices.list_id = doubts.list_id AND prices.id = doubts.price_id
    LEFT JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
    LEFT JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
    WHERE doubts.list_id = lists.id AND doubts.doubted_to IS NULL AND doubts.confirmed_at IS NULL AND doubts.superseded_by IS NULL
      AND NOT EXISTS (SELECT FROM decisions WHERE decisions.list_id = doubts.list_id AND decisions.kind = 'retract' AND decisions.ended_by IS NULL
        AND decisions.key = coalesce(products.key, contracts.key) AND decisions.taken_at >= doubts.doubted_from)) AS doubtful
LEFT JOIN LATERAL (SELECT min(snapshots.taken_at) AS since FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'committed' AND newest.prices_unread IS NOT NULL
      AND snapshots.taken_at > coalesce((SELECT max(read.taken_at) FROM snapshots AS read
        WHERE read.list_id = lists.id AND read.status = 'committed' AND read.prices_unread IS NULL), '-infinity')) AS unread ON true
CROSS JOIN LATERAL (SELECT count(*) AS prices FROM announced_prices
    WHERE announced_prices.list_id = lists.id AND announced_prices.announced_to IS NULL AND announced_prices.superseded_by IS NULL) AS announced;

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
COMMENT ON COLUMN bi.freshness.set_aside IS 'entries of which the newest snapshot could not read or have a part: what held before goes on, see bi.set_aside';
COMMENT ON COLUMN bi.freshness.nameless IS 'rows of the newest snapshot whose keys could not be read';
COMMENT ON COLUMN bi.freshness.doubts_open IS 'prices of which something unlikely is shown that waits to be confirmed, see bi.doubts';
COMMENT ON COLUMN bi.freshness.prices_unread_since IS 'the first of the newest snapshots in a row that could have no prices; null where the newest has them';
COMMENT ON COLUMN bi.freshness.prices_announced IS 'prices that the newest snapshot shows for a later day, see bi.prices_announced';

-- audience: everybody
-- From versions, not from events: they end with the product, and a zone that is
-- no longer named has no word of its own. Every window is of one product and
-- zone, so that a question about one product reads no other.
CREATE OR REPLACE VIEW bi.zone_status_history AS
WITH words AS (
    SELECT lists.provider, lists.source, lists.list, products.key, version.list_id, version.product_id, version.valid_from, version.valid_to,
        zone.name AS availability_zone, CASE WHEN zone.name IS NULL THEN version.status ELSE version.zone_statuses ->> zone.name END AS word
    FROM lists
    JOIN products ON products.list_id = lists.id
    JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id
    CROSS JOIN LATERAL unnest(array_append(ARRAY(SELECT jsonb_object_keys(version.zone_statuses)), NULL)) AS zone (name)
    WHERE version.superseded_by IS NULL
), edges AS (
    SELECT words.*,
        (lag(words.valid_to) OVER zone = words.valid_from AND lag(words.word) OVER zone IS NOT DISTINCT FROM words.word) IS NOT TRUE AS begins,
        (lead(words.valid_from) OVER zone = words.valid_to AND lead(words.word) OVER zone IS NOT DISTINCT FROM words.word) IS NOT TRUE AS ends
    FROM words
    WINDOW zone AS (PARTITION BY words.list_id, words.product_id, words.provider, words.source, words.list, words.key, words.availability_zone ORDER BY words.valid_from)
), spans AS (
    SELECT edges.*, CASE WHEN edges.ends THEN edges.valid_to ELSE lead(edges.valid_to) OVER zone END AS until
    FROM edges WHERE edges.begins OR edges.ends
    WINDOW zone AS (PARTITION BY edges.list_id, edges.product_id, edges.provider, edges.source, edges.list, edges.key, edges.availability_zone ORDER BY edges.valid_from)
)
SELECT spans.provider::text AS provider, spans.source::text AS source, spans.list::text AS list, spans.key::text AS product_key,
    (SELECT product_versions.name FROM product_versions
        WHERE product_versions.list_id = spans.list_id AND product_versions.product_id = spans.product_id
          AND product_versions.superseded_by IS NULL
        ORDER BY product_versions.valid_from DESC LIMIT 1) AS product_name,
    spans.availability_zone, spans.word AS status,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = spans.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < spans.valid_from) AS not_before,
    spans.valid_from, spans.until AS valid_to, spans.until IS NULL AS is_current
FROM spans WHERE spans.begins;

COMMENT ON VIEW bi.zone_status_history IS 'Every status a product ever had, for [valid_from, valid_to): everywhere, and in each zone for which the provider stated one of its own. A span ends when the word changes, when the zone is no longer named, and when the product is delisted.';
COMMENT ON COLUMN bi.zone_status_history.provider IS 'the cloud';
COMMENT ON COLUMN bi.zone_status_history.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.zone_status_history.list IS 'the published list';
COMMENT ON COLUMN bi.zone_status_history.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.zone_status_history.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.zone_status_history.availability_zone IS 'the zone for which the provider stated the status; null for everywhere else';
COMMENT ON COLUMN bi.zone_status_history.status IS 'the provider''s word, null where it states none';
COMMENT ON COLUMN bi.zone_status_history.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.zone_status_history.valid_from IS 'the snapshot that first showed it so';
COMMENT ON COLUMN bi.zone_status_history.valid_to IS 'the snapshot that first did not; null while current';
COMMENT ON COLUMN bi.zone_status_history.is_current IS 'valid_to is null';

-- +goose Up
CREATE OR REPLACE VIEW bi.product_status_changes AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, latest.name AS product_name, change.aspect, change.availability_zone::text AS availability_zone, change.changed_at,
    change.event, change.from_status, change.to_status, runs.recorded_at,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = change.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < change.changed_at) AS not_before
FROM product_status_changes AS change
JOIN products ON products.list_id = change.list_id AND products.id = change.product_id
JOIN lists ON lists.id = change.list_id
JOIN runs ON runs.list_id = change.list_id AND runs.id = change.recorded_by
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest
WHERE change.superseded_by IS NULL;
COMMENT ON COLUMN bi.product_status_changes.not_before IS 'the snapshot before changed_at, the change happened after it (what is delisted went with the event missing); null at the first snapshot: what appeared there may be older';

-- From versions, not from events: they end with the product, and a zone that is
-- no longer named has no word of its own. Every window is of one product and
-- zone, so that a question about one product reads no other.
CREATE VIEW bi.zone_status_history AS
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

-- A new view is granted to whoever reads its neighbours.
-- +goose StatementBegin
DO $$
DECLARE
    reader text;
BEGIN
    FOR reader IN SELECT rolname FROM pg_roles WHERE rolname IN ('syncer_reader', 'syncer_contract_reader') LOOP
        EXECUTE format('GRANT SELECT ON bi.zone_status_history TO %I', reader);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP VIEW bi.zone_status_history;
DROP VIEW bi.product_status_changes;

CREATE VIEW bi.product_status_changes AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, latest.name AS product_name, change.aspect, change.availability_zone::text AS availability_zone, change.changed_at,
    change.event, change.from_status, change.to_status, runs.recorded_at
FROM product_status_changes AS change
JOIN products ON products.list_id = change.list_id AND products.id = change.product_id
JOIN lists ON lists.id = change.list_id
JOIN runs ON runs.list_id = change.list_id AND runs.id = change.recorded_by
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest
WHERE change.superseded_by IS NULL;
COMMENT ON VIEW bi.product_status_changes IS 'When a product came, changed status or went, one line an event.';
COMMENT ON COLUMN bi.product_status_changes.provider IS 'the cloud';
COMMENT ON COLUMN bi.product_status_changes.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.product_status_changes.list IS 'the published list';
COMMENT ON COLUMN bi.product_status_changes.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.product_status_changes.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.product_status_changes.aspect IS 'status, or lifecycle where a provider has both';
COMMENT ON COLUMN bi.product_status_changes.availability_zone IS 'null means everywhere';
COMMENT ON COLUMN bi.product_status_changes.changed_at IS 'the snapshot that showed it; for delisted the snapshot that confirmed it';
COMMENT ON COLUMN bi.product_status_changes.event IS 'appeared, changed, missing, delisted or relisted';
COMMENT ON COLUMN bi.product_status_changes.from_status IS 'the provider''s word before';
COMMENT ON COLUMN bi.product_status_changes.to_status IS 'the provider''s word after, null for missing and delisted';
COMMENT ON COLUMN bi.product_status_changes.recorded_at IS 'when the row was written';

-- A grant goes with the view that is dropped.
-- +goose StatementBegin
DO $$
DECLARE
    reader text;
BEGIN
    FOR reader IN SELECT rolname FROM pg_roles WHERE rolname IN ('syncer_reader', 'syncer_contract_reader') LOOP
        EXECUTE format('GRANT SELECT ON bi.product_status_changes TO %I', reader);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- audience: everybody
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
COMMENT ON COLUMN bi.product_status_changes.not_before IS 'the snapshot before changed_at, the change happened after it (what is delisted went with the event missing); null at the first snapshot: what appeared there may be older';

-- audience: everybody
CREATE OR REPLACE VIEW bi.flapping AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, latest.name AS product_name, gone.bridged, gone.relisted, gone.last_absent_from, gone.last_absent_to,
    EXISTS (SELECT FROM absences WHERE absences.list_id = products.list_id AND absences.product_id = products.id
        AND absences.superseded_by IS NULL AND absences.absent_to IS NULL AND absences.confirmed_at IS NULL) AS is_missing
FROM (SELECT absences.list_id, absences.product_id,
        count(*) FILTER (WHERE absences.confirmed_at IS NULL) AS bridged, count(*) FILTER (WHERE absences.confirmed_at IS NOT NULL) AS relisted,
        max(absences.absent_from) AS last_absent_from, max(absences.absent_to) AS last_absent_to
    FROM absences WHERE absences.superseded_by IS NULL AND absences.absent_to IS NOT NULL AND absences.product_id IS NOT NULL
    GROUP BY absences.list_id, absences.product_id) AS gone
JOIN products ON products.list_id = gone.list_id AND products.id = gone.product_id
JOIN lists ON lists.id = gone.list_id
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest;

COMMENT ON VIEW bi.flapping IS 'Products that went and came back, and how often.';
COMMENT ON COLUMN bi.flapping.provider IS 'the cloud';
COMMENT ON COLUMN bi.flapping.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.flapping.list IS 'the published list';
COMMENT ON COLUMN bi.flapping.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.flapping.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.flapping.bridged IS 'absences that ended before they were believed: prices have no gap';
COMMENT ON COLUMN bi.flapping.relisted IS 'absences that were believed and ended: prices have a gap';
COMMENT ON COLUMN bi.flapping.last_absent_from IS 'the first snapshot of the last of these absences that lacked it';
COMMENT ON COLUMN bi.flapping.last_absent_to IS 'the snapshot that showed it again';
COMMENT ON COLUMN bi.flapping.is_missing IS 'absent from the newest snapshots, not yet confirmed';

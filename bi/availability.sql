-- audience: everybody
-- From versions, not from events: a zone that a product no longer names has
-- the product's own status, and no event of its own when that changes.
CREATE OR REPLACE VIEW bi.availability AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, zone.name AS availability_zone,
    coalesce(version.zone_statuses ->> zone.name, version.status) AS status, began.since, missing.absent_from IS NOT NULL AS is_missing
FROM lists
JOIN products ON products.list_id = lists.id
JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id
    AND version.valid_to IS NULL AND version.superseded_by IS NULL
LEFT JOIN absences AS missing ON missing.list_id = version.list_id AND missing.product_id = version.product_id
    AND missing.absent_to IS NULL AND missing.superseded_by IS NULL
CROSS JOIN LATERAL unnest(array_append(ARRAY(SELECT DISTINCT jsonb_object_keys(named.zone_statuses) FROM product_versions AS named
    WHERE named.list_id = version.list_id AND named.product_id = version.product_id AND named.superseded_by IS NULL), NULL)) AS zone (name)
-- The last version that ended with another status, or before a gap.
CROSS JOIN LATERAL (SELECT max(other.valid_to) AS ended FROM product_versions AS other
    WHERE other.list_id = version.list_id AND other.product_id = version.product_id AND other.superseded_by IS NULL
      AND (coalesce(other.zone_statuses ->> zone.name, other.status) IS DISTINCT FROM coalesce(version.zone_statuses ->> zone.name, version.status)
        OR NOT EXISTS (SELECT FROM product_versions AS next
            WHERE next.list_id = other.list_id AND next.product_id = other.product_id AND next.superseded_by IS NULL
              AND next.valid_from = other.valid_to))) AS differed
CROSS JOIN LATERAL (SELECT min(same.valid_from) AS since FROM product_versions AS same
    WHERE same.list_id = version.list_id AND same.product_id = version.product_id AND same.superseded_by IS NULL
      AND (differed.ended IS NULL OR same.valid_from >= differed.ended)) AS began;

COMMENT ON VIEW bi.availability IS 'The status of every product now, one row for everywhere and one for each zone with a status of its own.';
COMMENT ON COLUMN bi.availability.provider IS 'the cloud';
COMMENT ON COLUMN bi.availability.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.availability.list IS 'the published list';
COMMENT ON COLUMN bi.availability.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.availability.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.availability.availability_zone IS 'a zone for which the provider has ever stated a status of its own for this product; null for everywhere else';
COMMENT ON COLUMN bi.availability.status IS 'the provider''s word for the zone, or for the product where it states none for the zone';
COMMENT ON COLUMN bi.availability.since IS 'the first snapshot since which this has been the status without a break';
COMMENT ON COLUMN bi.availability.is_missing IS 'absent from the newest snapshots, not yet confirmed';

-- audience: everybody
CREATE OR REPLACE VIEW bi.products_current AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, version.status, version.lifecycle, version.region_id,
    bi.exact(version.vcpu)::numeric(38,18) AS vcpu,
    bi.exact(version.memory_mib)::numeric(38,18) AS memory_mib,
    bi.exact(version.disk_gib)::numeric(38,18) AS disk_gib,
    bi.exact(version.gpu_count)::numeric(38,18) AS gpu_count,
    version.attributes::text AS attributes, missing.absent_from IS NOT NULL AS is_missing,
    (SELECT min(first.valid_from) FROM product_versions AS first WHERE first.list_id = version.list_id
        AND first.product_id = version.product_id AND first.superseded_by IS NULL) AS first_seen_at,
    (SELECT max(snapshots.taken_at) FROM snapshots WHERE snapshots.list_id = version.list_id
        AND snapshots.status = 'committed'
        AND (missing.absent_from IS NULL OR snapshots.taken_at < missing.absent_from)) AS last_seen_at,
    version.name AS name
FROM product_versions AS version
JOIN products ON products.list_id = version.list_id AND products.id = version.product_id
JOIN lists ON lists.id = version.list_id
LEFT JOIN absences AS missing ON missing.list_id = version.list_id AND missing.product_id = version.product_id
    AND missing.absent_to IS NULL AND missing.superseded_by IS NULL
WHERE version.valid_to IS NULL AND version.superseded_by IS NULL;

COMMENT ON VIEW bi.products_current IS 'Every product that is listed now, or missing but not yet delisted.';
COMMENT ON COLUMN bi.products_current.provider IS 'the cloud';
COMMENT ON COLUMN bi.products_current.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.products_current.list IS 'the published list';
COMMENT ON COLUMN bi.products_current.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.products_current.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.products_current.status IS 'the provider''s word';
COMMENT ON COLUMN bi.products_current.lifecycle IS 'a second status where the provider has one';
COMMENT ON COLUMN bi.products_current.region_id IS 'FOCUS RegionId';
COMMENT ON COLUMN bi.products_current.vcpu IS 'virtual CPUs';
COMMENT ON COLUMN bi.products_current.memory_mib IS 'memory in MiB';
COMMENT ON COLUMN bi.products_current.disk_gib IS 'disk in GiB';
COMMENT ON COLUMN bi.products_current.gpu_count IS 'GPUs';
COMMENT ON COLUMN bi.products_current.attributes IS 'everything else, as JSON text';
COMMENT ON COLUMN bi.products_current.is_missing IS 'absent from the newest snapshots, not yet confirmed';
COMMENT ON COLUMN bi.products_current.first_seen_at IS 'the first snapshot that held it';
COMMENT ON COLUMN bi.products_current.last_seen_at IS 'the newest snapshot that held it';
COMMENT ON COLUMN bi.products_current.name IS 'the newest known name, as product_name';

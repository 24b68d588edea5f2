-- audience: everybody
-- A version is of the whole entry: one begins with each move of a price or fee.
-- Versions that follow each other without a gap and show the same are joined here.
-- Every window is of one product, so that a question about one reads no other.
CREATE OR REPLACE VIEW bi.product_history AS
WITH versions AS (
    SELECT lists.provider, lists.source, lists.list, products.key, version.*,
        ROW(version.name, version.status, version.lifecycle, version.region_id, version.vcpu, version.memory_mib, version.disk_gib, version.gpu_count,
            version.zone_statuses, version.attributes) AS shown
    FROM lists
    JOIN products ON products.list_id = lists.id
    JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id
    WHERE version.superseded_by IS NULL
), edges AS (
    SELECT versions.*,
        (lag(versions.valid_to) OVER product = versions.valid_from AND lag(versions.shown) OVER product = versions.shown) IS NOT TRUE AS begins,
        (lead(versions.valid_from) OVER product = versions.valid_to AND lead(versions.shown) OVER product = versions.shown) IS NOT TRUE AS ends
    FROM versions
    WINDOW product AS (PARTITION BY versions.list_id, versions.product_id, versions.provider, versions.source, versions.list, versions.key ORDER BY versions.valid_from)
), spans AS (
    SELECT edges.*, CASE WHEN edges.ends THEN edges.valid_to ELSE lead(edges.valid_to) OVER product END AS until
    FROM edges WHERE edges.begins OR edges.ends
    WINDOW product AS (PARTITION BY edges.list_id, edges.product_id, edges.provider, edges.source, edges.list, edges.key ORDER BY edges.valid_from)
)
SELECT spans.provider::text AS provider, spans.source::text AS source, spans.list::text AS list,
    spans.key::text AS product_key, spans.name AS product_name, spans.status, spans.lifecycle, spans.region_id,
    bi.exact(spans.vcpu)::numeric(38,18) AS vcpu,
    bi.exact(spans.memory_mib)::numeric(38,18) AS memory_mib,
    bi.exact(spans.disk_gib)::numeric(38,18) AS disk_gib,
    bi.exact(spans.gpu_count)::numeric(38,18) AS gpu_count,
    spans.zone_statuses::text AS zone_statuses, spans.attributes::text AS attributes,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = spans.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < spans.valid_from) AS not_before,
    spans.valid_from, spans.until AS valid_to, spans.until IS NULL AS is_current,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = spans.list_id AND runs.id = spans.recorded_by) AS recorded_at
FROM spans WHERE spans.begins;

COMMENT ON VIEW bi.product_history IS 'Everything a product ever was, for [valid_from, valid_to). A change of a price alone begins no row; for the rows as they were written see bi.product_versions.';
COMMENT ON COLUMN bi.product_history.provider IS 'the cloud';
COMMENT ON COLUMN bi.product_history.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.product_history.list IS 'the published list';
COMMENT ON COLUMN bi.product_history.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.product_history.product_name IS 'the name during this time';
COMMENT ON COLUMN bi.product_history.status IS 'the provider''s word, null where it states none';
COMMENT ON COLUMN bi.product_history.lifecycle IS 'a second status where the provider has one';
COMMENT ON COLUMN bi.product_history.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.product_history.vcpu IS 'virtual CPUs';
COMMENT ON COLUMN bi.product_history.memory_mib IS 'memory in MiB';
COMMENT ON COLUMN bi.product_history.disk_gib IS 'disk in GiB';
COMMENT ON COLUMN bi.product_history.gpu_count IS 'GPUs';
COMMENT ON COLUMN bi.product_history.zone_statuses IS 'statuses of availability zones that have one of their own, as JSON text';
COMMENT ON COLUMN bi.product_history.attributes IS 'everything else, as JSON text';
COMMENT ON COLUMN bi.product_history.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.product_history.valid_from IS 'the snapshot that first showed it so';
COMMENT ON COLUMN bi.product_history.valid_to IS 'the snapshot that first did not; null while current';
COMMENT ON COLUMN bi.product_history.is_current IS 'valid_to is null';
COMMENT ON COLUMN bi.product_history.recorded_at IS 'when the beginning of this row was written';

-- audience: everybody
-- As bi.price_versions: every row ever written, with both clocks.
CREATE OR REPLACE VIEW bi.product_versions AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, version.status, version.lifecycle, version.region_id,
    bi.exact(version.vcpu)::numeric(38,18) AS vcpu,
    bi.exact(version.memory_mib)::numeric(38,18) AS memory_mib,
    bi.exact(version.disk_gib)::numeric(38,18) AS disk_gib,
    bi.exact(version.gpu_count)::numeric(38,18) AS gpu_count,
    version.zone_statuses::text AS zone_statuses, version.attributes::text AS attributes, version.valid_from, version.valid_to,
    CASE WHEN version.valid_to IS NOT NULL THEN greatest((SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.recorded_by),
        (SELECT ended.recorded_at FROM snapshots AS ended WHERE ended.list_id = version.list_id AND ended.taken_at = version.valid_to)) END AS valid_to_known_at,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.recorded_by) AS recorded_at,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.superseded_by) AS superseded_at,
    version.recorded_by, version.superseded_by,
    version.list_id, version.product_id
FROM lists
JOIN products ON products.list_id = lists.id
JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id;

COMMENT ON VIEW bi.product_versions IS 'Every row of product history ever written, also those that later writes replaced. For what holds now see bi.product_history.';
COMMENT ON COLUMN bi.product_versions.provider IS 'the cloud';
COMMENT ON COLUMN bi.product_versions.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.product_versions.list IS 'the published list';
COMMENT ON COLUMN bi.product_versions.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.product_versions.product_name IS 'the name in this version';
COMMENT ON COLUMN bi.product_versions.status IS 'the provider''s word, null where it states none';
COMMENT ON COLUMN bi.product_versions.lifecycle IS 'a second status where the provider has one';
COMMENT ON COLUMN bi.product_versions.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.product_versions.vcpu IS 'virtual CPUs';
COMMENT ON COLUMN bi.product_versions.memory_mib IS 'memory in MiB';
COMMENT ON COLUMN bi.product_versions.disk_gib IS 'disk in GiB';
COMMENT ON COLUMN bi.product_versions.gpu_count IS 'GPUs';
COMMENT ON COLUMN bi.product_versions.zone_statuses IS 'statuses of availability zones that have one of their own, as JSON text';
COMMENT ON COLUMN bi.product_versions.attributes IS 'everything else, as JSON text';
COMMENT ON COLUMN bi.product_versions.valid_from IS 'the snapshot that first showed it';
COMMENT ON COLUMN bi.product_versions.valid_to IS 'the snapshot that first did not; null while open';
COMMENT ON COLUMN bi.product_versions.valid_to_known_at IS 'when valid_to was written; null while there is none';
COMMENT ON COLUMN bi.product_versions.recorded_at IS 'when this row was written';
COMMENT ON COLUMN bi.product_versions.superseded_at IS 'when a later write replaced this row; null while it holds';
COMMENT ON COLUMN bi.product_versions.recorded_by IS 'the run that wrote this row, see bi.runs';
COMMENT ON COLUMN bi.product_versions.superseded_by IS 'the run that replaced this row; null while it holds';
COMMENT ON COLUMN bi.product_versions.list_id IS 'number of the list in this database; joins the views that have it, means nothing outside';
COMMENT ON COLUMN bi.product_versions.product_id IS 'number of the product in this database; joins the views that have it, means nothing outside';

-- +goose Up
-- A version is of the whole entry: one begins with each move of a price or fee.
-- These views join those that follow each other without a gap and show the same.
-- Every window is of one entry, so that a question about one reads no other.
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
    (CASE WHEN spans.vcpu < 1e20 AND scale(trim_scale(spans.vcpu)) <= 18 THEN spans.vcpu END)::numeric(38,18) AS vcpu,
    (CASE WHEN spans.memory_mib < 1e20 AND scale(trim_scale(spans.memory_mib)) <= 18 THEN spans.memory_mib END)::numeric(38,18) AS memory_mib,
    (CASE WHEN spans.disk_gib < 1e20 AND scale(trim_scale(spans.disk_gib)) <= 18 THEN spans.disk_gib END)::numeric(38,18) AS disk_gib,
    (CASE WHEN spans.gpu_count < 1e20 AND scale(trim_scale(spans.gpu_count)) <= 18 THEN spans.gpu_count END)::numeric(38,18) AS gpu_count,
    spans.zone_statuses::text AS zone_statuses, spans.attributes::text AS attributes,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = spans.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < spans.valid_from) AS not_before,
    spans.valid_from, spans.until AS valid_to, spans.until IS NULL AS is_current,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = spans.list_id AND runs.id = spans.recorded_by) AS recorded_at
FROM spans WHERE spans.begins;
COMMENT ON VIEW bi.product_history IS 'Everything a product ever was, for [valid_from, valid_to). A change of a price alone begins no row; for the rows as they were written see bi.product_versions.';
COMMENT ON COLUMN bi.product_history.recorded_at IS 'when the beginning of this row was written';

CREATE OR REPLACE VIEW bi.contract_history AS
WITH versions AS (
    SELECT lists.provider, lists.source, lists.list, contracts.key, version.*,
        ROW(nullif(version.contract_ref, ''), version.name, version.contract_type, version.status, version.region_id, version.period_start, version.period_end,
            version.attributes) AS shown
    FROM lists
    JOIN contracts ON contracts.list_id = lists.id
    JOIN contract_versions AS version ON version.list_id = contracts.list_id AND version.contract_id = contracts.id
    WHERE version.superseded_by IS NULL
), edges AS (
    SELECT versions.*,
        (lag(versions.valid_to) OVER contract = versions.valid_from AND lag(versions.shown) OVER contract = versions.shown) IS NOT TRUE AS begins,
        (lead(versions.valid_from) OVER contract = versions.valid_to AND lead(versions.shown) OVER contract = versions.shown) IS NOT TRUE AS ends
    FROM versions
    WINDOW contract AS (PARTITION BY versions.list_id, versions.contract_id, versions.provider, versions.source, versions.list, versions.key ORDER BY versions.valid_from)
), spans AS (
    SELECT edges.*, CASE WHEN edges.ends THEN edges.valid_to ELSE lead(edges.valid_to) OVER contract END AS until
    FROM edges WHERE edges.begins OR edges.ends
    WINDOW contract AS (PARTITION BY edges.list_id, edges.contract_id, edges.provider, edges.source, edges.list, edges.key ORDER BY edges.valid_from)
)
SELECT spans.provider::text AS provider, spans.source::text AS source, spans.list::text AS list,
    spans.key::text AS contract_key, nullif(spans.contract_ref, '') AS contract_id, spans.name AS contract_name,
    spans.contract_type, spans.status, spans.region_id, spans.period_start, spans.period_end, spans.attributes::text AS attributes,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = spans.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < spans.valid_from) AS not_before,
    spans.valid_from, spans.until AS valid_to, spans.until IS NULL AS is_current,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = spans.list_id AND runs.id = spans.recorded_by) AS recorded_at
FROM spans WHERE spans.begins;
COMMENT ON VIEW bi.contract_history IS 'Everything a contract ever was, for [valid_from, valid_to). A change of a price or fee alone begins no row.';
COMMENT ON COLUMN bi.contract_history.recorded_at IS 'when the beginning of this row was written';

COMMENT ON VIEW bi.provenance IS 'The stored pages that prove each version of a product, one row a page. A version begins with each change of the product or of its prices.';
COMMENT ON VIEW bi.contract_provenance IS 'The stored pages that prove each version of a contract, one row a page. A version begins with each change of the contract or of its prices.';

CREATE OR REPLACE VIEW bi.focus_contract_commitment AS
SELECT coalesce(nullif(version.contract_ref, ''), contracts.key)::text AS contract_id,
    version.period_start AS contract_period_start, version.period_end AS contract_period_end,
    contracts.key::text AS contract_commitment_id,
    version.period_start AS contract_commitment_period_start, version.period_end AS contract_commitment_period_end,
    CASE WHEN lists.provider = 'scp' AND lists.list = 'planned-computes' THEN 'Usage' END AS contract_commitment_category,
    version.contract_type AS contract_commitment_type, version.name AS contract_commitment_description,
    NULL::numeric(38,18) AS contract_commitment_quantity, NULL::text AS contract_commitment_unit,
    NULL::numeric(38,18) AS contract_commitment_cost, NULL::text AS billing_currency,
    lists.provider::text AS x_provider, lists.source::text AS x_source, lists.list::text AS x_list, version.status AS x_status,
    version.region_id AS x_region_id, missing.absent_from IS NOT NULL AS x_is_missing, began.since AS x_observed_from
FROM lists
JOIN contracts ON contracts.list_id = lists.id
JOIN contract_versions AS version ON version.list_id = contracts.list_id AND version.contract_id = contracts.id
    AND version.valid_to IS NULL AND version.superseded_by IS NULL
LEFT JOIN absences AS missing ON missing.list_id = version.list_id AND missing.contract_id = version.contract_id
    AND missing.absent_to IS NULL AND missing.superseded_by IS NULL
-- The last version that showed something else, or ended before a gap.
CROSS JOIN LATERAL (SELECT max(other.valid_to) AS ended FROM contract_versions AS other
    WHERE other.list_id = version.list_id AND other.contract_id = version.contract_id AND other.superseded_by IS NULL
      AND ((nullif(other.contract_ref, ''), other.name, other.contract_type, other.status, other.region_id, other.period_start, other.period_end) IS DISTINCT FROM
            (nullif(version.contract_ref, ''), version.name, version.contract_type, version.status, version.region_id, version.period_start, version.period_end)
        OR NOT EXISTS (SELECT FROM contract_versions AS next
            WHERE next.list_id = other.list_id AND next.contract_id = other.contract_id AND next.superseded_by IS NULL
              AND next.valid_from = other.valid_to))) AS differed
CROSS JOIN LATERAL (SELECT min(same.valid_from) AS since FROM contract_versions AS same
    WHERE same.list_id = version.list_id AND same.contract_id = version.contract_id AND same.superseded_by IS NULL
      AND (differed.ended IS NULL OR same.valid_from >= differed.ended)) AS began;

-- +goose Down
CREATE OR REPLACE VIEW bi.focus_contract_commitment AS
SELECT coalesce(nullif(version.contract_ref, ''), contracts.key)::text AS contract_id,
    version.period_start AS contract_period_start, version.period_end AS contract_period_end,
    contracts.key::text AS contract_commitment_id,
    version.period_start AS contract_commitment_period_start, version.period_end AS contract_commitment_period_end,
    CASE WHEN lists.provider = 'scp' AND lists.list = 'planned-computes' THEN 'Usage' END AS contract_commitment_category,
    version.contract_type AS contract_commitment_type, version.name AS contract_commitment_description,
    NULL::numeric(38,18) AS contract_commitment_quantity, NULL::text AS contract_commitment_unit,
    NULL::numeric(38,18) AS contract_commitment_cost, NULL::text AS billing_currency,
    lists.provider::text AS x_provider, lists.source::text AS x_source, lists.list::text AS x_list, version.status AS x_status,
    version.region_id AS x_region_id, missing.absent_from IS NOT NULL AS x_is_missing, version.valid_from AS x_observed_from
FROM lists
JOIN contracts ON contracts.list_id = lists.id
JOIN contract_versions AS version ON version.list_id = contracts.list_id AND version.contract_id = contracts.id
    AND version.valid_to IS NULL AND version.superseded_by IS NULL
LEFT JOIN absences AS missing ON missing.list_id = version.list_id AND missing.contract_id = version.contract_id
    AND missing.absent_to IS NULL AND missing.superseded_by IS NULL;

COMMENT ON VIEW bi.contract_provenance IS 'The stored pages that prove each row of contract history, one row a page.';
COMMENT ON VIEW bi.provenance IS 'The stored pages that prove each row of product history, one row a page.';

CREATE OR REPLACE VIEW bi.contract_history AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    contracts.key::text AS contract_key, nullif(version.contract_ref, '') AS contract_id, version.name AS contract_name,
    version.contract_type, version.status, version.region_id, version.period_start, version.period_end, version.attributes::text AS attributes,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = version.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < version.valid_from) AS not_before,
    version.valid_from, version.valid_to, version.valid_to IS NULL AS is_current, runs.recorded_at
FROM lists
JOIN contracts ON contracts.list_id = lists.id
JOIN contract_versions AS version ON version.list_id = contracts.list_id AND version.contract_id = contracts.id
JOIN runs ON runs.list_id = version.list_id AND runs.id = version.recorded_by
WHERE version.superseded_by IS NULL;
COMMENT ON VIEW bi.contract_history IS 'Everything a contract ever was, for [valid_from, valid_to). A change of a price alone begins a row too.';
COMMENT ON COLUMN bi.contract_history.recorded_at IS 'when this row was written';

CREATE OR REPLACE VIEW bi.product_history AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, version.status, version.lifecycle, version.region_id,
    (CASE WHEN version.vcpu < 1e20 AND scale(trim_scale(version.vcpu)) <= 18 THEN version.vcpu END)::numeric(38,18) AS vcpu,
    (CASE WHEN version.memory_mib < 1e20 AND scale(trim_scale(version.memory_mib)) <= 18 THEN version.memory_mib END)::numeric(38,18) AS memory_mib,
    (CASE WHEN version.disk_gib < 1e20 AND scale(trim_scale(version.disk_gib)) <= 18 THEN version.disk_gib END)::numeric(38,18) AS disk_gib,
    (CASE WHEN version.gpu_count < 1e20 AND scale(trim_scale(version.gpu_count)) <= 18 THEN version.gpu_count END)::numeric(38,18) AS gpu_count,
    version.zone_statuses::text AS zone_statuses, version.attributes::text AS attributes,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = version.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < version.valid_from) AS not_before,
    version.valid_from, version.valid_to, version.valid_to IS NULL AS is_current, runs.recorded_at
FROM lists
JOIN products ON products.list_id = lists.id
JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id
JOIN runs ON runs.list_id = version.list_id AND runs.id = version.recorded_by
WHERE version.superseded_by IS NULL;
COMMENT ON VIEW bi.product_history IS 'Everything a product ever was, for [valid_from, valid_to). A change of a price alone begins a row too.';
COMMENT ON COLUMN bi.product_history.recorded_at IS 'when this row was written';

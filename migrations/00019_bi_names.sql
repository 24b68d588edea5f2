-- +goose Up
-- The name also under the word that products and contracts share.
CREATE OR REPLACE VIEW bi.products_current AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, version.status, version.lifecycle, version.region_id,
    (CASE WHEN version.vcpu < 1e20 AND scale(trim_scale(version.vcpu)) <= 18 THEN version.vcpu END)::numeric(38,18) AS vcpu,
    (CASE WHEN version.memory_mib < 1e20 AND scale(trim_scale(version.memory_mib)) <= 18 THEN version.memory_mib END)::numeric(38,18) AS memory_mib,
    (CASE WHEN version.disk_gib < 1e20 AND scale(trim_scale(version.disk_gib)) <= 18 THEN version.disk_gib END)::numeric(38,18) AS disk_gib,
    (CASE WHEN version.gpu_count < 1e20 AND scale(trim_scale(version.gpu_count)) <= 18 THEN version.gpu_count END)::numeric(38,18) AS gpu_count,
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
COMMENT ON COLUMN bi.products_current.name IS 'the newest known name, as product_name';

CREATE OR REPLACE VIEW bi.contracts_current AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    contracts.key::text AS contract_key, nullif(version.contract_ref, '') AS contract_id, version.name AS contract_name,
    version.contract_type, version.status, version.region_id, version.period_start, version.period_end, version.attributes::text AS attributes,
    missing.absent_from IS NOT NULL AS is_missing,
    (SELECT min(first.valid_from) FROM contract_versions AS first WHERE first.list_id = version.list_id
        AND first.contract_id = version.contract_id AND first.superseded_by IS NULL) AS first_seen_at,
    (SELECT max(snapshots.taken_at) FROM snapshots WHERE snapshots.list_id = version.list_id
        AND snapshots.status = 'committed'
        AND (missing.absent_from IS NULL OR snapshots.taken_at < missing.absent_from)) AS last_seen_at,
    version.name AS name
FROM lists
JOIN contracts ON contracts.list_id = lists.id
JOIN contract_versions AS version ON version.list_id = contracts.list_id AND version.contract_id = contracts.id
    AND version.valid_to IS NULL AND version.superseded_by IS NULL
LEFT JOIN absences AS missing ON missing.list_id = version.list_id AND missing.contract_id = version.contract_id
    AND missing.absent_to IS NULL AND missing.superseded_by IS NULL;
COMMENT ON COLUMN bi.contracts_current.name IS 'the newest known name, as contract_name';

-- +goose Down
DROP VIEW bi.contracts_current;
DROP VIEW bi.products_current;
CREATE VIEW bi.products_current AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, version.status, version.lifecycle, version.region_id,
    (CASE WHEN version.vcpu < 1e20 AND scale(trim_scale(version.vcpu)) <= 18 THEN version.vcpu END)::numeric(38,18) AS vcpu,
    (CASE WHEN version.memory_mib < 1e20 AND scale(trim_scale(version.memory_mib)) <= 18 THEN version.memory_mib END)::numeric(38,18) AS memory_mib,
    (CASE WHEN version.disk_gib < 1e20 AND scale(trim_scale(version.disk_gib)) <= 18 THEN version.disk_gib END)::numeric(38,18) AS disk_gib,
    (CASE WHEN version.gpu_count < 1e20 AND scale(trim_scale(version.gpu_count)) <= 18 THEN version.gpu_count END)::numeric(38,18) AS gpu_count,
    version.attributes::text AS attributes, missing.absent_from IS NOT NULL AS is_missing,
    (SELECT min(first.valid_from) FROM product_versions AS first WHERE first.list_id = version.list_id
        AND first.product_id = version.product_id AND first.superseded_by IS NULL) AS first_seen_at,
    (SELECT max(snapshots.taken_at) FROM snapshots WHERE snapshots.list_id = version.list_id
        AND snapshots.status = 'committed'
        AND (missing.absent_from IS NULL OR snapshots.taken_at < missing.absent_from)) AS last_seen_at
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
CREATE VIEW bi.contracts_current AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    contracts.key::text AS contract_key, nullif(version.contract_ref, '') AS contract_id, version.name AS contract_name,
    version.contract_type, version.status, version.region_id, version.period_start, version.period_end, version.attributes::text AS attributes,
    missing.absent_from IS NOT NULL AS is_missing,
    (SELECT min(first.valid_from) FROM contract_versions AS first WHERE first.list_id = version.list_id
        AND first.contract_id = version.contract_id AND first.superseded_by IS NULL) AS first_seen_at,
    (SELECT max(snapshots.taken_at) FROM snapshots WHERE snapshots.list_id = version.list_id
        AND snapshots.status = 'committed'
        AND (missing.absent_from IS NULL OR snapshots.taken_at < missing.absent_from)) AS last_seen_at
FROM lists
JOIN contracts ON contracts.list_id = lists.id
JOIN contract_versions AS version ON version.list_id = contracts.list_id AND version.contract_id = contracts.id
    AND version.valid_to IS NULL AND version.superseded_by IS NULL
LEFT JOIN absences AS missing ON missing.list_id = version.list_id AND missing.contract_id = version.contract_id
    AND missing.absent_to IS NULL AND missing.superseded_by IS NULL;
COMMENT ON VIEW bi.contracts_current IS 'Every contract that is listed now, or missing but not yet delisted.';
COMMENT ON COLUMN bi.contracts_current.provider IS 'the cloud';
COMMENT ON COLUMN bi.contracts_current.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.contracts_current.list IS 'the published list';
COMMENT ON COLUMN bi.contracts_current.contract_key IS 'the provider''s identifier of the entry in the list of contracts';
COMMENT ON COLUMN bi.contracts_current.contract_id IS 'FOCUS ContractId: the contract''s number as the provider states it, may differ from contract_key; null where it states none';
COMMENT ON COLUMN bi.contracts_current.contract_name IS 'the newest known name';
COMMENT ON COLUMN bi.contracts_current.contract_type IS 'FOCUS ContractCommitmentType, the provider''s word';
COMMENT ON COLUMN bi.contracts_current.status IS 'the provider''s word, null where it states none';
COMMENT ON COLUMN bi.contracts_current.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.contracts_current.period_start IS 'first moment of the contract''s term as stated, inclusive';
COMMENT ON COLUMN bi.contracts_current.period_end IS 'end of the contract''s term as stated, exclusive';
COMMENT ON COLUMN bi.contracts_current.attributes IS 'everything else, as JSON text';
COMMENT ON COLUMN bi.contracts_current.is_missing IS 'absent from the newest snapshots, not yet confirmed';
COMMENT ON COLUMN bi.contracts_current.first_seen_at IS 'the first snapshot that held it';
COMMENT ON COLUMN bi.contracts_current.last_seen_at IS 'the newest snapshot that held it';
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'syncer_reader') THEN
        GRANT SELECT ON bi.products_current TO syncer_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'syncer_contract_reader') THEN
        GRANT SELECT ON bi.products_current, bi.contracts_current TO syncer_contract_reader;
    END IF;
END
$$;
-- +goose StatementEnd

-- audience: contracts
-- Versions are joined as in bi.product_history. Every window is of one contract, so
-- that a question about one reads no other.
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
COMMENT ON COLUMN bi.contract_history.provider IS 'the cloud';
COMMENT ON COLUMN bi.contract_history.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.contract_history.list IS 'the published list';
COMMENT ON COLUMN bi.contract_history.contract_key IS 'the provider''s identifier of the entry in the list of contracts';
COMMENT ON COLUMN bi.contract_history.contract_id IS 'FOCUS ContractId: the contract''s number as the provider states it, may differ from contract_key; null where it states none';
COMMENT ON COLUMN bi.contract_history.contract_name IS 'the name during this time';
COMMENT ON COLUMN bi.contract_history.contract_type IS 'FOCUS ContractCommitmentType, the provider''s word';
COMMENT ON COLUMN bi.contract_history.status IS 'the provider''s word, null where it states none';
COMMENT ON COLUMN bi.contract_history.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.contract_history.period_start IS 'first moment of the contract''s term as stated, inclusive';
COMMENT ON COLUMN bi.contract_history.period_end IS 'end of the contract''s term as stated, exclusive';
COMMENT ON COLUMN bi.contract_history.attributes IS 'everything else, as JSON text';
COMMENT ON COLUMN bi.contract_history.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.contract_history.valid_from IS 'the snapshot that first showed it so';
COMMENT ON COLUMN bi.contract_history.valid_to IS 'the snapshot that first did not; null while current';
COMMENT ON COLUMN bi.contract_history.is_current IS 'valid_to is null';
COMMENT ON COLUMN bi.contract_history.recorded_at IS 'when the beginning of this row was written';

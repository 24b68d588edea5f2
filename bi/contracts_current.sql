-- audience: contracts
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
COMMENT ON COLUMN bi.contracts_current.name IS 'the newest known name, as contract_name';

-- audience: contracts
CREATE OR REPLACE VIEW bi.contract_retractions AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, decisions.taken_at,
    decisions.key::text AS contract_key, nullif(latest.contract_ref, '') AS contract_id, latest.name AS contract_name, maker.recorded_at AS retracted_at, maker.actor AS retracted_by, maker.reason,
    ender.recorded_at AS restored_at, ender.actor AS restored_by, ender.reason AS restored_reason,
    decisions.ended_by IS NULL AS is_current, decisions.recorded_by AS run_id
FROM decisions
JOIN lists ON lists.id = decisions.list_id
JOIN runs AS maker ON maker.list_id = decisions.list_id AND maker.id = decisions.recorded_by
LEFT JOIN runs AS ender ON ender.list_id = decisions.list_id AND ender.id = decisions.ended_by
JOIN snapshots ON snapshots.list_id = decisions.list_id AND snapshots.taken_at = decisions.taken_at
LEFT JOIN contracts ON contracts.list_id = decisions.list_id AND contracts.key = decisions.key
LEFT JOIN LATERAL (SELECT version.name, version.contract_ref FROM contract_versions AS version
    WHERE version.list_id = contracts.list_id AND version.contract_id = contracts.id AND version.superseded_by IS NULL
    ORDER BY version.valid_from DESC LIMIT 1) AS latest ON true
WHERE decisions.kind = 'retract' AND lists.kind = 'contract' AND decisions.key IS NOT NULL;

COMMENT ON VIEW bi.contract_retractions IS 'What persons took back of single contracts. Whole snapshots of lists of contracts stand in bi.retractions.';
COMMENT ON COLUMN bi.contract_retractions.provider IS 'the cloud';
COMMENT ON COLUMN bi.contract_retractions.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.contract_retractions.list IS 'the published list';
COMMENT ON COLUMN bi.contract_retractions.taken_at IS 'the moment of the snapshot';
COMMENT ON COLUMN bi.contract_retractions.contract_key IS 'the provider''s identifier of the entry in the list of contracts';
COMMENT ON COLUMN bi.contract_retractions.contract_id IS 'FOCUS ContractId: the contract''s number as the provider states it, may differ from contract_key; null where it states none';
COMMENT ON COLUMN bi.contract_retractions.contract_name IS 'the newest known name';
COMMENT ON COLUMN bi.contract_retractions.retracted_at IS 'when it was taken back';
COMMENT ON COLUMN bi.contract_retractions.retracted_by IS 'who took it back';
COMMENT ON COLUMN bi.contract_retractions.reason IS 'the reason that person gave';
COMMENT ON COLUMN bi.contract_retractions.restored_at IS 'when it became part of history again; null while it is taken back';
COMMENT ON COLUMN bi.contract_retractions.restored_by IS 'who restored it';
COMMENT ON COLUMN bi.contract_retractions.restored_reason IS 'the reason that person gave';
COMMENT ON COLUMN bi.contract_retractions.is_current IS 'whether it is taken back now';
COMMENT ON COLUMN bi.contract_retractions.run_id IS 'the run that took it back; bi.restatements has what that changed';

-- audience: contracts
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

COMMENT ON VIEW bi.focus_contract_commitment IS 'Contracts that are listed now under the column names of the Contract Commitment dataset of FOCUS 1.3; x_ columns are ours. Columns that FOCUS wants and no provider states are null.';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_id IS 'FOCUS ContractId as the provider states it; where it states none, the identifier of the commitment';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_period_start IS 'FOCUS ContractPeriodStart, inclusive; null where the provider states none';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_period_end IS 'FOCUS ContractPeriodEnd, exclusive; null where the provider states none';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_commitment_id IS 'FOCUS ContractCommitmentId: the provider''s identifier of the entry';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_commitment_period_start IS 'FOCUS ContractCommitmentPeriodStart, inclusive: an entry has one term, so it is that of the contract';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_commitment_period_end IS 'FOCUS ContractCommitmentPeriodEnd, exclusive';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_commitment_category IS 'FOCUS ContractCommitmentCategory, Spend or Usage: Usage for planned computes of Samsung Cloud Platform, which commit to a server for a term; null where it is not known';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_commitment_type IS 'FOCUS ContractCommitmentType, the provider''s word';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_commitment_description IS 'FOCUS ContractCommitmentDescription: the name of the entry';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_commitment_quantity IS 'FOCUS ContractCommitmentQuantity: null, no provider states it; FOCUS wants this or the cost';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_commitment_unit IS 'FOCUS ContractCommitmentUnit: null, no provider states it';
COMMENT ON COLUMN bi.focus_contract_commitment.contract_commitment_cost IS 'FOCUS ContractCommitmentCost: null, no provider states it';
COMMENT ON COLUMN bi.focus_contract_commitment.billing_currency IS 'FOCUS BillingCurrency of the cost: null, for there is none';
COMMENT ON COLUMN bi.focus_contract_commitment.x_provider IS 'the cloud';
COMMENT ON COLUMN bi.focus_contract_commitment.x_source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.focus_contract_commitment.x_list IS 'the published list';
COMMENT ON COLUMN bi.focus_contract_commitment.x_status IS 'the provider''s word; not translated into FOCUS lifecycle statuses';
COMMENT ON COLUMN bi.focus_contract_commitment.x_region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.focus_contract_commitment.x_is_missing IS 'absent from the newest snapshots, not yet confirmed';
COMMENT ON COLUMN bi.focus_contract_commitment.x_observed_from IS 'the snapshot that first showed it so';

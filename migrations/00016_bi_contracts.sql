-- +goose Up
CREATE VIEW bi.contract_history AS
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
COMMENT ON COLUMN bi.contract_history.recorded_at IS 'when this row was written';

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

CREATE VIEW bi.contract_prices AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    contracts.key::text AS contract_key, nullif(latest.contract_ref, '') AS contract_id, latest.name AS contract_name,
    prices.region_id::text AS region_id, prices.sku_price_id::text AS sku_price_id, prices.price_kind, prices.price_variant::text AS price_variant,
    prices.pricing_unit::text AS pricing_unit, prices.pricing_currency,
    (CASE WHEN prices.quantity_tier_minimum < 1e20 AND scale(trim_scale(prices.quantity_tier_minimum)) <= 18 THEN prices.quantity_tier_minimum END)::numeric(38,18) AS quantity_tier_minimum,
    (CASE WHEN price_history.list_unit_price < 1e20 AND scale(trim_scale(price_history.list_unit_price)) <= 18 THEN price_history.list_unit_price END)::numeric(38,18) AS list_unit_price,
    trim_scale(price_history.list_unit_price)::text AS list_unit_price_text,
    (CASE WHEN price_history.tax_amount < 1e20 AND scale(trim_scale(price_history.tax_amount)) <= 18 THEN price_history.tax_amount END)::numeric(38,18) AS tax_amount,
    (CASE WHEN price_history.price_with_tax < 1e20 AND scale(trim_scale(price_history.price_with_tax)) <= 18 THEN price_history.price_with_tax END)::numeric(38,18) AS price_with_tax,
    price_history.tax_basis, price_history.effective_from, price_history.effective_to,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = price_history.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < price_history.valid_from) AS not_before,
    price_history.valid_from, price_history.valid_to, price_history.valid_to IS NULL AS is_current, runs.recorded_at
FROM lists
JOIN contracts ON contracts.list_id = lists.id
JOIN prices ON prices.list_id = contracts.list_id AND prices.contract_id = contracts.id
JOIN price_history ON price_history.list_id = prices.list_id AND price_history.price_id = prices.id
JOIN runs ON runs.list_id = price_history.list_id AND runs.id = price_history.recorded_by
CROSS JOIN LATERAL (SELECT contract_versions.name, contract_versions.contract_ref FROM contract_versions
    WHERE contract_versions.list_id = contracts.list_id AND contract_versions.contract_id = contracts.id
      AND contract_versions.superseded_by IS NULL
    ORDER BY contract_versions.valid_from DESC LIMIT 1) AS latest
WHERE price_history.superseded_by IS NULL;
COMMENT ON VIEW bi.contract_prices IS 'Every amount that a contract''s unit price (contract) or the fee for ending it (fee) ever had, for [valid_from, valid_to). Fees fall by themselves as a term runs out: that is no price cut.';
COMMENT ON COLUMN bi.contract_prices.provider IS 'the cloud';
COMMENT ON COLUMN bi.contract_prices.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.contract_prices.list IS 'the published list';
COMMENT ON COLUMN bi.contract_prices.contract_key IS 'the provider''s identifier of the entry in the list of contracts';
COMMENT ON COLUMN bi.contract_prices.contract_id IS 'FOCUS ContractId: the contract''s number as the provider states it, may differ from contract_key; null where it states none';
COMMENT ON COLUMN bi.contract_prices.contract_name IS 'the newest known name';
COMMENT ON COLUMN bi.contract_prices.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.contract_prices.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.contract_prices.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.contract_prices.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.contract_prices.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.contract_prices.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.contract_prices.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.contract_prices.list_unit_price IS 'the base amount as the provider states it; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.contract_prices.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.contract_prices.tax_amount IS 'tax as the provider states it beside the price';
COMMENT ON COLUMN bi.contract_prices.price_with_tax IS 'total as sent, never computed, never repaired';
COMMENT ON COLUMN bi.contract_prices.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.contract_prices.effective_from IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.contract_prices.effective_to IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.contract_prices.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.contract_prices.valid_from IS 'the snapshot that first showed the amount';
COMMENT ON COLUMN bi.contract_prices.valid_to IS 'the snapshot that first did not; null while current';
COMMENT ON COLUMN bi.contract_prices.is_current IS 'valid_to is null';
COMMENT ON COLUMN bi.contract_prices.recorded_at IS 'when this row was written';

CREATE VIEW bi.contract_usage AS
WITH spans AS (
    -- Committed snapshots in a row whose figures stand on the same pages.
    SELECT shown.list_id, shown.pages_at, min(shown.taken_at) AS first_at, max(shown.taken_at) AS last_at
    FROM (SELECT snapshots.list_id, snapshots.taken_at, coalesce(snapshots.pages_of, snapshots.taken_at) AS pages_at,
            row_number() OVER (PARTITION BY snapshots.list_id ORDER BY snapshots.taken_at)
            - row_number() OVER (PARTITION BY snapshots.list_id, coalesce(snapshots.pages_of, snapshots.taken_at)
                ORDER BY snapshots.taken_at) AS island
        FROM snapshots WHERE snapshots.status = 'committed') AS shown
    GROUP BY shown.list_id, shown.pages_at, shown.island
), figures AS (
    SELECT lists.provider, lists.source, lists.list, contracts.key, usage.list_id, usage.contract_id, usage.name, usage.resource,
        usage.unit, usage.used_from, usage.used_to, usage.quantity, spans.first_at, spans.last_at, runs.recorded_at,
        lag(usage.quantity) OVER figure IS DISTINCT FROM usage.quantity AS begins
    FROM lists
    JOIN contracts ON contracts.list_id = lists.id
    JOIN contract_usage AS usage ON usage.list_id = contracts.list_id AND usage.contract_id = contracts.id
    JOIN runs ON runs.list_id = usage.list_id AND runs.id = usage.recorded_by
    JOIN spans ON spans.list_id = usage.list_id AND spans.pages_at = usage.taken_at
    WINDOW figure AS (PARTITION BY lists.provider, lists.source, lists.list, contracts.key, usage.name, usage.resource, usage.unit, usage.used_from, usage.used_to
        ORDER BY spans.first_at)
), numbered AS (
    SELECT figures.*, count(*) FILTER (WHERE figures.begins) OVER figure AS number, lead(figures.first_at) OVER figure IS NULL AS is_last
    FROM figures
    WINDOW figure AS (PARTITION BY figures.provider, figures.source, figures.list, figures.key, figures.name, figures.resource, figures.unit, figures.used_from, figures.used_to
        ORDER BY figures.first_at)
), told AS (
    SELECT numbered.provider, numbered.source, numbered.list, numbered.key, numbered.list_id, numbered.contract_id, numbered.name,
        numbered.resource, numbered.unit, numbered.used_from, numbered.used_to, min(numbered.quantity) AS quantity,
        min(numbered.first_at) AS first_at, max(numbered.last_at) AS last_at, bool_or(numbered.is_last) AS is_newest,
        min(numbered.recorded_at) AS recorded_at
    FROM numbered
    GROUP BY numbered.provider, numbered.source, numbered.list, numbered.key, numbered.list_id, numbered.contract_id, numbered.name,
        numbered.resource, numbered.unit, numbered.used_from, numbered.used_to, numbered.number
)
SELECT told.provider::text AS provider, told.source::text AS source, told.list::text AS list,
    told.key::text AS contract_key, nullif(latest.contract_ref, '') AS contract_id, latest.name AS contract_name,
    told.name AS usage_name, told.resource, told.used_from, told.used_to,
    (CASE WHEN abs(told.quantity) < 1e20 AND scale(trim_scale(told.quantity)) <= 18 THEN told.quantity END)::numeric(38,18) AS quantity,
    trim_scale(told.quantity)::text AS quantity_text, told.unit, told.first_at AS first_shown_at, told.last_at AS last_shown_at,
    told.is_newest, told.recorded_at
FROM told
CROSS JOIN LATERAL (SELECT contract_versions.name, contract_versions.contract_ref FROM contract_versions
    WHERE contract_versions.list_id = told.list_id AND contract_versions.contract_id = told.contract_id
      AND contract_versions.superseded_by IS NULL
    ORDER BY contract_versions.valid_from DESC LIMIT 1) AS latest;
COMMENT ON VIEW bi.contract_usage IS 'Figures about contracts for spans of time, one row a value: providers correct figures of days that are over. The same figure and span has a row for each value it was shown with.';
COMMENT ON COLUMN bi.contract_usage.provider IS 'the cloud';
COMMENT ON COLUMN bi.contract_usage.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.contract_usage.list IS 'the published list';
COMMENT ON COLUMN bi.contract_usage.contract_key IS 'the provider''s identifier of the entry in the list of contracts';
COMMENT ON COLUMN bi.contract_usage.contract_id IS 'FOCUS ContractId: the contract''s number as the provider states it, may differ from contract_key; null where it states none';
COMMENT ON COLUMN bi.contract_usage.contract_name IS 'the newest known name';
COMMENT ON COLUMN bi.contract_usage.usage_name IS 'the provider''s word for the figure';
COMMENT ON COLUMN bi.contract_usage.resource IS 'the covered resource; empty for the whole contract';
COMMENT ON COLUMN bi.contract_usage.used_from IS 'start of the span that the figure is about, inclusive';
COMMENT ON COLUMN bi.contract_usage.used_to IS 'end of that span, exclusive';
COMMENT ON COLUMN bi.contract_usage.quantity IS 'the figure; null only where numeric(38,18) cannot hold it exactly, then see quantity_text';
COMMENT ON COLUMN bi.contract_usage.quantity_text IS 'the exact figure as text';
COMMENT ON COLUMN bi.contract_usage.unit IS 'the unit of the figure, a currency''s code for amounts';
COMMENT ON COLUMN bi.contract_usage.first_shown_at IS 'the snapshot that first showed this value';
COMMENT ON COLUMN bi.contract_usage.last_shown_at IS 'the last snapshot in a row that showed it';
COMMENT ON COLUMN bi.contract_usage.is_newest IS 'no later snapshot shows another value for the same figure and span';
COMMENT ON COLUMN bi.contract_usage.recorded_at IS 'when the value was first written';

CREATE VIEW bi.contract_provenance AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    contracts.key::text AS contract_key, version.name AS contract_name, version.valid_from, version.valid_to, runs.recorded_at,
    snapshots.taken_at, snapshots.recorded_at AS snapshot_recorded_at, coalesce(snapshots.pages_of, snapshots.taken_at) AS pages_taken_at,
    page.number AS page_number, page.part AS page_part, version.page_number IS NOT NULL AS page_is_known,
    snapshots.settings ->> 'base_url' AS base_url, page.request, snapshots.settings::text AS settings,
    pages.media_type, encode(pages.sha256, 'hex') AS sha256, pages.size
FROM lists
JOIN contracts ON contracts.list_id = lists.id
JOIN contract_versions AS version ON version.list_id = contracts.list_id AND version.contract_id = contracts.id
JOIN runs ON runs.list_id = version.list_id AND runs.id = version.recorded_by
JOIN snapshots ON snapshots.list_id = version.list_id AND snapshots.taken_at = version.valid_from
LEFT JOIN snapshot_pages AS page ON page.list_id = snapshots.list_id AND page.taken_at = coalesce(snapshots.pages_of, snapshots.taken_at)
    AND (version.page_number IS NULL OR page.number = version.page_number)
LEFT JOIN pages ON pages.list_id = page.list_id AND pages.id = page.page_id
WHERE version.superseded_by IS NULL;
COMMENT ON VIEW bi.contract_provenance IS 'The stored pages that prove each row of contract history, one row a page.';
COMMENT ON COLUMN bi.contract_provenance.provider IS 'the cloud';
COMMENT ON COLUMN bi.contract_provenance.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.contract_provenance.list IS 'the published list';
COMMENT ON COLUMN bi.contract_provenance.contract_key IS 'the provider''s identifier of the entry in the list of contracts';
COMMENT ON COLUMN bi.contract_provenance.contract_name IS 'the name during this time';
COMMENT ON COLUMN bi.contract_provenance.valid_from IS 'the snapshot that first showed it so';
COMMENT ON COLUMN bi.contract_provenance.valid_to IS 'the snapshot that first did not; null while current';
COMMENT ON COLUMN bi.contract_provenance.recorded_at IS 'when the row of history was written';
COMMENT ON COLUMN bi.contract_provenance.taken_at IS 'the snapshot that proves it, equal to valid_from';
COMMENT ON COLUMN bi.contract_provenance.snapshot_recorded_at IS 'when that snapshot became part of history';
COMMENT ON COLUMN bi.contract_provenance.pages_taken_at IS 'the snapshot with which its pages are kept: another one where the provider had answered byte for byte the same';
COMMENT ON COLUMN bi.contract_provenance.page_number IS 'which page of the list, from 1; null where the pages are no longer kept';
COMMENT ON COLUMN bi.contract_provenance.page_part IS 'which part of that page, from 1';
COMMENT ON COLUMN bi.contract_provenance.page_is_known IS 'true: this page shows it; false: one of the pages listed does';
COMMENT ON COLUMN bi.contract_provenance.base_url IS 'the address that was asked, where the list has one';
COMMENT ON COLUMN bi.contract_provenance.request IS 'what was asked: method and path with query';
COMMENT ON COLUMN bi.contract_provenance.settings IS 'all settings with which the list was read, as JSON text; never a secret';
COMMENT ON COLUMN bi.contract_provenance.media_type IS 'json or xml';
COMMENT ON COLUMN bi.contract_provenance.sha256 IS 'hash of the page''s bytes, in hex';
COMMENT ON COLUMN bi.contract_provenance.size IS 'bytes of the page';

CREATE VIEW bi.focus_contract_commitment AS
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

-- +goose Down
DROP VIEW bi.focus_contract_commitment;
DROP VIEW bi.contract_provenance;
DROP VIEW bi.contract_usage;
DROP VIEW bi.contract_prices;
DROP VIEW bi.contracts_current;
DROP VIEW bi.contract_history;

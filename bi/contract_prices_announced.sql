-- audience: contracts
CREATE OR REPLACE VIEW bi.contract_prices_announced AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, contracts.key::text AS contract_key, nullif(latest.contract_ref, '') AS contract_id, latest.name AS contract_name,
    prices.region_id::text AS region_id, prices.sku_price_id::text AS sku_price_id, prices.price_kind, prices.price_variant::text AS price_variant,
    prices.pricing_unit::text AS pricing_unit, prices.pricing_currency,
    bi.exact(prices.quantity_tier_minimum)::numeric(38,18) AS quantity_tier_minimum,
    bi.exact(stated.list_unit_price)::numeric(38,18) AS list_unit_price,
    trim_scale(stated.list_unit_price)::text AS list_unit_price_text,
    bi.exact((announced_prices.announced ->> 'tax_amount')::numeric)::numeric(38,18) AS tax_amount,
    bi.exact((announced_prices.announced ->> 'price_with_tax')::numeric)::numeric(38,18) AS price_with_tax,
    announced_prices.announced ->> 'tax_basis' AS tax_basis, announced_prices.effective_from,
    (announced_prices.announced ->> 'effective_to')::timestamptz AS effective_to,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = announced_prices.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < announced_prices.announced_at) AS not_before,
    announced_prices.announced_at, announced_prices.announced_to AS ended_at,
    CASE WHEN announced_prices.announced_to IS NULL THEN 'announced'
        WHEN announced_prices.announced_to >= announced_prices.effective_from AND EXISTS (SELECT FROM price_history AS history
            WHERE history.list_id = announced_prices.list_id AND history.price_id = announced_prices.price_id AND history.superseded_by IS NULL
              AND history.list_unit_price = stated.list_unit_price AND history.valid_from <= announced_prices.announced_to
              AND (history.valid_to IS NULL OR history.valid_to > announced_prices.announced_to)) THEN 'in force'
        ELSE 'withdrawn' END AS state,
    runs.recorded_at
FROM announced_prices
JOIN prices ON prices.list_id = announced_prices.list_id AND prices.id = announced_prices.price_id
JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
JOIN lists ON lists.id = announced_prices.list_id
JOIN runs ON runs.list_id = announced_prices.list_id AND runs.id = announced_prices.recorded_by
CROSS JOIN LATERAL (SELECT (announced_prices.announced ->> 'list_unit_price')::numeric AS list_unit_price) AS stated
LEFT JOIN LATERAL (SELECT version.name, version.contract_ref FROM contract_versions AS version
    WHERE version.list_id = contracts.list_id AND version.contract_id = contracts.id AND version.superseded_by IS NULL
    ORDER BY version.valid_from DESC LIMIT 1) AS latest ON true
WHERE announced_prices.superseded_by IS NULL;

COMMENT ON VIEW bi.contract_prices_announced IS 'Prices of contracts that a provider dated later than the snapshot which shows them. Until its day such a price is in no other view.';
COMMENT ON COLUMN bi.contract_prices_announced.provider IS 'the cloud';
COMMENT ON COLUMN bi.contract_prices_announced.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.contract_prices_announced.list IS 'the published list';
COMMENT ON COLUMN bi.contract_prices_announced.contract_key IS 'the provider''s identifier of the entry in the list of contracts';
COMMENT ON COLUMN bi.contract_prices_announced.contract_id IS 'FOCUS ContractId: the contract''s number as the provider states it, may differ from contract_key; null where it states none';
COMMENT ON COLUMN bi.contract_prices_announced.contract_name IS 'the newest known name';
COMMENT ON COLUMN bi.contract_prices_announced.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.contract_prices_announced.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.contract_prices_announced.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.contract_prices_announced.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.contract_prices_announced.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.contract_prices_announced.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.contract_prices_announced.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.contract_prices_announced.list_unit_price IS 'the base amount as the provider states it; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.contract_prices_announced.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.contract_prices_announced.tax_amount IS 'tax as the provider states it beside the price';
COMMENT ON COLUMN bi.contract_prices_announced.price_with_tax IS 'total as sent, never computed, never repaired';
COMMENT ON COLUMN bi.contract_prices_announced.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.contract_prices_announced.effective_from IS 'the provider''s own date from which it holds';
COMMENT ON COLUMN bi.contract_prices_announced.effective_to IS 'the provider''s own date until which it holds, if stated';
COMMENT ON COLUMN bi.contract_prices_announced.not_before IS 'the snapshot before announced_at, it was announced after that; null at the first snapshot';
COMMENT ON COLUMN bi.contract_prices_announced.announced_at IS 'the snapshot that first showed it';
COMMENT ON COLUMN bi.contract_prices_announced.ended_at IS 'the first snapshot that speaks of prices and does not announce it any more; null while it is announced';
COMMENT ON COLUMN bi.contract_prices_announced.state IS 'announced, in force (at ended_at its day had come and it was the price) or withdrawn (it was not)';
COMMENT ON COLUMN bi.contract_prices_announced.recorded_at IS 'when this row was written';

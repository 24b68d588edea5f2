-- audience: everybody
-- Two clocks: valid_from and valid_to say when it was so, recorded_at,
-- superseded_at and valid_to_known_at when that was known. This shows every row ever
-- written. Runs are looked up, not joined: a question about one product then never
-- waits for a join of all rows.
CREATE OR REPLACE VIEW bi.price_versions AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, prices.region_id::text AS region_id, prices.sku_price_id::text AS sku_price_id, prices.price_kind, prices.price_variant::text AS price_variant,
    prices.pricing_unit::text AS pricing_unit, prices.pricing_currency,
    bi.exact(prices.quantity_tier_minimum)::numeric(38,18) AS quantity_tier_minimum,
    bi.exact(version.list_unit_price)::numeric(38,18) AS list_unit_price,
    trim_scale(version.list_unit_price)::text AS list_unit_price_text,
    bi.exact(version.tax_amount)::numeric(38,18) AS tax_amount,
    bi.exact(version.price_with_tax)::numeric(38,18) AS price_with_tax,
    version.tax_basis, version.effective_from, version.effective_to,
    version.valid_from, version.valid_to,
    CASE WHEN version.valid_to IS NOT NULL THEN greatest((SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.recorded_by),
        (SELECT ended.recorded_at FROM snapshots AS ended WHERE ended.list_id = version.list_id AND ended.taken_at = version.valid_to)) END AS valid_to_known_at,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.recorded_by) AS recorded_at,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.superseded_by) AS superseded_at,
    version.recorded_by, version.superseded_by,
    version.list_id, prices.product_id
FROM lists
JOIN products ON products.list_id = lists.id
JOIN prices ON prices.list_id = products.list_id AND prices.product_id = products.id
JOIN price_history AS version ON version.list_id = prices.list_id AND version.price_id = prices.id;

COMMENT ON VIEW bi.price_versions IS 'Every row of price history ever written, also those that later writes replaced. For what holds now see bi.price_history, for what was known at a moment bi.prices_as_of.';
COMMENT ON COLUMN bi.price_versions.provider IS 'the cloud';
COMMENT ON COLUMN bi.price_versions.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.price_versions.list IS 'the published list';
COMMENT ON COLUMN bi.price_versions.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.price_versions.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.price_versions.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.price_versions.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.price_versions.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.price_versions.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.price_versions.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.price_versions.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.price_versions.list_unit_price IS 'the base amount as the provider states it; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.price_versions.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.price_versions.tax_amount IS 'tax as the provider states it beside the price';
COMMENT ON COLUMN bi.price_versions.price_with_tax IS 'total as sent, never computed, never repaired';
COMMENT ON COLUMN bi.price_versions.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.price_versions.effective_from IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.price_versions.effective_to IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.price_versions.valid_from IS 'the snapshot that first showed it';
COMMENT ON COLUMN bi.price_versions.valid_to IS 'the snapshot that first did not; null while open';
COMMENT ON COLUMN bi.price_versions.valid_to_known_at IS 'when valid_to was written; null while there is none';
COMMENT ON COLUMN bi.price_versions.recorded_at IS 'when this row was written';
COMMENT ON COLUMN bi.price_versions.superseded_at IS 'when a later write replaced this row; null while it holds';
COMMENT ON COLUMN bi.price_versions.recorded_by IS 'the run that wrote this row, see bi.runs';
COMMENT ON COLUMN bi.price_versions.superseded_by IS 'the run that replaced this row; null while it holds';
COMMENT ON COLUMN bi.price_versions.list_id IS 'number of the list in this database; joins the views that have it, means nothing outside';
COMMENT ON COLUMN bi.price_versions.product_id IS 'number of the product in this database; joins the views that have it, means nothing outside';

-- audience: everybody
CREATE OR REPLACE VIEW bi.focus_sku_price AS
SELECT lists.provider::text AS service_provider_name, products.key::text AS sku_id, prices.sku_price_id::text AS sku_price_id,
    latest.name AS sku_price_description, prices.region_id::text AS pricing_region_id, prices.pricing_unit::text AS pricing_unit,
    prices.pricing_currency,
    bi.exact(price_history.list_unit_price)::numeric(38,18) AS list_unit_price,
    NULL::text AS contract_id,
    bi.exact(prices.quantity_tier_minimum)::numeric(38,18) AS quantity_tier_minimum,
    price_history.effective_from AS sku_price_effective_start, price_history.effective_to AS sku_price_effective_end,
    lists.source::text AS x_source, lists.list::text AS x_list, trim_scale(price_history.list_unit_price)::text AS x_list_unit_price_text,
    prices.price_variant::text AS x_price_variant, price_history.tax_basis AS x_tax_basis,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = price_history.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < price_history.valid_from) AS x_observed_not_before,
    price_history.valid_from AS x_observed_from, price_history.valid_to AS x_observed_to
FROM lists
JOIN products ON products.list_id = lists.id
JOIN prices ON prices.list_id = products.list_id AND prices.product_id = products.id
JOIN price_history ON price_history.list_id = prices.list_id AND price_history.price_id = prices.id
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest
WHERE price_history.superseded_by IS NULL AND prices.price_kind = 'list';

COMMENT ON VIEW bi.focus_sku_price IS 'Published prices under the column names of the FOCUS SKU Price dataset, a draft for FOCUS 1.5 (pull request 2424) whose columns still move. Columns that no provider states are left out; x_ columns are ours.';
COMMENT ON COLUMN bi.focus_sku_price.service_provider_name IS 'FOCUS ServiceProviderName: syncer''s name of the cloud';
COMMENT ON COLUMN bi.focus_sku_price.sku_id IS 'FOCUS SkuId: the provider''s identifier of the product';
COMMENT ON COLUMN bi.focus_sku_price.sku_price_id IS 'FOCUS SkuPriceId, constant over time; here unique only together with unit, currency, region and tier';
COMMENT ON COLUMN bi.focus_sku_price.sku_price_description IS 'FOCUS SkuPriceDescription: the newest known name of the product';
COMMENT ON COLUMN bi.focus_sku_price.pricing_region_id IS 'FOCUS PricingRegionId, null where the provider states none';
COMMENT ON COLUMN bi.focus_sku_price.pricing_unit IS 'FOCUS PricingUnit, the provider''s word, not the FOCUS unit format';
COMMENT ON COLUMN bi.focus_sku_price.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.focus_sku_price.list_unit_price IS 'FOCUS ListUnitPrice as the provider states it, see x_tax_basis; null only where numeric(38,18) cannot hold it exactly';
COMMENT ON COLUMN bi.focus_sku_price.contract_id IS 'FOCUS ContractId: always null, these prices are public; those of contracts stand in bi.contract_prices';
COMMENT ON COLUMN bi.focus_sku_price.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.focus_sku_price.sku_price_effective_start IS 'FOCUS SkuPriceEffectiveStart: the provider''s own date, null where it states none; never the moment it was first seen';
COMMENT ON COLUMN bi.focus_sku_price.sku_price_effective_end IS 'FOCUS SkuPriceEffectiveEnd, exclusive: the provider''s own date, null where it states none';
COMMENT ON COLUMN bi.focus_sku_price.x_source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.focus_sku_price.x_list IS 'the published list';
COMMENT ON COLUMN bi.focus_sku_price.x_list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.focus_sku_price.x_price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.focus_sku_price.x_tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.focus_sku_price.x_observed_not_before IS 'the snapshot before x_observed_from, which showed something else; null at the first snapshot';
COMMENT ON COLUMN bi.focus_sku_price.x_observed_from IS 'the snapshot that first showed the amount';
COMMENT ON COLUMN bi.focus_sku_price.x_observed_to IS 'the snapshot that first did not; null while current';

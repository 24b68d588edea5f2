-- audience: everybody
CREATE OR REPLACE VIEW bi.prices_current AS
SELECT provider, source, list, product_key, product_name, region_id, sku_price_id, price_kind, price_variant,
    pricing_unit, pricing_currency, quantity_tier_minimum, list_unit_price, list_unit_price_text, tax_amount,
    price_with_tax, tax_basis, effective_from, effective_to, not_before, valid_from, recorded_at
FROM bi.price_history WHERE is_current;

COMMENT ON VIEW bi.prices_current IS 'What everything costs now, as far as the newest snapshots say.';
COMMENT ON COLUMN bi.prices_current.provider IS 'the cloud';
COMMENT ON COLUMN bi.prices_current.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.prices_current.list IS 'the published list';
COMMENT ON COLUMN bi.prices_current.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.prices_current.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.prices_current.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.prices_current.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.prices_current.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.prices_current.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.prices_current.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.prices_current.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.prices_current.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.prices_current.list_unit_price IS 'the base amount as the provider states it; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.prices_current.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.prices_current.tax_amount IS 'tax as the provider states it beside the price';
COMMENT ON COLUMN bi.prices_current.price_with_tax IS 'total as sent, never computed, never repaired';
COMMENT ON COLUMN bi.prices_current.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.prices_current.effective_from IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.prices_current.effective_to IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.prices_current.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.prices_current.valid_from IS 'the snapshot that first showed the amount';
COMMENT ON COLUMN bi.prices_current.recorded_at IS 'when this row was written';

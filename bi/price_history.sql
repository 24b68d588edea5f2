-- audience: everybody
CREATE OR REPLACE VIEW bi.price_history AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, latest.name AS product_name, prices.region_id::text AS region_id,
    prices.sku_price_id::text AS sku_price_id, prices.price_kind, prices.price_variant::text AS price_variant,
    prices.pricing_unit::text AS pricing_unit, prices.pricing_currency,
    bi.exact(prices.quantity_tier_minimum)::numeric(38,18) AS quantity_tier_minimum,
    bi.exact(price_history.list_unit_price)::numeric(38,18) AS list_unit_price,
    trim_scale(price_history.list_unit_price)::text AS list_unit_price_text,
    bi.exact(price_history.tax_amount)::numeric(38,18) AS tax_amount,
    bi.exact(price_history.price_with_tax)::numeric(38,18) AS price_with_tax,
    price_history.tax_basis, price_history.effective_from, price_history.effective_to,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = price_history.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < price_history.valid_from) AS not_before,
    price_history.valid_from, price_history.valid_to, price_history.valid_to IS NULL AS is_current,
    runs.recorded_at
FROM price_history
JOIN prices ON prices.list_id = price_history.list_id AND prices.id = price_history.price_id
JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
JOIN lists ON lists.id = price_history.list_id
JOIN runs ON runs.list_id = price_history.list_id AND runs.id = price_history.recorded_by
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest
WHERE price_history.superseded_by IS NULL;

COMMENT ON VIEW bi.price_history IS 'Every amount a product''s price ever had, for [valid_from, valid_to).';
COMMENT ON COLUMN bi.price_history.provider IS 'the cloud';
COMMENT ON COLUMN bi.price_history.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.price_history.list IS 'the published list';
COMMENT ON COLUMN bi.price_history.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.price_history.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.price_history.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.price_history.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.price_history.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.price_history.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.price_history.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.price_history.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.price_history.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.price_history.list_unit_price IS 'the base amount as the provider states it; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.price_history.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.price_history.tax_amount IS 'tax as the provider states it beside the price';
COMMENT ON COLUMN bi.price_history.price_with_tax IS 'total as sent, never computed, never repaired';
COMMENT ON COLUMN bi.price_history.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.price_history.effective_from IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.price_history.effective_to IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.price_history.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.price_history.valid_from IS 'the snapshot that first showed the amount';
COMMENT ON COLUMN bi.price_history.valid_to IS 'the snapshot that first did not; null while current';
COMMENT ON COLUMN bi.price_history.is_current IS 'valid_to is null';
COMMENT ON COLUMN bi.price_history.recorded_at IS 'when this row was written';

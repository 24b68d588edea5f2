-- audience: everybody
CREATE OR REPLACE VIEW bi.prices_month_end AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, months.month::date AS month, ends.month_end, seen.taken_at AS last_snapshot_at,
    products.key::text AS product_key, latest.name AS product_name, prices.region_id::text AS region_id, prices.sku_price_id::text AS sku_price_id, prices.price_kind, prices.price_variant::text AS price_variant,
    prices.pricing_unit::text AS pricing_unit, prices.pricing_currency,
    bi.exact(prices.quantity_tier_minimum)::numeric(38,18) AS quantity_tier_minimum,
    bi.exact(price_history.list_unit_price)::numeric(38,18) AS list_unit_price,
    trim_scale(price_history.list_unit_price)::text AS list_unit_price_text,
    bi.exact(price_history.tax_amount)::numeric(38,18) AS tax_amount,
    bi.exact(price_history.price_with_tax)::numeric(38,18) AS price_with_tax,
    price_history.tax_basis, price_history.effective_from, price_history.effective_to,
    earlier.taken_at AS not_before, price_history.valid_from
FROM lists
CROSS JOIN report_settings
CROSS JOIN LATERAL (SELECT min(snapshots.taken_at) AS oldest, max(snapshots.taken_at) AS newest FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'committed') AS read
CROSS JOIN LATERAL generate_series(date_trunc('month', read.oldest AT TIME ZONE report_settings.report_timezone),
    least(date_trunc('month', read.newest AT TIME ZONE report_settings.report_timezone),
        date_trunc('month', now() AT TIME ZONE report_settings.report_timezone) - interval '1 month'), interval '1 month') AS months (month)
CROSS JOIN LATERAL (SELECT (months.month + interval '1 month') AT TIME ZONE report_settings.report_timezone AS month_end) AS ends
CROSS JOIN LATERAL (SELECT max(snapshots.taken_at) AS taken_at FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'committed' AND snapshots.taken_at < ends.month_end) AS seen
JOIN products ON products.list_id = lists.id
JOIN prices ON prices.list_id = products.list_id AND prices.product_id = products.id
JOIN price_history ON price_history.list_id = prices.list_id AND price_history.price_id = prices.id
    AND price_history.valid_from < ends.month_end AND (price_history.valid_to IS NULL OR price_history.valid_to >= ends.month_end)
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest
CROSS JOIN LATERAL (SELECT max(snapshots.taken_at) AS taken_at FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'committed'
      AND snapshots.taken_at < price_history.valid_from) AS earlier
WHERE price_history.superseded_by IS NULL;

COMMENT ON VIEW bi.prices_month_end IS 'What everything cost when each month ended in the report time zone, for every month that has ended, from the first snapshot of its list to the newest.';
COMMENT ON COLUMN bi.prices_month_end.provider IS 'the cloud';
COMMENT ON COLUMN bi.prices_month_end.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.prices_month_end.list IS 'the published list';
COMMENT ON COLUMN bi.prices_month_end.month IS 'first day of the month';
COMMENT ON COLUMN bi.prices_month_end.month_end IS 'when the month ended in the report time zone, exclusive';
COMMENT ON COLUMN bi.prices_month_end.last_snapshot_at IS 'the newest snapshot of the list in or before the month: what came after it is not in the price';
COMMENT ON COLUMN bi.prices_month_end.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.prices_month_end.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.prices_month_end.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.prices_month_end.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.prices_month_end.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.prices_month_end.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.prices_month_end.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.prices_month_end.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.prices_month_end.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.prices_month_end.list_unit_price IS 'the base amount as the provider states it; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.prices_month_end.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.prices_month_end.tax_amount IS 'tax as the provider states it beside the price';
COMMENT ON COLUMN bi.prices_month_end.price_with_tax IS 'total as sent, never computed, never repaired';
COMMENT ON COLUMN bi.prices_month_end.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.prices_month_end.effective_from IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.prices_month_end.effective_to IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.prices_month_end.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.prices_month_end.valid_from IS 'the snapshot that first showed it';

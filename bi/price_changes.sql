-- audience: everybody
-- A price that goes on is compared with itself. One that ends and one that
-- begins at the same moment are a pair if they differ in nothing but the unit,
-- else in nothing but the currency; both sides are found by this one rule, and
-- each has one partner at most. Every window is of one product and moment, so
-- that a question about either reads no more than it asks for; and for the same
-- reason lists and products stand in each part. Runs and names are looked up, not
-- joined: how many rows come out is nothing that Postgres can know. A change was
-- recorded when the last of what it says was: the row that began, the row before, the
-- snapshot that closed it, or what took away the row that it was compared with.
CREATE OR REPLACE VIEW bi.price_changes AS
WITH sides AS (
    SELECT lists.provider, lists.source, lists.list, products.key, prices.list_id, prices.product_id, prices.sku_price_id, prices.price_kind, prices.price_variant,
        prices.region_id, prices.quantity_tier_minimum, prices.pricing_unit, prices.pricing_currency,
        began.valid_from AS changed_at, 'began' AS side, began.list_unit_price, began.tax_basis, began.recorded_by
    FROM lists
    JOIN products ON products.list_id = lists.id
    JOIN prices ON prices.list_id = products.list_id AND prices.product_id = products.id
    JOIN price_history AS began ON began.list_id = prices.list_id AND began.price_id = prices.id
    WHERE began.superseded_by IS NULL
      AND NOT EXISTS (SELECT FROM price_history AS before WHERE before.list_id = began.list_id AND before.price_id = began.price_id
        AND before.superseded_by IS NULL AND before.valid_to = began.valid_from)
    UNION ALL
    SELECT lists.provider, lists.source, lists.list, products.key, prices.list_id, prices.product_id, prices.sku_price_id, prices.price_kind, prices.price_variant,
        prices.region_id, prices.quantity_tier_minimum, prices.pricing_unit, prices.pricing_currency,
        ended.valid_to, 'ended', ended.list_unit_price, ended.tax_basis, ended.recorded_by
    FROM lists
    JOIN products ON products.list_id = lists.id
    JOIN prices ON prices.list_id = products.list_id AND prices.product_id = products.id
    JOIN price_history AS ended ON ended.list_id = prices.list_id AND ended.price_id = prices.id
    WHERE ended.superseded_by IS NULL AND ended.valid_to IS NOT NULL
      AND NOT EXISTS (SELECT FROM price_history AS next WHERE next.list_id = ended.list_id AND next.price_id = ended.price_id
        AND next.superseded_by IS NULL AND next.valid_from = ended.valid_to)
), by_unit AS (
    SELECT sides.*, row_number() OVER (PARTITION BY provider, source, list, key, changed_at, list_id, product_id,
        sku_price_id, price_kind, price_variant, region_id, quantity_tier_minimum, pricing_currency, side ORDER BY pricing_unit) AS place
    FROM sides
), units AS (
    SELECT by_unit.*, count(*) OVER pair = 2 AS other_unit, first_value(pricing_unit) OVER pair AS unit_before,
        first_value(list_unit_price) OVER pair AS amount_before, first_value(tax_basis) OVER pair AS basis_before,
        first_value(recorded_by) OVER pair AS run_before
    FROM by_unit
    WINDOW pair AS (PARTITION BY provider, source, list, key, changed_at, list_id, product_id,
        sku_price_id, price_kind, price_variant, region_id, quantity_tier_minimum, pricing_currency, place
        ORDER BY side DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), by_currency AS (
    SELECT units.*, row_number() OVER (PARTITION BY provider, source, list, key, changed_at, list_id, product_id,
        sku_price_id, price_kind, price_variant, region_id, quantity_tier_minimum, pricing_unit, other_unit, side ORDER BY pricing_currency) AS place_left
    FROM units WHERE side = 'began' OR NOT other_unit
), currencies AS (
    SELECT by_currency.*, count(*) OVER pair = 2 AS other_currency, first_value(pricing_currency) OVER pair AS currency_before,
        first_value(list_unit_price) OVER pair AS amount_left, first_value(tax_basis) OVER pair AS basis_left,
        first_value(recorded_by) OVER pair AS run_left
    FROM by_currency
    WINDOW pair AS (PARTITION BY provider, source, list, key, changed_at, list_id, product_id,
        sku_price_id, price_kind, price_variant, region_id, quantity_tier_minimum, pricing_unit, other_unit, place_left
        ORDER BY side DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), moved AS (
    SELECT provider, source, list, key, list_id, product_id, sku_price_id, price_kind, price_variant, region_id, quantity_tier_minimum,
        pricing_unit, pricing_currency, changed_at,
        CASE WHEN other_unit THEN 'unit' WHEN other_currency THEN 'currency' WHEN side = 'began' THEN 'new' ELSE 'ended' END AS change_kind,
        CASE WHEN other_unit THEN amount_before WHEN other_currency THEN amount_left WHEN side = 'ended' THEN list_unit_price END AS from_amount,
        CASE WHEN side = 'began' THEN list_unit_price END AS to_amount,
        CASE WHEN other_unit THEN unit_before WHEN other_currency OR side = 'ended' THEN pricing_unit END AS from_unit,
        CASE WHEN other_unit THEN pricing_currency WHEN other_currency THEN currency_before WHEN side = 'ended' THEN pricing_currency END AS from_currency,
        CASE WHEN other_unit THEN basis_before WHEN other_currency THEN basis_left WHEN side = 'ended' THEN tax_basis END AS from_basis,
        CASE WHEN side = 'began' THEN tax_basis END AS to_basis, recorded_by,
        CASE WHEN other_unit THEN run_before WHEN other_currency THEN run_left END AS recorded_before
    FROM currencies WHERE side = 'began' OR NOT other_currency
    UNION ALL
    SELECT lists.provider, lists.source, lists.list, products.key, prices.list_id, prices.product_id, prices.sku_price_id, prices.price_kind, prices.price_variant,
        prices.region_id, prices.quantity_tier_minimum, prices.pricing_unit, prices.pricing_currency, before.valid_to,
        CASE WHEN before.tax_basis <> began.tax_basis THEN 'tax'
            WHEN before.list_unit_price < began.list_unit_price THEN 'raised'
            WHEN before.list_unit_price > began.list_unit_price THEN 'lowered'
            WHEN (before.tax_amount, before.price_with_tax) IS DISTINCT FROM (began.tax_amount, began.price_with_tax) THEN 'tax'
            END, -- or only the provider's own dates moved
        before.list_unit_price, began.list_unit_price, prices.pricing_unit, prices.pricing_currency, before.tax_basis, began.tax_basis, began.recorded_by, before.recorded_by
    FROM lists
    JOIN products ON products.list_id = lists.id
    JOIN prices ON prices.list_id = products.list_id AND prices.product_id = products.id
    JOIN price_history AS before ON before.list_id = prices.list_id AND before.price_id = prices.id
    CROSS JOIN LATERAL (SELECT next.list_unit_price, next.tax_amount, next.price_with_tax, next.tax_basis, next.recorded_by
        FROM price_history AS next
        WHERE next.list_id = before.list_id AND next.price_id = before.price_id AND next.superseded_by IS NULL
          AND next.valid_from = before.valid_to LIMIT 1) AS began
    WHERE before.superseded_by IS NULL AND before.valid_to IS NOT NULL
)
SELECT moved.provider::text AS provider, moved.source::text AS source, moved.list::text AS list, moved.key::text AS product_key,
    (SELECT product_versions.name FROM product_versions
        WHERE product_versions.list_id = moved.list_id AND product_versions.product_id = moved.product_id
          AND product_versions.superseded_by IS NULL
        ORDER BY product_versions.valid_from DESC LIMIT 1) AS product_name,
    moved.region_id::text AS region_id, moved.sku_price_id::text AS sku_price_id, moved.price_kind, moved.price_variant::text AS price_variant,
    moved.pricing_unit::text AS pricing_unit, moved.pricing_currency,
    moved.changed_at, moved.change_kind,
    bi.exact(moved.from_amount)::numeric(38,18) AS from_list_unit_price,
    bi.exact(moved.to_amount)::numeric(38,18) AS to_list_unit_price,
    trim_scale(moved.from_amount)::text AS from_list_unit_price_text,
    trim_scale(moved.to_amount)::text AS to_list_unit_price_text,
    CASE WHEN moved.change_kind IN ('raised', 'lowered') AND moved.from_amount > 0
        THEN round((moved.to_amount - moved.from_amount) * 100 / moved.from_amount, 2) END AS percent,
    moved.from_unit::text AS from_pricing_unit, moved.from_currency AS from_pricing_currency,
    greatest((SELECT max(runs.recorded_at) FROM runs WHERE runs.list_id = moved.list_id AND runs.id IN (moved.recorded_by, moved.recorded_before)),
        (SELECT snapshots.recorded_at FROM snapshots WHERE snapshots.list_id = moved.list_id AND snapshots.taken_at = moved.changed_at),
        CASE WHEN moved.change_kind IN ('new', 'ended') THEN (SELECT max(runs.recorded_at) FROM prices
            JOIN price_history AS gone ON gone.list_id = prices.list_id AND gone.price_id = prices.id AND gone.superseded_by IS NOT NULL
                AND CASE moved.change_kind WHEN 'new' THEN gone.valid_to ELSE gone.valid_from END = moved.changed_at
            JOIN runs ON runs.list_id = gone.list_id AND runs.id = gone.superseded_by
            WHERE prices.list_id = moved.list_id AND prices.product_id = moved.product_id AND prices.sku_price_id = moved.sku_price_id
              AND prices.price_kind = moved.price_kind AND prices.price_variant = moved.price_variant
              AND prices.region_id IS NOT DISTINCT FROM moved.region_id
              AND prices.quantity_tier_minimum IS NOT DISTINCT FROM moved.quantity_tier_minimum) END) AS recorded_at,
    bi.exact(moved.quantity_tier_minimum)::numeric(38,18) AS quantity_tier_minimum,
    moved.from_basis AS from_tax_basis, moved.to_basis AS to_tax_basis
FROM moved
WHERE moved.change_kind IS NOT NULL;

COMMENT ON VIEW bi.price_changes IS 'What changed in prices, one line a change.';
COMMENT ON COLUMN bi.price_changes.provider IS 'the cloud';
COMMENT ON COLUMN bi.price_changes.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.price_changes.list IS 'the published list';
COMMENT ON COLUMN bi.price_changes.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.price_changes.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.price_changes.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.price_changes.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.price_changes.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.price_changes.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.price_changes.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.price_changes.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.price_changes.changed_at IS 'the first snapshot that showed it';
COMMENT ON COLUMN bi.price_changes.change_kind IS 'raised, lowered, new, ended, unit, currency or tax; tax wherever the same price has another tax basis';
COMMENT ON COLUMN bi.price_changes.from_list_unit_price IS 'amount before, null for new';
COMMENT ON COLUMN bi.price_changes.to_list_unit_price IS 'amount after, null for ended';
COMMENT ON COLUMN bi.price_changes.from_list_unit_price_text IS 'exact amount before';
COMMENT ON COLUMN bi.price_changes.to_list_unit_price_text IS 'exact amount after';
COMMENT ON COLUMN bi.price_changes.percent IS 'change in percent, two decimals; null unless raised or lowered';
COMMENT ON COLUMN bi.price_changes.from_pricing_unit IS 'unit before';
COMMENT ON COLUMN bi.price_changes.from_pricing_currency IS 'currency before';
COMMENT ON COLUMN bi.price_changes.recorded_at IS 'when the last of what the row says was written: an end has a time of its own, and a late snapshot may change the amount before';
COMMENT ON COLUMN bi.price_changes.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.price_changes.from_tax_basis IS 'whether the amount before is without tax (excluded), with it (included) or unsaid (unknown); null for new';
COMMENT ON COLUMN bi.price_changes.to_tax_basis IS 'the same of the amount after; null for ended';

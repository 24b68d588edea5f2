-- Contracts as commands show them.

-- name: BIContractPricesOf :many
-- The rows of one price stand together.
SELECT price_kind, price_variant, pricing_unit, pricing_currency, coalesce(region_id, '')::text AS region_id,
    coalesce(trim_scale(quantity_tier_minimum)::text, '')::text AS quantity_tier_minimum, sku_price_id,
    list_unit_price_text, tax_basis, valid_from, valid_to
FROM bi.contract_prices
WHERE source = @source AND list = @list AND contract_key = @contract_key
ORDER BY price_kind, price_variant, pricing_unit, pricing_currency, contract_prices.region_id NULLS FIRST,
    contract_prices.quantity_tier_minimum NULLS FIRST, sku_price_id, valid_from;

-- name: BIContractVersionsOf :many
SELECT coalesce(status, '')::text AS status, coalesce(contract_type, '')::text AS contract_type, contract_name,
    period_end, attributes, valid_from, coalesce(valid_to, '0001-01-01T00:00:00Z')::timestamptz AS valid_to
FROM bi.contract_history
WHERE source = @source AND list = @list AND contract_key = @contract_key
ORDER BY valid_from;

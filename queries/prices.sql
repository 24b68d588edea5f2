-- name: PriceFind :many
SELECT * FROM prices WHERE list_id = @list_id AND product_id = ANY(@product_ids::bigint[]);

-- name: PriceIDs :many
SELECT nextval('price_ids')::bigint AS id FROM generate_series(1, @count::integer);

-- name: PriceCopy :copyfrom
INSERT INTO prices (list_id, id, product_id, contract_id, sku_price_id, price_kind, price_variant, pricing_unit, pricing_currency,
    region_id, quantity_tier_minimum)
VALUES (@list_id, @id, @product_id, @contract_id, @sku_price_id, @price_kind, @price_variant, @pricing_unit, @pricing_currency,
    @region_id, @quantity_tier_minimum);

-- name: PriceHistoryLoad :many
SELECT prices.product_id::bigint AS product_id, sqlc.embed(price_history)
FROM ROWS FROM (unnest(@product_ids::bigint[]), unnest(@since::timestamptz[])) AS w (product_id, since)
JOIN prices ON prices.list_id = @list_id AND prices.product_id = w.product_id
JOIN price_history ON price_history.list_id = prices.list_id AND price_history.price_id = prices.id
WHERE price_history.superseded_by IS NULL AND (price_history.valid_to IS NULL OR price_history.valid_to >= w.since)
ORDER BY price_history.price_id, price_history.valid_from;

-- name: PriceHistoryClose :exec
UPDATE price_history SET valid_to = @valid_to
WHERE list_id = @list_id AND price_id = ANY(@price_ids::bigint[]) AND valid_to IS NULL AND superseded_by IS NULL;

-- name: PriceHistorySupersede :exec
UPDATE price_history SET superseded_by = @run_id
FROM ROWS FROM (unnest(@price_ids::bigint[]), unnest(@valid_froms::timestamptz[])) AS s (price_id, valid_from)
WHERE price_history.list_id = @list_id AND price_history.price_id = s.price_id
  AND price_history.valid_from = s.valid_from AND price_history.superseded_by IS NULL;

-- name: PriceHistoryCopy :copyfrom
INSERT INTO price_history (list_id, price_id, list_unit_price, tax_amount, price_with_tax, tax_basis,
    effective_from, effective_to, valid_from, valid_to, recorded_by)
VALUES (@list_id, @price_id, @list_unit_price, @tax_amount, @price_with_tax, @tax_basis,
    @effective_from, @effective_to, @valid_from, @valid_to, @recorded_by);

-- name: PriceHistoryOverlaps :one
SELECT EXISTS (
    SELECT FROM price_history AS open
    JOIN price_history AS closed ON closed.list_id = open.list_id AND closed.price_id = open.price_id
    WHERE open.list_id = @list_id AND open.price_id = ANY(@price_ids::bigint[])
      AND open.valid_to IS NULL AND open.superseded_by IS NULL
      AND closed.superseded_by IS NULL AND closed.valid_to > open.valid_from)::boolean AS overlaps;

-- name: PriceHistoryEver :many
-- Every row of some prices that was ever recorded, superseded ones too.
SELECT * FROM price_history
WHERE list_id = @list_id AND price_id = ANY(@price_ids::bigint[])
ORDER BY price_id, valid_from, recorded_by;

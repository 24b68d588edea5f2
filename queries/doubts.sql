-- name: DoubtLoad :many
-- The runs of doubt of some prices, in time order.
SELECT * FROM doubts
WHERE list_id = @list_id AND price_id = ANY(@price_ids::bigint[]) AND superseded_by IS NULL
ORDER BY price_id, doubted_from;

-- name: DoubtsEver :many
SELECT * FROM doubts WHERE list_id = @list_id AND price_id = ANY(@price_ids::bigint[])
ORDER BY price_id, doubted_from, recorded_by;

-- name: DoubtedEver :many
-- The keys of which a price was ever doubted, also where a late snapshot ended that.
SELECT DISTINCT coalesce(products.key, contracts.key)::text AS key FROM doubts
JOIN prices ON prices.list_id = doubts.list_id AND prices.id = doubts.price_id
LEFT JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
LEFT JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
WHERE doubts.list_id = @list_id;

-- name: DoubtCopy :copyfrom
INSERT INTO doubts (list_id, price_id, reason, doubted_from, doubted_to, confirmed_at, shown, recorded_by)
VALUES (@list_id, @price_id, @reason, @doubted_from, @doubted_to, @confirmed_at, @shown, @recorded_by);

-- name: DoubtEnd :exec
UPDATE doubts SET doubted_to = @at::timestamptz
WHERE list_id = @list_id AND price_id = ANY(@price_ids::bigint[]) AND doubted_to IS NULL AND superseded_by IS NULL;

-- name: DoubtConfirm :exec
UPDATE doubts SET confirmed_at = @at::timestamptz
WHERE list_id = @list_id AND price_id = ANY(@price_ids::bigint[]) AND doubted_to IS NULL AND confirmed_at IS NULL AND superseded_by IS NULL;

-- name: DoubtShow :exec
-- What runs that last show from the newest snapshot on, after all before.
UPDATE doubts SET shown = d.shown
FROM ROWS FROM (unnest(@price_ids::bigint[]), unnest(@showns::jsonb[])) AS d (price_id, shown)
WHERE doubts.list_id = @list_id AND doubts.price_id = d.price_id AND doubts.doubted_to IS NULL AND doubts.superseded_by IS NULL;

-- name: DoubtSupersede :exec
UPDATE doubts SET superseded_by = @run_id::bigint
FROM ROWS FROM (unnest(@price_ids::bigint[]), unnest(@froms::timestamptz[])) AS d (price_id, doubted_from)
WHERE doubts.list_id = @list_id AND doubts.price_id = d.price_id AND doubts.doubted_from = d.doubted_from AND doubts.superseded_by IS NULL;

-- name: AnnouncedLoad :many
-- What was announced of some prices, in time order.
SELECT * FROM announced_prices
WHERE list_id = @list_id AND price_id = ANY(@price_ids::bigint[]) AND superseded_by IS NULL
ORDER BY price_id, announced_at, effective_from;

-- name: AnnouncedEver :many
SELECT * FROM announced_prices WHERE list_id = @list_id AND price_id = ANY(@price_ids::bigint[])
ORDER BY price_id, announced_at, effective_from, recorded_by;

-- name: AnnouncedCopy :copyfrom
INSERT INTO announced_prices (list_id, price_id, effective_from, announced, announced_at, announced_to, recorded_by)
VALUES (@list_id, @price_id, @effective_from, @announced, @announced_at, @announced_to, @recorded_by);

-- name: AnnouncedEnd :exec
UPDATE announced_prices SET announced_to = @at::timestamptz
FROM ROWS FROM (unnest(@price_ids::bigint[]), unnest(@effective_froms::timestamptz[]), unnest(@announced_ats::timestamptz[])) AS a (price_id, effective_from, announced_at)
WHERE announced_prices.list_id = @list_id AND announced_prices.price_id = a.price_id AND announced_prices.effective_from = a.effective_from
  AND announced_prices.announced_at = a.announced_at AND announced_prices.superseded_by IS NULL;

-- name: AnnouncedSupersede :exec
UPDATE announced_prices SET superseded_by = @run_id::bigint
FROM ROWS FROM (unnest(@price_ids::bigint[]), unnest(@effective_froms::timestamptz[]), unnest(@announced_ats::timestamptz[])) AS a (price_id, effective_from, announced_at)
WHERE announced_prices.list_id = @list_id AND announced_prices.price_id = a.price_id AND announced_prices.effective_from = a.effective_from
  AND announced_prices.announced_at = a.announced_at AND announced_prices.superseded_by IS NULL;

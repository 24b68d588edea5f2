-- What the guard compares with: entries, and how many there are of what can be
-- lost, as the committed snapshot of a moment held them. Absences that history
-- bridges are left out.

-- name: ProductsAt :many
SELECT products.key, sqlc.embed(product_versions)
FROM products
JOIN product_versions ON product_versions.list_id = products.list_id AND product_versions.product_id = products.id
WHERE products.list_id = @list_id AND products.key = ANY(@keys::text[]) AND product_versions.superseded_by IS NULL
  AND product_versions.valid_from <= @at AND (product_versions.valid_to IS NULL OR product_versions.valid_to > @at);

-- name: ContractsAt :many
SELECT contracts.key, sqlc.embed(contract_versions)
FROM contracts
JOIN contract_versions ON contract_versions.list_id = contracts.list_id AND contract_versions.contract_id = contracts.id
WHERE contracts.list_id = @list_id AND contracts.key = ANY(@keys::text[]) AND contract_versions.superseded_by IS NULL
  AND contract_versions.valid_from <= @at AND (contract_versions.valid_to IS NULL OR contract_versions.valid_to > @at);

-- name: PricesAt :many
-- The prices of some entries at a moment, by the entry's number.
SELECT coalesce(prices.product_id, prices.contract_id)::bigint AS entry_id, sqlc.embed(prices), sqlc.embed(price_history)
FROM prices
JOIN price_history ON price_history.list_id = prices.list_id AND price_history.price_id = prices.id
WHERE prices.list_id = @list_id AND (prices.product_id = ANY(@entry_ids::bigint[]) OR prices.contract_id = ANY(@entry_ids::bigint[]))
  AND price_history.superseded_by IS NULL
  AND price_history.valid_from <= @at AND (price_history.valid_to IS NULL OR price_history.valid_to > @at)
ORDER BY prices.id;

-- name: PriceCountsAt :one
-- Fees are no prices here.
SELECT count(*) AS priced, coalesce(sum(entry.prices), 0)::bigint AS prices, coalesce(sum(entry.charged), 0)::bigint AS charged,
    coalesce(sum(entry.taxed), 0)::bigint AS taxed
FROM (
    SELECT count(*) AS prices, count(*) FILTER (WHERE price_history.list_unit_price > 0) AS charged,
        count(*) FILTER (WHERE price_history.tax_amount IS NOT NULL OR price_history.price_with_tax IS NOT NULL) AS taxed
    FROM price_history
    JOIN prices ON prices.list_id = price_history.list_id AND prices.id = price_history.price_id
    WHERE price_history.list_id = @list_id AND price_history.superseded_by IS NULL AND prices.price_kind <> 'fee'
      AND price_history.valid_from <= @at AND (price_history.valid_to IS NULL OR price_history.valid_to > @at)
      AND NOT EXISTS (SELECT FROM absences
          WHERE absences.list_id = @list_id AND coalesce(absences.product_id, absences.contract_id) = coalesce(prices.product_id, prices.contract_id)
            AND absences.superseded_by IS NULL AND absences.absent_from <= @at AND (absences.absent_to IS NULL OR absences.absent_to > @at))
    GROUP BY coalesce(prices.product_id, prices.contract_id)) AS entry;

-- name: ProductCountsAt :one
-- How many products state each of their fields.
SELECT count(*) FILTER (WHERE name <> '') AS name, count(status) AS status, count(lifecycle) AS lifecycle,
    count(*) FILTER (WHERE attributes <> '{}') AS attributes, count(*) FILTER (WHERE zone_statuses <> '{}') AS zone_statuses,
    count(*) FILTER (WHERE vcpu > 0) AS vcpu, count(*) FILTER (WHERE memory_mib > 0) AS memory_mib,
    count(*) FILTER (WHERE disk_gib > 0) AS disk_gib, count(*) FILTER (WHERE gpu_count > 0) AS gpu_count
FROM product_versions
WHERE product_versions.list_id = @list_id AND product_versions.superseded_by IS NULL
  AND product_versions.valid_from <= @at AND (product_versions.valid_to IS NULL OR product_versions.valid_to > @at)
  AND NOT EXISTS (SELECT FROM absences
      WHERE absences.list_id = @list_id AND absences.product_id = product_versions.product_id AND absences.superseded_by IS NULL
        AND absences.absent_from <= @at AND (absences.absent_to IS NULL OR absences.absent_to > @at));

-- name: ContractCountsAt :one
-- How many contracts state each of their fields.
SELECT count(*) FILTER (WHERE name <> '') AS name, count(status) AS status, count(*) FILTER (WHERE attributes <> '{}') AS attributes
FROM contract_versions
WHERE contract_versions.list_id = @list_id AND contract_versions.superseded_by IS NULL
  AND contract_versions.valid_from <= @at AND (contract_versions.valid_to IS NULL OR contract_versions.valid_to > @at)
  AND NOT EXISTS (SELECT FROM absences
      WHERE absences.list_id = @list_id AND absences.contract_id = contract_versions.contract_id AND absences.superseded_by IS NULL
        AND absences.absent_from <= @at AND (absences.absent_to IS NULL OR absences.absent_to > @at));

-- name: SnapshotsCommitted :many
-- The committed snapshots after a moment and up to another, which a person may
-- have accepted, in time order.
SELECT taken_at, entries, (decided_by IS NOT NULL)::boolean AS accepted
FROM snapshots
WHERE list_id = @list_id AND status = 'committed' AND taken_at > @since AND taken_at <= @until
ORDER BY taken_at;

-- name: PricesMoved :many
-- By how many the prices of a list, and those above 0, became more or fewer at
-- each moment after one and up to another.
SELECT moved.moment::timestamptz AS moment, sum(moved.by)::bigint AS prices, coalesce(sum(moved.by) FILTER (WHERE moved.charged), 0)::bigint AS charged
FROM (
    SELECT begun.valid_from AS moment, 1 AS by, begun.list_unit_price > 0 AS charged, begun.price_id
    FROM price_history AS begun
    WHERE begun.list_id = @list_id AND begun.superseded_by IS NULL AND begun.valid_from > @since AND begun.valid_from <= @until
    UNION ALL
    SELECT ended.valid_to, -1, ended.list_unit_price > 0, ended.price_id
    FROM price_history AS ended
    WHERE ended.list_id = @list_id AND ended.superseded_by IS NULL AND ended.valid_to > @since AND ended.valid_to <= @until) AS moved
JOIN prices ON prices.list_id = @list_id AND prices.id = moved.price_id AND prices.price_kind <> 'fee'
GROUP BY 1
ORDER BY 1;

-- name: ProductFieldsMoved :many
-- By how many the fields that products state became more or fewer at each moment
-- after one and up to another, in products that stayed.
SELECT now.valid_from AS moment, sum(
    (now.name <> '')::integer - (before.name <> '')::integer + (now.attributes <> '{}')::integer - (before.attributes <> '{}')::integer
    + coalesce(now.vcpu > 0, false)::integer - coalesce(before.vcpu > 0, false)::integer
    + coalesce(now.memory_mib > 0, false)::integer - coalesce(before.memory_mib > 0, false)::integer
    + coalesce(now.disk_gib > 0, false)::integer - coalesce(before.disk_gib > 0, false)::integer
    + coalesce(now.gpu_count > 0, false)::integer - coalesce(before.gpu_count > 0, false)::integer)::bigint AS fields
FROM product_versions AS now
JOIN product_versions AS before ON before.list_id = now.list_id AND before.product_id = now.product_id
    AND before.valid_to = now.valid_from AND before.superseded_by IS NULL
WHERE now.list_id = @list_id AND now.superseded_by IS NULL AND now.valid_from > @since AND now.valid_from <= @until
GROUP BY 1
ORDER BY 1;

-- name: ContractFieldsMoved :many
SELECT now.valid_from AS moment, sum(
    (now.name <> '')::integer - (before.name <> '')::integer + (now.attributes <> '{}')::integer - (before.attributes <> '{}')::integer)::bigint AS fields
FROM contract_versions AS now
JOIN contract_versions AS before ON before.list_id = now.list_id AND before.contract_id = now.contract_id
    AND before.valid_to = now.valid_from AND before.superseded_by IS NULL
WHERE now.list_id = @list_id AND now.superseded_by IS NULL AND now.valid_from > @since AND now.valid_from <= @until
GROUP BY 1
ORDER BY 1;

-- name: DoubtsAt :many
-- What the snapshots of a moment show in the place of prices that cannot be
-- believed yet.
SELECT coalesce(prices.product_id, prices.contract_id)::bigint AS entry_id, doubts.shown, sqlc.embed(prices)
FROM doubts
JOIN prices ON prices.list_id = doubts.list_id AND prices.id = doubts.price_id
WHERE doubts.list_id = @list_id AND doubts.superseded_by IS NULL
  AND doubts.doubted_from <= @at AND (doubts.doubted_to IS NULL OR doubts.doubted_to > @at);

-- name: AnnouncedAt :many
-- What the snapshot of a moment shows for later of its prices.
SELECT coalesce(prices.product_id, prices.contract_id)::bigint AS entry_id, announced_prices.announced
FROM announced_prices
JOIN prices ON prices.list_id = announced_prices.list_id AND prices.id = announced_prices.price_id
WHERE announced_prices.list_id = @list_id AND announced_prices.superseded_by IS NULL
  AND announced_prices.announced_at <= @at AND (announced_prices.announced_to IS NULL OR announced_prices.announced_to > @at)
ORDER BY announced_prices.price_id, announced_prices.effective_from;

-- The views of schema bi as commands show them.

-- name: BIPriceChanges :many
-- The newest first, without the prices that were there in a list's first snapshot.
SELECT source, list, product_key, product_name, price_kind, price_variant, pricing_unit, pricing_currency,
    coalesce(region_id, '')::text AS region_id, coalesce(trim_scale(quantity_tier_minimum)::text, '')::text AS quantity_tier_minimum,
    sku_price_id, changed_at,
    change_kind, coalesce(from_list_unit_price_text, '')::text AS from_amount, coalesce(to_list_unit_price_text, '')::text AS to_amount,
    coalesce(percent::text, '')::text AS percent
FROM bi.price_changes
WHERE changed_at >= @since AND (change_kind <> 'new' OR changed_at > (
    SELECT min(snapshots.taken_at) FROM snapshots
    JOIN lists ON lists.id = snapshots.list_id
    WHERE lists.source = price_changes.source AND lists.list = price_changes.list AND snapshots.status = 'committed'))
ORDER BY changed_at DESC, source, list, product_key, price_variant, pricing_unit, region_id,
    price_changes.quantity_tier_minimum NULLS FIRST, sku_price_id
LIMIT @most;

-- name: BIPriceChangeCount :one
SELECT count(*) FROM bi.price_changes
WHERE changed_at >= @since AND (change_kind <> 'new' OR changed_at > (
    SELECT min(snapshots.taken_at) FROM snapshots
    JOIN lists ON lists.id = snapshots.list_id
    WHERE lists.source = price_changes.source AND lists.list = price_changes.list AND snapshots.status = 'committed'));

-- name: BIStatusChanges :many
-- The newest first, without the products that were there in a list's first snapshot.
SELECT source, list, product_key, product_name, aspect, coalesce(availability_zone, '')::text AS availability_zone, changed_at, event,
    coalesce(from_status, '')::text AS from_status, coalesce(to_status, '')::text AS to_status
FROM bi.product_status_changes
WHERE changed_at >= @since AND (event <> 'appeared' OR changed_at > (
    SELECT min(snapshots.taken_at) FROM snapshots
    JOIN lists ON lists.id = snapshots.list_id
    WHERE lists.source = product_status_changes.source AND lists.list = product_status_changes.list
      AND snapshots.status = 'committed'))
ORDER BY changed_at DESC, source, list, product_key, aspect, availability_zone
LIMIT @most;

-- name: BIStatusChangeCount :one
SELECT count(*) FROM bi.product_status_changes
WHERE changed_at >= @since AND (event <> 'appeared' OR changed_at > (
    SELECT min(snapshots.taken_at) FROM snapshots
    JOIN lists ON lists.id = snapshots.list_id
    WHERE lists.source = product_status_changes.source AND lists.list = product_status_changes.list
      AND snapshots.status = 'committed'));

-- name: BIPricesOf :many
-- The rows of one price stand together.
SELECT price_kind, price_variant, pricing_unit, pricing_currency, coalesce(region_id, '')::text AS region_id,
    coalesce(trim_scale(quantity_tier_minimum)::text, '')::text AS quantity_tier_minimum, sku_price_id,
    list_unit_price_text, tax_basis, valid_from, valid_to
FROM bi.price_history
WHERE source = @source AND list = @list AND product_key = @product_key
ORDER BY price_kind, price_variant, pricing_unit, pricing_currency, price_history.region_id NULLS FIRST,
    price_history.quantity_tier_minimum NULLS FIRST, sku_price_id, valid_from;

-- name: BIStatusOf :many
SELECT aspect, coalesce(availability_zone, '')::text AS availability_zone, changed_at, event,
    coalesce(from_status, '')::text AS from_status, coalesce(to_status, '')::text AS to_status
FROM bi.product_status_changes
WHERE source = @source AND list = @list AND product_key = @product_key
ORDER BY changed_at, aspect, availability_zone;

-- name: BIFreshness :many
SELECT provider, source, list, state,
    coalesce(last_snapshot_at, '0001-01-01T00:00:00Z')::timestamptz AS last_snapshot_at, coalesce(last_entries, 0)::integer AS last_entries,
    coalesce(held_at, '0001-01-01T00:00:00Z')::timestamptz AS held_at, coalesce(held_for, '')::text AS held_for,
    coalesce(last_run_at, '0001-01-01T00:00:00Z')::timestamptz AS last_run_at, coalesce(last_outcome, '')::text AS last_outcome, coalesce(last_error, '')::text AS last_error,
    set_aside::bigint AS set_aside, nameless::integer AS nameless, doubts_open::bigint AS doubts_open,
    coalesce(prices_unread_since, '0001-01-01T00:00:00Z')::timestamptz AS prices_unread_since, prices_announced::bigint AS prices_announced
FROM bi.freshness ORDER BY source, list;

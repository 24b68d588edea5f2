-- The views of schema bi as commands show them.

-- name: BIPriceChanges :many
SELECT source, list, product_key, product_name, price_kind, price_variant, pricing_unit, pricing_currency, changed_at,
    change_kind, coalesce(from_list_unit_price_text, '')::text AS from_amount, coalesce(to_list_unit_price_text, '')::text AS to_amount,
    coalesce(percent::text, '')::text AS percent
FROM bi.price_changes
WHERE changed_at >= @since AND (change_kind <> 'new' OR changed_at > (
    SELECT min(snapshots.taken_at) FROM snapshots
    JOIN lists ON lists.id = snapshots.list_id
    WHERE lists.source = price_changes.source AND lists.list = price_changes.list AND snapshots.status = 'committed'))
ORDER BY changed_at, source, list, product_key, price_variant, pricing_unit
LIMIT @most;

-- name: BIStatusChanges :many
SELECT source, list, product_key, product_name, aspect, coalesce(availability_zone, '')::text AS availability_zone, changed_at, event,
    coalesce(from_status, '')::text AS from_status, coalesce(to_status, '')::text AS to_status
FROM bi.product_status_changes
WHERE changed_at >= @since AND (event <> 'appeared' OR changed_at > (
    SELECT min(snapshots.taken_at) FROM snapshots
    JOIN lists ON lists.id = snapshots.list_id
    WHERE lists.source = product_status_changes.source AND lists.list = product_status_changes.list
      AND snapshots.status = 'committed'))
ORDER BY changed_at, source, list, product_key
LIMIT @most;

-- name: BIPricesOf :many
SELECT price_kind, price_variant, pricing_unit, pricing_currency, list_unit_price_text, tax_basis,
    valid_from, valid_to
FROM bi.price_history
WHERE source = @source AND list = @list AND product_key = @product_key
ORDER BY price_variant, pricing_unit, pricing_currency, valid_from;

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
    coalesce(last_run_at, '0001-01-01T00:00:00Z')::timestamptz AS last_run_at, coalesce(last_outcome, '')::text AS last_outcome, coalesce(last_error, '')::text AS last_error
FROM bi.freshness ORDER BY source, list;

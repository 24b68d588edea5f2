-- name: MonitorLists :many
-- What waits, is missing or came back too soon, by list.
SELECT lists.source, lists.list,
    (SELECT count(*) FROM snapshots WHERE snapshots.list_id = lists.id AND snapshots.status = 'held') AS held,
    (SELECT count(*) FROM absences WHERE absences.list_id = lists.id AND absences.absent_to IS NULL
        AND absences.confirmed_at IS NULL AND absences.superseded_by IS NULL) AS missing,
    (SELECT count(*) FROM absences WHERE absences.list_id = lists.id AND absences.absent_to IS NOT NULL
        AND absences.confirmed_at IS NULL AND absences.superseded_by IS NULL) AS flaps
FROM lists ORDER BY lists.source, lists.list;

-- name: MonitorHeld :many
-- The newest of each list.
SELECT lists.source, lists.list, held.taken_at, held.entries, held.held_for::text AS held_for
FROM lists
JOIN LATERAL (SELECT snapshots.taken_at, snapshots.entries, snapshots.held_for FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'held'
    ORDER BY snapshots.taken_at DESC LIMIT 1) AS held ON true
ORDER BY held.taken_at DESC, lists.source, lists.list LIMIT @most;

-- name: MonitorPriceChanges :many
-- The newest first, without the prices that were there in a list's first snapshot.
SELECT source, list, product_key, product_name, price_kind, price_variant, pricing_unit, pricing_currency, changed_at,
    change_kind, coalesce(from_list_unit_price_text, '')::text AS from_amount, coalesce(to_list_unit_price_text, '')::text AS to_amount,
    coalesce(percent::text, '')::text AS percent
FROM bi.price_changes
WHERE changed_at >= @since AND (change_kind <> 'new' OR changed_at > (
    SELECT min(snapshots.taken_at) FROM snapshots
    JOIN lists ON lists.id = snapshots.list_id
    WHERE lists.source = price_changes.source AND lists.list = price_changes.list AND snapshots.status = 'committed'))
ORDER BY changed_at DESC, source, list, product_key, price_variant, pricing_unit
LIMIT @most;

-- name: MonitorStatusChanges :many
-- The newest first, without the products that were there in a list's first snapshot.
SELECT source, list, product_key, product_name, aspect, coalesce(availability_zone, '')::text AS availability_zone, changed_at, event,
    coalesce(from_status, '')::text AS from_status, coalesce(to_status, '')::text AS to_status
FROM bi.product_status_changes
WHERE changed_at >= @since AND (event <> 'appeared' OR changed_at > (
    SELECT min(snapshots.taken_at) FROM snapshots
    JOIN lists ON lists.id = snapshots.list_id
    WHERE lists.source = product_status_changes.source AND lists.list = product_status_changes.list
      AND snapshots.status = 'committed'))
ORDER BY changed_at DESC, source, list, product_key
LIMIT @most;

-- name: StatusChangeLoad :many
SELECT product_status_changes.*
FROM ROWS FROM (unnest(@product_ids::bigint[]), unnest(@since::timestamptz[])) AS w (product_id, since)
JOIN product_status_changes ON product_status_changes.list_id = @list_id
  AND product_status_changes.product_id = w.product_id
WHERE product_status_changes.superseded_by IS NULL AND product_status_changes.changed_at >= w.since
ORDER BY product_status_changes.product_id, product_status_changes.changed_at;

-- name: StatusChangeSupersede :exec
UPDATE product_status_changes SET superseded_by = @run_id
WHERE list_id = @list_id AND id = ANY(@ids::bigint[]) AND superseded_by IS NULL;

-- name: StatusChangeIDs :many
SELECT nextval('status_change_ids')::bigint AS id FROM generate_series(1, @count::integer);

-- name: StatusChangeCopy :copyfrom
INSERT INTO product_status_changes (list_id, id, product_id, aspect, availability_zone, changed_at, event,
    from_status, to_status, recorded_by)
VALUES (@list_id, @id, @product_id, @aspect, @availability_zone, @changed_at, @event, @from_status, @to_status, @recorded_by);

-- name: StatusChangesEver :many
-- Every event of some products that was ever recorded, superseded ones too.
SELECT * FROM product_status_changes
WHERE list_id = @list_id AND product_id = ANY(@product_ids::bigint[])
ORDER BY product_id, changed_at, id;

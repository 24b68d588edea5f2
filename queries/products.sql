-- name: ProductFind :many
SELECT id, key FROM products WHERE list_id = @list_id AND key = ANY(@keys::text[]);

-- name: ProductIDs :many
SELECT nextval('product_ids')::bigint AS id FROM generate_series(1, @count::integer);

-- name: ProductCopy :copyfrom
INSERT INTO products (list_id, id, key) VALUES (@list_id, @id, @key);

-- name: ProductDigestsCurrent :many
-- What the newest snapshot held: open versions whose absence is not running.
-- In no order: sorting 100,000 keys here spills to disk at the default
-- work_mem, and costs the caller a tenth of that.
SELECT products.key, product_versions.digest
FROM products
JOIN product_versions ON product_versions.list_id = products.list_id AND product_versions.product_id = products.id
WHERE products.list_id = @list_id AND product_versions.valid_to IS NULL AND product_versions.superseded_by IS NULL
  AND NOT EXISTS (SELECT FROM absences
      WHERE absences.list_id = @list_id AND absences.product_id = products.id
        AND absences.superseded_by IS NULL AND absences.absent_to IS NULL);

-- name: ProductDigestsAt :many
-- What the committed snapshot at a moment held, as it was: absences that
-- history bridges are left out.
SELECT products.key, product_versions.digest
FROM products
JOIN product_versions ON product_versions.list_id = products.list_id AND product_versions.product_id = products.id
WHERE products.list_id = @list_id AND product_versions.superseded_by IS NULL
  AND product_versions.valid_from <= @at AND (product_versions.valid_to IS NULL OR product_versions.valid_to > @at)
  AND NOT EXISTS (SELECT FROM absences
      WHERE absences.list_id = @list_id AND absences.product_id = products.id AND absences.superseded_by IS NULL
        AND absences.absent_from <= @at AND (absences.absent_to IS NULL OR absences.absent_to > @at))
ORDER BY products.key;

-- name: ProductVersionsLoad :many
SELECT product_versions.*
FROM ROWS FROM (unnest(@product_ids::bigint[]), unnest(@since::timestamptz[])) AS w (product_id, since)
JOIN product_versions ON product_versions.list_id = @list_id AND product_versions.product_id = w.product_id
WHERE product_versions.superseded_by IS NULL
  AND (product_versions.valid_to IS NULL OR product_versions.valid_to >= w.since)
ORDER BY product_versions.product_id, product_versions.valid_from;

-- name: ProductVersionClose :exec
UPDATE product_versions SET valid_to = @valid_to
WHERE list_id = @list_id AND product_id = ANY(@product_ids::bigint[]) AND valid_to IS NULL AND superseded_by IS NULL;

-- name: ProductVersionSupersede :exec
UPDATE product_versions SET superseded_by = @run_id
FROM ROWS FROM (unnest(@product_ids::bigint[]), unnest(@valid_froms::timestamptz[])) AS s (product_id, valid_from)
WHERE product_versions.list_id = @list_id AND product_versions.product_id = s.product_id
  AND product_versions.valid_from = s.valid_from AND product_versions.superseded_by IS NULL;

-- name: ProductVersionCopy :copyfrom
INSERT INTO product_versions (list_id, product_id, name, status, lifecycle, region_id, attributes, zone_statuses,
    vcpu, memory_mib, disk_gib, gpu_count, digest, page_number, valid_from, valid_to, recorded_by)
VALUES (@list_id, @product_id, @name, @status, @lifecycle, @region_id, @attributes, @zone_statuses,
    @vcpu, @memory_mib, @disk_gib, @gpu_count, @digest, @page_number, @valid_from, @valid_to, @recorded_by);

-- name: ProductVersionOverlaps :one
-- The one hole of the constraints: a closed row that overlaps the open one.
SELECT EXISTS (
    SELECT FROM product_versions AS open
    JOIN product_versions AS closed ON closed.list_id = open.list_id AND closed.product_id = open.product_id
    WHERE open.list_id = @list_id AND open.product_id = ANY(@product_ids::bigint[])
      AND open.valid_to IS NULL AND open.superseded_by IS NULL
      AND closed.superseded_by IS NULL AND closed.valid_to > open.valid_from)::boolean AS overlaps;

-- name: ProductKeys :many
SELECT id, key FROM products WHERE list_id = @list_id ORDER BY key;

-- name: ProductVersionsEver :many
-- Every version of some products that was ever recorded, superseded ones too.
SELECT * FROM product_versions
WHERE list_id = @list_id AND product_id = ANY(@product_ids::bigint[])
ORDER BY product_id, valid_from, recorded_by;

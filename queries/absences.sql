-- A list holds products or contracts, never both: an entry's id is that of
-- either, and the list says which.

-- name: AbsenceLoad :many
-- The absences of some entries that end after a moment.
SELECT coalesce(product_id, contract_id)::bigint AS entry_id, absent_from, absent_to, confirmed_at FROM absences
WHERE list_id = @list_id AND (product_id = ANY(@entry_ids::bigint[]) OR contract_id = ANY(@entry_ids::bigint[]))
  AND superseded_by IS NULL AND (absent_to IS NULL OR absent_to > @since)
ORDER BY 1, absent_from;

-- name: AbsenceEnd :exec
UPDATE absences SET absent_to = @at::timestamptz
WHERE list_id = @list_id AND (product_id = ANY(@entry_ids::bigint[]) OR contract_id = ANY(@entry_ids::bigint[]))
  AND absent_to IS NULL AND superseded_by IS NULL;

-- name: AbsenceConfirm :exec
UPDATE absences SET confirmed_at = @at::timestamptz
WHERE list_id = @list_id AND (product_id = ANY(@entry_ids::bigint[]) OR contract_id = ANY(@entry_ids::bigint[]))
  AND absent_to IS NULL AND confirmed_at IS NULL AND superseded_by IS NULL;

-- name: AbsenceSupersede :exec
UPDATE absences SET superseded_by = @run_id
FROM ROWS FROM (unnest(@entry_ids::bigint[]), unnest(@absent_froms::timestamptz[])) AS s (entry_id, absent_from)
WHERE absences.list_id = @list_id AND (absences.product_id = s.entry_id OR absences.contract_id = s.entry_id)
  AND absences.absent_from = s.absent_from AND absences.superseded_by IS NULL;

-- name: AbsenceCopy :copyfrom
INSERT INTO absences (list_id, product_id, contract_id, absent_from, absent_to, confirmed_at, recorded_by)
VALUES (@list_id, @product_id, @contract_id, @absent_from, @absent_to, @confirmed_at, @recorded_by);

-- name: AbsencesEver :many
-- Every absence of some entries that was ever recorded, superseded ones too.
SELECT coalesce(product_id, contract_id)::bigint AS entry_id, absent_from, absent_to, confirmed_at, recorded_by, superseded_by
FROM absences
WHERE list_id = @list_id AND (product_id = ANY(@entry_ids::bigint[]) OR contract_id = ANY(@entry_ids::bigint[]))
ORDER BY 1, absent_from, recorded_by;

-- name: SetAsideCopy :copyfrom
INSERT INTO set_aside (list_id, taken_at, number, key, part, reason, detail, page_number, said)
VALUES (@list_id, @taken_at, @number, @key, @part, @reason, @detail, @page_number, @said);

-- name: SetAsideOf :many
-- What committed snapshots set aside of some keys.
SELECT set_aside.* FROM set_aside
JOIN snapshots ON snapshots.list_id = set_aside.list_id AND snapshots.taken_at = set_aside.taken_at
WHERE set_aside.list_id = @list_id AND set_aside.key = ANY(@keys::text[]) AND snapshots.status = 'committed'
ORDER BY set_aside.taken_at, set_aside.number;

-- name: SetAsideHideAgain :exec
-- What a snapshot hides, the next one with its pages hides too.
INSERT INTO set_aside (list_id, taken_at, number, key, part, reason, detail)
SELECT earlier.list_id, @taken_at, earlier.number, earlier.key, earlier.part, earlier.reason, earlier.detail FROM set_aside AS earlier
WHERE earlier.list_id = @list_id AND earlier.taken_at = @before AND earlier.reason = 'hidden';

-- name: SetAsideEver :many
SELECT set_aside.* FROM set_aside
JOIN snapshots ON snapshots.list_id = set_aside.list_id AND snapshots.taken_at = set_aside.taken_at
WHERE set_aside.list_id = @list_id AND snapshots.status = 'committed'
ORDER BY set_aside.taken_at, set_aside.number;

-- name: SetAsideCounted :one
-- How many rows are set aside at a moment, so that more are numbered on.
SELECT coalesce(max(number), 0)::integer AS number FROM set_aside WHERE list_id = @list_id AND taken_at = @taken_at;

-- name: SetAsideForget :exec
-- What a snapshot set aside by an earlier decoder, or before it was taken back.
DELETE FROM set_aside WHERE list_id = @list_id AND taken_at = @taken_at;

-- name: SnapshotsOdd :many
-- The committed snapshots that do not speak for all of their list.
SELECT taken_at, nameless, prices_unread FROM snapshots
WHERE list_id = @list_id AND status = 'committed' AND (nameless > 0 OR prices_unread IS NOT NULL)
ORDER BY taken_at;

-- name: LackingFrom :many
-- The keys that the snapshot of a moment is the first to lack, or lacks without
-- saying so, or of which what it says was taken back: the next may lack them.
SELECT set_aside.key::text AS key FROM set_aside
WHERE set_aside.list_id = @list_id AND set_aside.taken_at = @taken_at AND set_aside.reason = 'hidden'
UNION
SELECT coalesce(products.key, contracts.key)::text
FROM absences
LEFT JOIN products ON products.list_id = absences.list_id AND products.id = absences.product_id
LEFT JOIN contracts ON contracts.list_id = absences.list_id AND contracts.id = absences.contract_id
WHERE absences.list_id = @list_id AND absences.absent_from = @taken_at AND absences.superseded_by IS NULL
UNION
SELECT decisions.key::text FROM decisions
WHERE decisions.list_id = @list_id AND decisions.taken_at = @taken_at AND decisions.kind = 'retract' AND decisions.ended_by IS NULL AND decisions.key IS NOT NULL
ORDER BY 1;

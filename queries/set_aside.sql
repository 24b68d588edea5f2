-- name: SetAsideCopy :copyfrom
INSERT INTO set_aside (list_id, taken_at, number, key, part, reason, detail, page_number, said)
VALUES (@list_id, @taken_at, @number, @key, @part, @reason, @detail, @page_number, @said);

-- name: SetAsideAgain :exec
-- The same pages set the same aside.
INSERT INTO set_aside (list_id, taken_at, number, key, part, reason, detail, page_number, said)
SELECT was.list_id, @taken_at, was.number, was.key, was.part, was.reason, was.detail, was.page_number, was.said FROM set_aside AS was
WHERE was.list_id = @list_id AND was.taken_at = @before;

-- name: SetAsideOf :many
-- What committed snapshots set aside of some keys.
SELECT set_aside.* FROM set_aside
JOIN snapshots ON snapshots.list_id = set_aside.list_id AND snapshots.taken_at = set_aside.taken_at
WHERE set_aside.list_id = @list_id AND set_aside.key = ANY(@keys::text[]) AND snapshots.status = 'committed'
ORDER BY set_aside.taken_at, set_aside.number;

-- name: SetAsideAt :many
SELECT * FROM set_aside WHERE list_id = @list_id AND taken_at = @taken_at ORDER BY number;

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

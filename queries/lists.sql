-- name: ListEnsure :one
INSERT INTO lists (provider, source, list, kind, settings, confirm_snapshots, confirm_for, doubt_snapshots, doubt_for, decoder_version, stale_after)
VALUES (@provider, @source, @list, @kind, @settings, @confirm_snapshots, @confirm_for, @doubt_snapshots, @doubt_for, @decoder_version, sqlc.narg('stale_after'))
ON CONFLICT (source, list) DO UPDATE SET stale_after = excluded.stale_after
RETURNING *;

-- name: ListFind :one
SELECT * FROM lists WHERE source = @source AND list = @list;

-- name: ListRules :many
-- The rules of absence and doubt by which the histories of these lists were written.
SELECT source, list, confirm_snapshots, confirm_for, doubt_snapshots, doubt_for FROM lists
WHERE source || '/' || list = ANY (@names::text[]) ORDER BY source, list;

-- name: ListNote :exec
UPDATE lists SET last_taken_at = greatest(last_taken_at, @taken_at::timestamptz), settings = @settings,
    decoder_version = @decoder_version, last_recorded_at = @recorded_at::timestamptz
WHERE id = @id;

-- name: ListClock :one
-- When a write is recorded: the clock after the list's lock was taken, and
-- later than any write of the list before; that write, and what read history.
SELECT greatest(clock_timestamp(), last_recorded_at + interval '1 microsecond')::timestamptz AS recorded_at, last_recorded_at, decoder_version
FROM lists WHERE id = @id;

-- name: ListRecorded :exec
-- A write that is no history is numbered with the others.
UPDATE lists SET last_recorded_at = @recorded_at::timestamptz WHERE id = @id;

-- name: ListReread :one
-- The rules and the decoder by which the whole history is read from now on, and
-- whether they are others than before.
UPDATE lists SET confirm_snapshots = @confirm_snapshots, confirm_for = @confirm_for,
    doubt_snapshots = @doubt_snapshots, doubt_for = @doubt_for, decoder_version = @decoder_version,
    last_recorded_at = @recorded_at::timestamptz
FROM lists AS was
WHERE lists.id = @id AND was.id = lists.id
RETURNING ((was.confirm_snapshots, was.confirm_for, was.doubt_snapshots, was.doubt_for, was.decoder_version)
    IS DISTINCT FROM (lists.confirm_snapshots, lists.confirm_for, lists.doubt_snapshots, lists.doubt_for, lists.decoder_version))::boolean AS otherwise;

-- name: ListEnsure :one
INSERT INTO lists (provider, source, list, kind, settings, confirm_snapshots, confirm_for, decoder_version, stale_after)
VALUES (@provider, @source, @list, @kind, @settings, @confirm_snapshots, @confirm_for, @decoder_version, sqlc.narg('stale_after'))
ON CONFLICT (source, list) DO UPDATE SET stale_after = excluded.stale_after
RETURNING *;

-- name: ListFind :one
SELECT * FROM lists WHERE source = @source AND list = @list;

-- name: ListLock :exec
SELECT pg_advisory_xact_lock(@namespace::integer, @list_id::integer);

-- name: ListTakeMoment :one
-- The moment of a walk: the database's clock, and later than any before.
UPDATE lists SET last_taken_at = greatest(clock_timestamp(), last_taken_at + interval '1 microsecond')
WHERE id = @id
RETURNING last_taken_at::timestamptz AS taken_at, (last_taken_at > clock_timestamp() + interval '1 minute')::boolean AS ahead;

-- name: ListNote :exec
UPDATE lists SET last_taken_at = greatest(last_taken_at, @taken_at::timestamptz), settings = @settings,
    decoder_version = @decoder_version
WHERE id = @id
  AND (last_taken_at IS NULL OR last_taken_at < @taken_at::timestamptz OR settings <> @settings OR decoder_version <> @decoder_version);

-- name: Clock :one
SELECT clock_timestamp()::timestamptz AS now;

-- name: ListReread :exec
-- The rule and the decoder by which the whole history is told from now on.
UPDATE lists SET confirm_snapshots = @confirm_snapshots, confirm_for = @confirm_for, decoder_version = @decoder_version
WHERE id = @id;

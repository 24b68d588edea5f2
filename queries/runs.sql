-- name: RunBegin :one
INSERT INTO runs (list_id, kind, due_at, started_at, heartbeat_at, actor, reason)
VALUES (@list_id, @kind, sqlc.narg('due_at'), clock_timestamp(), clock_timestamp(), sqlc.narg('actor'), sqlc.narg('reason'))
ON CONFLICT (list_id, due_at) WHERE outcome <> 'abandoned' AND due_at IS NOT NULL DO NOTHING
RETURNING id, (SELECT lists.decoder_version FROM lists WHERE lists.id = runs.list_id)::integer AS decoder_version;

-- name: RunHeartbeat :execrows
UPDATE runs SET heartbeat_at = clock_timestamp() WHERE list_id = @list_id AND id = @id AND outcome = 'running';

-- name: RunAbandonStale :execrows
-- A run whose process died is closed by whoever comes next.
UPDATE runs SET outcome = 'abandoned', ended_at = clock_timestamp(), error_class = 'abandoned',
    error_text = 'no heartbeat for a minute'
WHERE list_id = @list_id AND outcome = 'running' AND heartbeat_at < clock_timestamp() - interval '60 seconds';

-- name: RunEnd :execrows
-- Only a run that is still ours may end; no row means that it was abandoned.
UPDATE runs SET outcome = @outcome, ended_at = clock_timestamp(), recorded_at = @recorded_at,
    pages = @pages, entries = @entries, added = @added, changed = @changed, removed = @removed,
    warnings = @warnings
WHERE list_id = @list_id AND id = @id AND outcome = 'running';

-- name: RunFail :execrows
UPDATE runs SET outcome = 'failed', ended_at = clock_timestamp(), pages = @pages,
    error_class = @error_class, error_text = @error_text
WHERE list_id = @list_id AND id = @id AND outcome = 'running';

-- name: RunOutcome :one
-- How a run stands, once whoever is about to end it has done so: FOR SHARE
-- waits for a COMMIT that is still on its way.
SELECT outcome FROM runs WHERE list_id = @list_id AND id = @id FOR SHARE;

-- name: TransactionPatience :exec
-- A process that freezes in the middle of a write must not keep the list's
-- lock for ever: its transaction ends when its run counts as abandoned.
SELECT set_config('idle_in_transaction_session_timeout', '60s', true);

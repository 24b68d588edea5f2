-- name: RunLastDue :one
-- The newest due time of a list that anybody took and did not leave behind.
SELECT runs.due_at::timestamptz AS due_at FROM runs JOIN lists ON lists.id = runs.list_id
WHERE lists.source = @source AND lists.list = @list AND runs.due_at IS NOT NULL AND runs.outcome <> 'abandoned'
ORDER BY runs.due_at DESC LIMIT 1;

-- name: RunSkip :one
-- A due time is skipped while its list is being read, by whichever process; or
-- while the process that asks is still to begin with an earlier one, which
-- nobody else has taken. Whoever took the due time keeps it, and one that was
-- left behind waits. The reason is why when the process knows it: by now the list
-- may be read that waited for the database when the due time came.
INSERT INTO runs (list_id, kind, due_at, started_at, heartbeat_at, ended_at, outcome, reason)
SELECT lists.id, 'sync', @due_at::timestamptz, clock_timestamp(), clock_timestamp(), clock_timestamp(), 'skipped',
    coalesce(sqlc.narg('why')::text, CASE WHEN reading.now THEN 'the list was still being read' ELSE 'an earlier due time of the list waited for its turn' END)
FROM lists, LATERAL (SELECT EXISTS (SELECT FROM runs WHERE runs.list_id = lists.id AND runs.outcome = 'running' AND runs.kind = 'sync'
    AND runs.heartbeat_at >= clock_timestamp() - interval '60 seconds') AS now) AS reading
WHERE lists.source = @source AND lists.list = @list
  AND NOT EXISTS (SELECT FROM runs WHERE runs.list_id = lists.id AND runs.due_at = @due_at::timestamptz) AND (
    reading.now OR (sqlc.narg('waiting')::timestamptz IS NOT NULL AND NOT EXISTS (
        SELECT FROM runs WHERE runs.list_id = lists.id AND runs.due_at = sqlc.narg('waiting')::timestamptz)))
ON CONFLICT (list_id, due_at) WHERE outcome <> 'abandoned' AND due_at IS NOT NULL DO NOTHING
RETURNING reason::text AS reason;

-- name: RunsAbandonDead :execrows
-- Closes the scheduled runs of a list whose process is dead or frozen, by this
-- clock.
UPDATE runs SET outcome = 'abandoned', ended_at = clock_timestamp(), error_class = 'abandoned',
    error_text = 'no heartbeat for a minute'
FROM lists
WHERE lists.id = runs.list_id AND lists.source = @source AND lists.list = @list
  AND runs.due_at IS NOT NULL AND runs.outcome = 'running'
  AND runs.heartbeat_at < clock_timestamp() - interval '60 seconds';

-- name: RunsLeftBehind :many
-- Due times that only abandoned runs had: to be taken up again, unless the
-- death is long ago (then the newest missed due time is caught up on instead)
-- or the due time took three processes with it already. They wait while their
-- list is being read.
SELECT lists.source, lists.list, runs.due_at::timestamptz AS due_at
FROM runs JOIN lists ON lists.id = runs.list_id
WHERE (lists.source || '/' || lists.list) = ANY (@lists::text[])
  AND runs.due_at IS NOT NULL AND runs.outcome = 'abandoned'
  AND runs.due_at > clock_timestamp() - interval '30 days'
  AND NOT EXISTS (SELECT FROM runs reading
      WHERE reading.list_id = runs.list_id AND reading.outcome = 'running'
        AND reading.heartbeat_at >= clock_timestamp() - interval '60 seconds')
  AND NOT EXISTS (SELECT FROM runs other
      WHERE other.list_id = runs.list_id AND other.due_at = runs.due_at AND other.outcome <> 'abandoned')
GROUP BY lists.source, lists.list, runs.due_at
HAVING count(*) < 3 AND max(runs.heartbeat_at) > clock_timestamp() - interval '10 minutes'
ORDER BY runs.due_at;

-- name: DatabaseTime :one
SELECT clock_timestamp()::timestamptz AS now;

-- name: DatabaseIsReadOnly :one
SELECT current_setting('transaction_read_only')::boolean AS read_only;

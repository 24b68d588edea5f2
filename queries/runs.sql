-- name: RunBegin :one
INSERT INTO runs (list_id, kind, due_at, started_at, heartbeat_at, actor, reason)
VALUES (@list_id, @kind, sqlc.narg('due_at'), clock_timestamp(), clock_timestamp(), sqlc.narg('actor'), sqlc.narg('reason'))
ON CONFLICT (list_id, due_at) WHERE outcome <> 'abandoned' AND due_at IS NOT NULL DO NOTHING
RETURNING id, (SELECT lists.decoder_version FROM lists WHERE lists.id = runs.list_id)::text AS decoder_version;

-- name: RunBeginLive :one
-- All that a live run needs to begin, in one statement: its list is registered
-- and gives it its moment (the database's clock, and later than any before),
-- dead runs of any list are closed, and the run's row is written. It is not
-- where the list's rule of absence is another one, the due time is still to
-- come, or somebody has it. A due time that comes while its list is being read
-- is skipped (see RunSkip).
WITH list AS (
    INSERT INTO lists AS l (provider, source, list, kind, settings, confirm_snapshots, confirm_for, doubt_snapshots, doubt_for, decoder_version, stale_after, last_taken_at)
    VALUES (@provider, @source, @list, @kind, @settings, @confirm_snapshots, @confirm_for, @doubt_snapshots, @doubt_for, @decoder_version, sqlc.narg('stale_after'), clock_timestamp())
    ON CONFLICT (source, list) DO UPDATE SET stale_after = excluded.stale_after,
        last_taken_at = greatest(clock_timestamp(), l.last_taken_at + interval '1 microsecond')
    RETURNING l.*
), dead AS (
    UPDATE runs SET outcome = 'abandoned', ended_at = clock_timestamp(), error_class = 'abandoned',
        error_text = 'no heartbeat for a minute'
    WHERE (runs.list_id, runs.id) IN (SELECT silent.list_id, silent.id FROM runs AS silent
        WHERE silent.outcome = 'running' AND silent.heartbeat_at < clock_timestamp() - interval '60 seconds' FOR UPDATE SKIP LOCKED)
    RETURNING runs.id
), busy AS (
    SELECT (EXISTS (SELECT FROM runs JOIN list ON list.id = runs.list_id
            WHERE runs.outcome = 'running' AND runs.kind = 'sync' AND runs.heartbeat_at >= clock_timestamp() - interval '60 seconds')
        AND NOT EXISTS (SELECT FROM runs JOIN list ON list.id = runs.list_id WHERE runs.due_at = sqlc.narg('due_at')::timestamptz)
        AND sqlc.narg('due_at')::timestamptz IS NOT NULL) AS skip
), begun AS (
    INSERT INTO runs (list_id, kind, due_at, started_at, heartbeat_at, ended_at, outcome, reason)
    SELECT list.id, 'sync', sqlc.narg('due_at'), clock_timestamp(), clock_timestamp(),
        CASE WHEN busy.skip THEN clock_timestamp() END,
        CASE WHEN busy.skip THEN 'skipped' ELSE 'running' END,
        CASE WHEN busy.skip THEN 'the list was still being read' END
    FROM list, busy, (SELECT count(*) FROM dead) AS closed -- first: a dead run may have the due time
    WHERE list.confirm_snapshots = @confirm_snapshots AND list.confirm_for = @confirm_for
      AND list.doubt_snapshots = @doubt_snapshots AND list.doubt_for = @doubt_for
      AND (sqlc.narg('due_at')::timestamptz IS NULL OR sqlc.narg('due_at')::timestamptz <= clock_timestamp() + interval '1 minute')
    ON CONFLICT (list_id, due_at) WHERE outcome <> 'abandoned' AND due_at IS NOT NULL DO NOTHING
    RETURNING id, outcome
)
SELECT list.id AS list_id, list.decoder_version, list.confirm_snapshots, list.confirm_for, list.doubt_snapshots, list.doubt_for,
    list.last_taken_at::timestamptz AS taken_at, clock_timestamp()::timestamptz AS now,
    (list.last_taken_at > clock_timestamp() + interval '1 minute')::boolean AS ahead,
    coalesce((SELECT begun.id FROM begun), 0)::bigint AS run_id,
    coalesce((SELECT begun.outcome FROM begun), '')::text AS outcome,
    coalesce((SELECT snapshots.digest FROM snapshots WHERE snapshots.list_id = list.id AND snapshots.status = 'committed'
        ORDER BY snapshots.taken_at DESC LIMIT 1), '')::bytea AS newest_digest
FROM list;

-- name: RunRefuse :exec
-- A run that was not begun, for everybody to see. It has no due time: that is
-- left to another daemon, which may be configured as history was written.
INSERT INTO runs (list_id, kind, started_at, heartbeat_at, ended_at, outcome, error_class, error_text)
VALUES (@list_id, 'sync', clock_timestamp(), clock_timestamp(), clock_timestamp(), 'failed', @error_class, @error_text);

-- name: RunHeartbeat :execrows
UPDATE runs SET heartbeat_at = clock_timestamp() WHERE list_id = @list_id AND id = @id AND outcome = 'running';

-- name: RunsAbandonSilent :execrows
-- Runs whose processes died are closed by whoever comes next, of any list: another
-- run of theirs may never come. One that somebody is closing is left to them.
UPDATE runs SET outcome = 'abandoned', ended_at = clock_timestamp(), error_class = 'abandoned',
    error_text = 'no heartbeat for a minute'
WHERE (runs.list_id, runs.id) IN (SELECT silent.list_id, silent.id FROM runs AS silent
    WHERE silent.outcome = 'running' AND silent.heartbeat_at < clock_timestamp() - interval '60 seconds' FOR UPDATE SKIP LOCKED);

-- name: RunEnd :execrows
-- Only a run that is still ours may end; no row means that it was abandoned, or was
-- silent for so long that anybody may do so, and bi.known_until no longer waits for it.
UPDATE runs SET outcome = @outcome, ended_at = clock_timestamp(), recorded_at = @recorded_at,
    pages = @pages, entries = @entries, added = @added, changed = @changed, removed = @removed,
    warnings = @warnings, set_aside = @set_aside,
    doubts = (SELECT count(*) FROM doubts WHERE doubts.list_id = @list_id AND doubts.doubted_to IS NULL
        AND doubts.confirmed_at IS NULL AND doubts.superseded_by IS NULL)
WHERE list_id = @list_id AND id = @id AND outcome = 'running' AND heartbeat_at >= clock_timestamp() - interval '60 seconds';

-- name: RunFail :execrows
UPDATE runs SET outcome = 'failed', ended_at = clock_timestamp(), pages = @pages,
    error_class = @error_class, error_text = @error_text
WHERE list_id = @list_id AND id = @id AND outcome = 'running';

-- name: RunOutcome :one
-- How a run stands, once whoever is about to end it has done so: FOR SHARE
-- waits for a COMMIT that is still on its way.
SELECT outcome FROM runs WHERE list_id = @list_id AND id = @id FOR SHARE;

-- name: RunCommitUnchanged :execrows
-- The whole write of a snapshot whose pages are those of another one, in one
-- statement. Nothing is written where the run is not ours any more.
WITH ended AS (
    UPDATE runs SET outcome = 'unchanged', ended_at = clock_timestamp(), pages = @pages, entries = @entries,
        added = 0, changed = 0, removed = 0, warnings = @warnings, set_aside = @set_aside,
        doubts = (SELECT count(*) FROM doubts WHERE doubts.list_id = @list_id AND doubts.doubted_to IS NULL
            AND doubts.confirmed_at IS NULL AND doubts.superseded_by IS NULL),
        recorded_at = (SELECT greatest(clock_timestamp(), lists.last_recorded_at + interval '1 microsecond') FROM lists WHERE lists.id = @list_id)
    WHERE runs.list_id = @list_id AND runs.id = @run_id AND runs.outcome = 'running'
      AND runs.heartbeat_at >= clock_timestamp() - interval '60 seconds'
    RETURNING runs.recorded_at
), noted AS (
    UPDATE lists SET last_taken_at = greatest(lists.last_taken_at, @taken_at::timestamptz), settings = @settings,
        decoder_version = @decoder_version, last_recorded_at = ended.recorded_at
    FROM ended WHERE lists.id = @list_id
)
INSERT INTO snapshots (list_id, taken_at, status, origin, run_id, recorded_at, recorded_by, entries, digest,
    pages_digest, decoder_version, settings, pages_of, late_after, nameless, prices_unread, reads_until)
SELECT @list_id, @taken_at, 'committed', @origin, @run_id, ended.recorded_at, @run_id, @entries, @digest,
    @pages_digest, @decoder_version, @settings, @pages_of::timestamptz, sqlc.narg('late_after')::timestamptz,
    @nameless, sqlc.narg('prices_unread')::text, sqlc.narg('reads_until')::timestamptz
FROM ended;

-- name: RunsRecorded :many
-- The runs of a list that recorded something, in the order in which they did;
-- any that claims so.
SELECT * FROM runs
WHERE list_id = @list_id AND (recorded_at IS NOT NULL OR outcome IN ('unchanged', 'changed', 'held'))
ORDER BY recorded_at, id;

-- name: RunsUnrecorded :many
-- The runs of a list that ended and recorded nothing, in the order in which they
-- began.
SELECT * FROM runs
WHERE list_id = @list_id AND recorded_at IS NULL AND outcome IN ('failed', 'skipped', 'abandoned')
ORDER BY id;

-- name: DecisionPut :exec
INSERT INTO decisions (list_id, kind, taken_at, key, price, recorded_by)
VALUES (@list_id, @kind, @taken_at, @key, @price, @recorded_by);

-- name: DecisionEnd :execrows
UPDATE decisions SET ended_by = @run_id::bigint
WHERE list_id = @list_id AND kind = 'retract' AND taken_at = @taken_at AND key IS NOT DISTINCT FROM sqlc.narg('key')::text AND ended_by IS NULL;

-- name: DecisionsOf :many
-- The decisions that stand of some keys, and of all keys, in their order. A snapshot
-- that was taken back is no member of history, so that nothing is derived from that.
SELECT * FROM decisions
WHERE list_id = @list_id AND (key = ANY(@keys::text[]) OR key IS NULL AND kind = 'believe') AND ended_by IS NULL
ORDER BY id;

-- name: DecisionsEver :many
-- All about entries, also those that were ended.
SELECT * FROM decisions WHERE list_id = @list_id AND (key IS NOT NULL OR kind = 'believe') ORDER BY id;

-- name: DecisionsTold :many
-- All of a list, in their order, with who decided and why.
SELECT decisions.kind, decisions.taken_at, decisions.key, decisions.price, (decisions.ended_by IS NULL)::boolean AS stands,
    coalesce(runs.actor, '')::text AS actor, coalesce(runs.reason, '')::text AS reason, coalesce(runs.recorded_at, runs.started_at)::timestamptz AS decided_at
FROM decisions JOIN runs ON runs.list_id = decisions.list_id AND runs.id = decisions.recorded_by
WHERE decisions.list_id = @list_id ORDER BY decisions.id;

-- name: DecisionsMade :many
-- All of a list, with those that take snapshots back, in their order.
SELECT * FROM decisions WHERE list_id = @list_id ORDER BY id;

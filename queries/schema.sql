-- name: SchemaVersion :one
-- The newest step that is applied, 0 for none.
SELECT coalesce(max(version_id), 0)::bigint FROM goose_db_version WHERE is_applied;

-- name: SchemaVersionsRecord :exec
-- From here on the steps before the first release are the baseline's.
WITH before AS (DELETE FROM goose_db_version WHERE version_id > 0)
INSERT INTO goose_db_version (version_id, is_applied)
SELECT version, true FROM unnest(@versions::bigint[]) AS version;

-- name: SchemaInstallLock :exec
-- Of several processes one installs views, the others wait for it.
SELECT pg_advisory_xact_lock(hashtext('views of schema bi'));

-- name: SchemaInstalled :many
SELECT name, audience, checksum FROM bi_objects ORDER BY name;

-- name: SchemaInstalledPut :exec
INSERT INTO bi_objects (name, audience, checksum) VALUES (@name, @audience, @checksum)
ON CONFLICT (name) DO UPDATE SET audience = excluded.audience, checksum = excluded.checksum;

-- name: SchemaInstalledRemove :exec
DELETE FROM bi_objects WHERE name = @name;

-- name: ContractFind :many
SELECT id, key FROM contracts WHERE list_id = @list_id AND key = ANY(@keys::text[]);

-- name: ContractIDs :many
SELECT nextval('contract_ids')::bigint AS id FROM generate_series(1, @count::integer);

-- name: ContractCopy :copyfrom
INSERT INTO contracts (list_id, id, key) VALUES (@list_id, @id, @key);

-- name: ContractDigestsAt :many
-- What the committed snapshot at a moment held, as it was: absences that
-- history bridges are left out. Contracts are few: the newest snapshot is
-- asked in the same way.
SELECT contracts.key, contract_versions.digest
FROM contracts
JOIN contract_versions ON contract_versions.list_id = contracts.list_id AND contract_versions.contract_id = contracts.id
WHERE contracts.list_id = @list_id AND contract_versions.superseded_by IS NULL
  AND contract_versions.valid_from <= @at AND (contract_versions.valid_to IS NULL OR contract_versions.valid_to > @at)
  AND NOT EXISTS (SELECT FROM absences
      WHERE absences.list_id = @list_id AND absences.contract_id = contracts.id AND absences.superseded_by IS NULL
        AND absences.absent_from <= @at AND (absences.absent_to IS NULL OR absences.absent_to > @at))
ORDER BY contracts.key;

-- name: ContractVersionsLoad :many
SELECT contract_versions.*
FROM ROWS FROM (unnest(@contract_ids::bigint[]), unnest(@since::timestamptz[])) AS w (contract_id, since)
JOIN contract_versions ON contract_versions.list_id = @list_id AND contract_versions.contract_id = w.contract_id
WHERE contract_versions.superseded_by IS NULL
  AND (contract_versions.valid_to IS NULL OR contract_versions.valid_to >= w.since)
ORDER BY contract_versions.contract_id, contract_versions.valid_from;

-- name: ContractVersionClose :exec
UPDATE contract_versions SET valid_to = @valid_to
WHERE list_id = @list_id AND contract_id = ANY(@contract_ids::bigint[]) AND valid_to IS NULL AND superseded_by IS NULL;

-- name: ContractVersionSupersede :exec
UPDATE contract_versions SET superseded_by = @run_id
FROM ROWS FROM (unnest(@contract_ids::bigint[]), unnest(@valid_froms::timestamptz[])) AS s (contract_id, valid_from)
WHERE contract_versions.list_id = @list_id AND contract_versions.contract_id = s.contract_id
  AND contract_versions.valid_from = s.valid_from AND contract_versions.superseded_by IS NULL;

-- name: ContractVersionCopy :copyfrom
INSERT INTO contract_versions (list_id, contract_id, name, status, region_id, attributes, contract_ref, contract_type,
    period_start, period_end, digest, page_number, valid_from, valid_to, recorded_by)
VALUES (@list_id, @contract_id, @name, @status, @region_id, @attributes, @contract_ref, @contract_type,
    @period_start, @period_end, @digest, @page_number, @valid_from, @valid_to, @recorded_by);

-- name: ContractVersionOverlaps :one
SELECT EXISTS (
    SELECT FROM contract_versions AS open
    JOIN contract_versions AS closed ON closed.list_id = open.list_id AND closed.contract_id = open.contract_id
    WHERE open.list_id = @list_id AND open.contract_id = ANY(@contract_ids::bigint[])
      AND open.valid_to IS NULL AND open.superseded_by IS NULL
      AND closed.superseded_by IS NULL AND closed.valid_to > open.valid_from)::boolean AS overlaps;

-- name: ContractPriceFind :many
SELECT * FROM prices WHERE list_id = @list_id AND contract_id = ANY(@contract_ids::bigint[]);

-- name: ContractPriceHistoryLoad :many
SELECT prices.contract_id::bigint AS contract_id, sqlc.embed(price_history)
FROM ROWS FROM (unnest(@contract_ids::bigint[]), unnest(@since::timestamptz[])) AS w (contract_id, since)
JOIN prices ON prices.list_id = @list_id AND prices.contract_id = w.contract_id
JOIN price_history ON price_history.list_id = prices.list_id AND price_history.price_id = prices.id
WHERE price_history.superseded_by IS NULL AND (price_history.valid_to IS NULL OR price_history.valid_to >= w.since)
ORDER BY price_history.price_id, price_history.valid_from;

-- name: ContractUsageCopy :copyfrom
INSERT INTO contract_usage (list_id, contract_id, name, resource, used_from, used_to, quantity, unit, taken_at, recorded_by)
VALUES (@list_id, @contract_id, @name, @resource, @used_from, @used_to, @quantity, @unit, @taken_at, @recorded_by);

-- name: ContractKeys :many
SELECT id, key FROM contracts WHERE list_id = @list_id ORDER BY key;

-- name: ContractVersionsEver :many
-- Every version of some contracts that was ever recorded, superseded ones too.
SELECT * FROM contract_versions
WHERE list_id = @list_id AND contract_id = ANY(@contract_ids::bigint[])
ORDER BY contract_id, valid_from, recorded_by;

-- name: ContractUsageAt :many
-- What is recorded of usage in the pages of one snapshot, superseded rows too.
SELECT contracts.key, sqlc.embed(contract_usage)
FROM contract_usage
JOIN contracts ON contracts.list_id = contract_usage.list_id AND contracts.id = contract_usage.contract_id
WHERE contract_usage.list_id = @list_id AND contract_usage.taken_at = @taken_at
ORDER BY contracts.key;

-- name: ContractUsageSupersede :exec
-- What another decoder read in the pages of a snapshot.
UPDATE contract_usage SET superseded_by = @run_id::bigint
FROM ROWS FROM (unnest(@contract_ids::bigint[]), unnest(@names::text[]), unnest(@resources::text[]), unnest(@units::text[]),
    unnest(@used_froms::timestamptz[]), unnest(@used_tos::timestamptz[])) AS untrue (contract_id, name, resource, unit, used_from, used_to)
WHERE contract_usage.list_id = @list_id AND contract_usage.taken_at = @taken_at AND contract_usage.superseded_by IS NULL
  AND contract_usage.contract_id = untrue.contract_id AND contract_usage.name = untrue.name AND contract_usage.resource = untrue.resource
  AND contract_usage.unit = untrue.unit AND contract_usage.used_from = untrue.used_from AND contract_usage.used_to = untrue.used_to;

-- name: ContractUsageRestated :many
-- The contracts of which a rebuild wrote or superseded a figure.
SELECT DISTINCT contracts.key, runs.id AS run_id
FROM contract_usage
JOIN contracts ON contracts.list_id = contract_usage.list_id AND contracts.id = contract_usage.contract_id
JOIN runs ON runs.list_id = contract_usage.list_id AND runs.kind = 'rebuild'
    AND runs.id IN (contract_usage.recorded_by, contract_usage.superseded_by)
WHERE contract_usage.list_id = @list_id
ORDER BY contracts.key, runs.id;

-- name: ContractUsageMoments :many
SELECT DISTINCT taken_at FROM contract_usage WHERE list_id = @list_id ORDER BY taken_at;

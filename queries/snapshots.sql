-- name: SnapshotNeighbours :many
-- The committed snapshots next before and after a moment and whichever is of
-- that moment, in time order; with each, the keys whose absence a snapshot at
-- that moment prolongs, and may confirm, those with a run of doubt that covers it
-- and those with one that was believed and lasts; those of which prices were
-- announced; whether anything of it was taken
-- back; and whether anything of the list was ever set aside or decided. (A list
-- holds products or contracts, never both.)
SELECT near.*, ARRAY(
    SELECT coalesce(products.key, contracts.key)
    FROM absences
    LEFT JOIN products ON products.list_id = absences.list_id AND products.id = absences.product_id
    LEFT JOIN contracts ON contracts.list_id = absences.list_id AND contracts.id = absences.contract_id
    WHERE absences.list_id = @list_id AND absences.superseded_by IS NULL
      AND absences.absent_from < @taken_at AND (absences.absent_to IS NULL OR absences.absent_to > @taken_at)
      AND (absences.confirmed_at IS NULL OR absences.confirmed_at > @taken_at)
    ORDER BY 1)::text[] AS absent, ARRAY(
    SELECT DISTINCT coalesce(products.key, contracts.key)
    FROM doubts
    JOIN prices ON prices.list_id = doubts.list_id AND prices.id = doubts.price_id
    LEFT JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
    LEFT JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
    WHERE doubts.list_id = @list_id AND doubts.superseded_by IS NULL
      AND doubts.doubted_from < @taken_at AND (doubts.doubted_to IS NULL OR doubts.doubted_to > @taken_at)
      AND (doubts.confirmed_at IS NULL OR doubts.doubted_to IS NOT NULL OR doubts.confirmed_at > @taken_at)
    ORDER BY 1)::text[] AS doubted, ARRAY(
    SELECT DISTINCT coalesce(products.key, contracts.key)
    FROM doubts
    JOIN prices ON prices.list_id = doubts.list_id AND prices.id = doubts.price_id
    LEFT JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
    LEFT JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
    WHERE doubts.list_id = @list_id AND doubts.superseded_by IS NULL
      AND doubts.doubted_to IS NULL AND doubts.confirmed_at IS NOT NULL
    ORDER BY 1)::text[] AS believed,
    ARRAY(
    SELECT DISTINCT coalesce(products.key, contracts.key)
    FROM announced_prices
    JOIN prices ON prices.list_id = announced_prices.list_id AND prices.id = announced_prices.price_id
    LEFT JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
    LEFT JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
    WHERE announced_prices.list_id = @list_id AND announced_prices.superseded_by IS NULL
      AND announced_prices.announced_at < @taken_at AND (announced_prices.announced_to IS NULL OR announced_prices.announced_to > @taken_at)
    ORDER BY 1)::text[] AS announced,
    EXISTS (SELECT FROM decisions WHERE decisions.list_id = @list_id AND decisions.taken_at = near.taken_at
        AND decisions.kind = 'retract' AND decisions.ended_by IS NULL)::boolean AS taken_back,
    (EXISTS (SELECT FROM set_aside WHERE set_aside.list_id = @list_id)
        OR EXISTS (SELECT FROM decisions WHERE decisions.list_id = @list_id)
        OR EXISTS (SELECT FROM snapshots AS odd WHERE odd.list_id = @list_id AND (odd.nameless > 0 OR odd.prices_unread IS NOT NULL)))::boolean AS odd
FROM (
    (SELECT * FROM snapshots WHERE list_id = @list_id AND status = 'committed' AND taken_at < @taken_at ORDER BY taken_at DESC LIMIT 1)
    UNION ALL
    (SELECT * FROM snapshots WHERE list_id = @list_id AND taken_at = @taken_at)
    UNION ALL
    (SELECT * FROM snapshots WHERE list_id = @list_id AND status = 'committed' AND taken_at > @taken_at ORDER BY taken_at LIMIT 1)
) AS near
ORDER BY near.taken_at;

-- name: SnapshotAt :one
SELECT * FROM snapshots WHERE list_id = @list_id AND taken_at = @taken_at;

-- name: SnapshotMoments :many
SELECT taken_at FROM snapshots
WHERE list_id = @list_id AND status = 'committed' AND taken_at >= @since
ORDER BY taken_at;

-- name: SnapshotInsert :exec
INSERT INTO snapshots (list_id, taken_at, status, origin, run_id, recorded_at, recorded_by, entries, digest,
    pages_digest, decoder_version, settings, pages_of, held_for, delta, late_after, nameless, prices_unread, reads_until)
VALUES (@list_id, @taken_at, @status, @origin, @run_id, @recorded_at, @run_id, @entries, @digest,
    @pages_digest, @decoder_version, @settings, sqlc.narg('pages_of'), sqlc.narg('held_for'), sqlc.narg('delta'), sqlc.narg('late_after'),
    @nameless, sqlc.narg('prices_unread'), sqlc.narg('reads_until'));

-- name: PagesPut :exec
INSERT INTO pages (list_id, sha256, media_type, size, body)
SELECT @list_id, p.sha256, p.media_type, p.size, p.body
FROM ROWS FROM (unnest(@sha256s::bytea[]), unnest(@media_types::text[]), unnest(@sizes::integer[]), unnest(@bodies::bytea[]))
    AS p (sha256, media_type, size, body)
ON CONFLICT (list_id, sha256) DO NOTHING;

-- name: SnapshotPagesPut :exec
INSERT INTO snapshot_pages (list_id, taken_at, number, part, request, page_id)
SELECT @list_id, @taken_at, p.number, p.part, p.request, pages.id
FROM ROWS FROM (unnest(@numbers::integer[]), unnest(@parts::integer[]), unnest(@requests::text[]), unnest(@sha256s::bytea[]))
    AS p (number, part, request, sha256)
JOIN pages ON pages.list_id = @list_id AND pages.sha256 = p.sha256;

-- name: DriftNote :many
-- Returns only what had never been seen before.
INSERT INTO drift (list_id, kind, path, seen, first_seen_at, first_run)
SELECT @list_id, d.kind, d.path, d.seen, @taken_at, @run_id
FROM ROWS FROM (unnest(@kinds::text[]), unnest(@paths::text[]), unnest(@seen::text[])) AS d (kind, path, seen)
ON CONFLICT DO NOTHING
RETURNING kind, path, seen;

-- name: SnapshotsHeld :many
SELECT * FROM snapshots WHERE list_id = @list_id AND status = 'held' ORDER BY taken_at;

-- name: SnapshotNewestCommitted :one
SELECT max(taken_at)::timestamptz AS taken_at FROM snapshots WHERE list_id = @list_id AND status = 'committed' HAVING max(taken_at) IS NOT NULL;

-- name: SnapshotAccept :execrows
-- A hold that is accepted becomes a member of history now, also one that had
-- been rejected.
UPDATE snapshots SET status = 'committed', recorded_at = @recorded_at, recorded_by = @run_id, entries = @entries,
    digest = @digest, decoder_version = @decoder_version, decided_by = @actor::text, decided_reason = @reason::text,
    nameless = @nameless, prices_unread = sqlc.narg('prices_unread'), reads_until = sqlc.narg('reads_until'),
    rejected_by = CASE WHEN status = 'rejected' THEN recorded_by END
WHERE list_id = @list_id AND taken_at = @taken_at AND status IN ('held', 'rejected');

-- name: SnapshotReject :execrows
UPDATE snapshots SET status = 'rejected', recorded_by = @run_id, decided_by = @actor::text, decided_reason = @reason::text
WHERE list_id = @list_id AND taken_at = @taken_at AND status = 'held';

-- name: SnapshotRetract :execrows
-- A committed snapshot is taken back; its pages stay, and who let it pass if it was
-- held. Who took it back is a row of decisions.
UPDATE snapshots SET status = 'retracted'
WHERE list_id = @list_id AND taken_at = @taken_at AND status = 'committed';

-- name: SnapshotRestore :execrows
-- A snapshot that was taken back is a member of history again.
UPDATE snapshots SET status = 'committed'
WHERE list_id = @list_id AND taken_at = @taken_at AND status = 'retracted';

-- name: SnapshotBefore :one
-- The committed snapshot next before a moment; none: the newest of all.
SELECT taken_at FROM snapshots
WHERE list_id = @list_id AND status = 'committed' AND (sqlc.narg('before')::timestamptz IS NULL OR taken_at < sqlc.narg('before')::timestamptz)
ORDER BY taken_at DESC LIMIT 1;

-- name: SnapshotReread :exec
-- What a newer decoder reads in the pages of a snapshot.
UPDATE snapshots SET entries = @entries, digest = @digest, decoder_version = @decoder_version,
    nameless = @nameless, prices_unread = sqlc.narg('prices_unread'), reads_until = sqlc.narg('reads_until')
WHERE list_id = @list_id AND taken_at = @taken_at
  AND (entries, digest, decoder_version, nameless, prices_unread, reads_until)
    IS DISTINCT FROM (@entries, @digest, @decoder_version, @nameless, sqlc.narg('prices_unread'), sqlc.narg('reads_until'));

-- name: SnapshotTakenOver :exec
-- A snapshot whose pages are gone, and what history remembers of it is in the words
-- of another decoder since.
UPDATE snapshots SET decoder_version = @decoder_version WHERE list_id = @list_id AND taken_at = @taken_at;

-- name: DriftEarlier :exec
-- A late snapshot may show earlier what was first seen in a later one.
UPDATE drift SET first_seen_at = @taken_at, first_run = @run_id
FROM ROWS FROM (unnest(@kinds::text[]), unnest(@paths::text[]), unnest(@seen::text[])) AS d (kind, path, seen)
WHERE drift.list_id = @list_id AND drift.kind = d.kind AND drift.path = d.path AND drift.seen = d.seen
  AND drift.first_seen_at > @taken_at;

-- name: DriftEver :many
-- All fields and words of a list that no decoder knew.
SELECT * FROM drift WHERE list_id = @list_id ORDER BY kind, path, seen;

-- name: WritesInOrder :many
-- The runs that wrote history, in the order in which they did: each by its
-- snapshot, which may have been taken back since, a rebuild (also one that a decision
-- made necessary) by none. One that changed nothing wrote nothing; what was taken back
-- or restored is not known to those before. as_run:
-- the run was recorded at the same moment, by which answers of the past know
-- what was known.
SELECT snapshots.recorded_by AS run_id, snapshots.recorded_at::timestamptz AS recorded_at, snapshots.taken_at::timestamptz AS taken_at,
    false AS rebuild, (snapshots.status = 'retracted')::boolean AS retracted,
    (runs.recorded_at IS NOT DISTINCT FROM snapshots.recorded_at)::boolean AS as_run
FROM snapshots JOIN runs ON runs.list_id = snapshots.list_id AND runs.id = snapshots.recorded_by
WHERE snapshots.list_id = @list_id AND snapshots.status IN ('committed', 'retracted')
UNION ALL
SELECT id, recorded_at::timestamptz, recorded_at::timestamptz, true, false, true
FROM runs WHERE runs.list_id = @list_id AND recorded_at IS NOT NULL
    AND (kind IN ('retract', 'restore') OR kind IN ('rebuild', 'believe') AND outcome = 'changed')
ORDER BY 2, 1;

-- name: SnapshotsEver :many
-- All that is noted of the snapshots of a list.
SELECT * FROM snapshots WHERE list_id = @list_id ORDER BY taken_at;

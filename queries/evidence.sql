-- name: EvidenceSnapshots :many
SELECT taken_at, status, origin, entries, digest, pages_digest, decoder_version, settings, pages_of
FROM snapshots
WHERE list_id = @list_id AND taken_at >= @since
ORDER BY taken_at;

-- name: EvidenceMisnumbered :many
-- Parts of pages that are not numbered 1, 2, 3 within their page.
SELECT taken_at::timestamptz AS taken_at, number::integer AS number, part::integer AS part
FROM (SELECT snapshot_pages.taken_at, snapshot_pages.number, snapshot_pages.part,
        row_number() OVER (PARTITION BY snapshot_pages.taken_at, snapshot_pages.number ORDER BY snapshot_pages.part) AS place
    FROM snapshot_pages WHERE snapshot_pages.list_id = @list_id) AS numbered
WHERE numbered.part <> numbered.place
ORDER BY 1, 2, 3;

-- name: EvidencePages :many
-- The parts that prove a snapshot, its own or those of the snapshot that its
-- pages_of names.
SELECT link.number, link.request, pages.sha256, pages.media_type, pages.size, pages.body
FROM snapshots
JOIN snapshot_pages AS link ON link.list_id = snapshots.list_id
  AND link.taken_at = coalesce(snapshots.pages_of, snapshots.taken_at)
JOIN pages ON pages.list_id = link.list_id AND pages.id = link.page_id
WHERE snapshots.list_id = @list_id AND snapshots.taken_at = @taken_at
ORDER BY link.number, link.part;

-- name: EvidenceGiveUpInner :one
-- Unlinks the pages of committed snapshots at which nothing in history begins
-- or ends, superseded rows counted: what was ever answered stays provable. Nor
-- those that a doubt which lasts or a decision which stands needs: where it began, what
-- it showed since, and what was believed before. With each snapshot it is noted that
-- they are gone.
WITH boundary AS (
    SELECT valid_from AS moment FROM product_versions WHERE product_versions.list_id = @list_id
    UNION SELECT valid_to FROM product_versions WHERE product_versions.list_id = @list_id
    UNION SELECT valid_from FROM contract_versions WHERE contract_versions.list_id = @list_id
    UNION SELECT valid_to FROM contract_versions WHERE contract_versions.list_id = @list_id
    UNION SELECT valid_from FROM price_history WHERE price_history.list_id = @list_id
    UNION SELECT valid_to FROM price_history WHERE price_history.list_id = @list_id
    UNION SELECT absent_from FROM absences WHERE absences.list_id = @list_id
    UNION SELECT absent_to FROM absences WHERE absences.list_id = @list_id
    UNION SELECT confirmed_at FROM absences WHERE absences.list_id = @list_id
    UNION SELECT announced_at FROM announced_prices WHERE announced_prices.list_id = @list_id
    UNION SELECT announced_to FROM announced_prices WHERE announced_prices.list_id = @list_id
    UNION SELECT doubted_from FROM doubts WHERE doubts.list_id = @list_id
    UNION SELECT doubted_to FROM doubts WHERE doubts.list_id = @list_id
    UNION SELECT confirmed_at FROM doubts WHERE doubts.list_id = @list_id
), doubtful AS (
    SELECT doubts.doubted_from AS moment FROM doubts
    WHERE doubts.list_id = @list_id AND doubts.superseded_by IS NULL AND doubts.doubted_to IS NULL
    UNION SELECT (shown.value ->> 'from')::timestamptz FROM doubts, jsonb_array_elements(doubts.shown) AS shown (value)
    WHERE doubts.list_id = @list_id AND doubts.superseded_by IS NULL AND doubts.doubted_to IS NULL
    UNION SELECT (SELECT max(believed.taken_at) FROM snapshots AS believed
        WHERE believed.list_id = doubts.list_id AND believed.status = 'committed' AND believed.taken_at < doubts.doubted_from) FROM doubts
    WHERE doubts.list_id = @list_id AND doubts.superseded_by IS NULL AND doubts.doubted_to IS NULL
    UNION SELECT decisions.taken_at FROM decisions WHERE decisions.list_id = @list_id AND decisions.ended_by IS NULL
), needed AS (
    SELECT coalesce(snapshots.pages_of, snapshots.taken_at) AS holder FROM snapshots
    WHERE snapshots.list_id = @list_id AND (snapshots.status <> 'committed'
        OR snapshots.taken_at IN (SELECT moment FROM boundary WHERE moment IS NOT NULL)
        OR snapshots.taken_at IN (SELECT moment FROM doubtful WHERE moment IS NOT NULL)
        OR snapshots.taken_at = (SELECT max(newest.taken_at) FROM snapshots AS newest
            WHERE newest.list_id = @list_id AND newest.status = 'committed'))
), gone AS (
    DELETE FROM snapshot_pages
    WHERE snapshot_pages.list_id = @list_id AND snapshot_pages.taken_at NOT IN (SELECT holder FROM needed)
    RETURNING snapshot_pages.taken_at
), noted AS (
    UPDATE snapshots SET given_up_at = clock_timestamp(), given_up_for = @rule
    WHERE snapshots.list_id = @list_id AND snapshots.taken_at IN (SELECT gone.taken_at FROM gone)
)
SELECT count(*) AS parts FROM gone;

-- name: EvidenceGiveUpOld :one
-- Unlinks the pages of committed snapshots that are older than an age, but those
-- that a doubt or a decision needs, and notes it alike.
WITH doubtful AS (
    SELECT doubts.doubted_from AS moment FROM doubts
    WHERE doubts.list_id = @list_id AND doubts.superseded_by IS NULL AND doubts.doubted_to IS NULL
    UNION SELECT (shown.value ->> 'from')::timestamptz FROM doubts, jsonb_array_elements(doubts.shown) AS shown (value)
    WHERE doubts.list_id = @list_id AND doubts.superseded_by IS NULL AND doubts.doubted_to IS NULL
    UNION SELECT (SELECT max(believed.taken_at) FROM snapshots AS believed
        WHERE believed.list_id = doubts.list_id AND believed.status = 'committed' AND believed.taken_at < doubts.doubted_from) FROM doubts
    WHERE doubts.list_id = @list_id AND doubts.superseded_by IS NULL AND doubts.doubted_to IS NULL
    UNION SELECT decisions.taken_at FROM decisions WHERE decisions.list_id = @list_id AND decisions.ended_by IS NULL
), needed AS (
    SELECT coalesce(snapshots.pages_of, snapshots.taken_at) AS holder FROM snapshots
    WHERE snapshots.list_id = @list_id AND (snapshots.status <> 'committed'
        OR snapshots.taken_at >= statement_timestamp() - @age::interval
        OR snapshots.taken_at IN (SELECT moment FROM doubtful WHERE moment IS NOT NULL)
        OR snapshots.taken_at = (SELECT max(newest.taken_at) FROM snapshots AS newest
            WHERE newest.list_id = @list_id AND newest.status = 'committed'))
), gone AS (
    DELETE FROM snapshot_pages
    WHERE snapshot_pages.list_id = @list_id AND snapshot_pages.taken_at NOT IN (SELECT holder FROM needed)
    RETURNING snapshot_pages.taken_at
), noted AS (
    UPDATE snapshots SET given_up_at = clock_timestamp(), given_up_for = @rule
    WHERE snapshots.list_id = @list_id AND snapshots.taken_at IN (SELECT gone.taken_at FROM gone)
)
SELECT count(*) AS parts FROM gone;

-- name: EvidenceForget :execrows
-- Deletes the pages that no snapshot is linked to.
DELETE FROM pages
WHERE pages.list_id = @list_id AND NOT EXISTS (SELECT FROM snapshot_pages AS link
    WHERE link.list_id = pages.list_id AND link.page_id = pages.id);

-- name: EvidenceKept :one
-- Whether the pages that prove a snapshot are there.
SELECT EXISTS (SELECT FROM snapshot_pages WHERE list_id = @list_id AND taken_at = @taken_at)::boolean AS kept;

-- name: EvidenceProven :many
-- The committed snapshots whose pages are there.
SELECT snapshots.taken_at, snapshots.decoder_version FROM snapshots
WHERE snapshots.list_id = @list_id AND snapshots.status = 'committed' AND EXISTS (SELECT FROM snapshot_pages AS link
    WHERE link.list_id = snapshots.list_id AND link.taken_at = coalesce(snapshots.pages_of, snapshots.taken_at))
ORDER BY snapshots.taken_at;

-- name: EvidenceCommitted :many
-- What a copy of the evidence must hold: what is history, and what was before a person
-- took it back.
SELECT taken_at, decoder_version FROM snapshots
WHERE list_id = @list_id AND status IN ('committed', 'retracted')
ORDER BY taken_at;

-- name: RunFirstOfDay :one
-- Whether no other run of the list ended well on this day, in UTC.
SELECT coalesce((SELECT earlier.recorded_at < date_trunc('day', clock_timestamp(), 'UTC')
    FROM runs AS earlier
    WHERE earlier.list_id = @list_id AND earlier.id < @id AND earlier.outcome IN ('unchanged', 'changed')
    ORDER BY earlier.id DESC LIMIT 1), true)::boolean AS first;

-- name: EvidenceSnapshots :many
SELECT taken_at, status, origin, entries, digest, pages_digest, decoder_version, settings, pages_of
FROM snapshots
WHERE list_id = @list_id AND taken_at >= @since
ORDER BY taken_at;

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

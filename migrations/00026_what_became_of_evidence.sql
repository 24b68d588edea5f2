-- +goose Up
-- Every hole in the evidence is noted where it is made, so that pages which
-- other hands removed are none of them. Where pages are gone already, that is
-- all that is known of it. (The digest is that of no pages: those were spared.)
ALTER TABLE snapshots ADD COLUMN given_up_at timestamptz, ADD COLUMN given_up_for text,
    ADD CHECK ((given_up_at IS NULL) = (given_up_for IS NULL));
UPDATE snapshots SET given_up_at = now(), given_up_for = 'before it was noted'
WHERE status = 'committed' AND pages_of IS NULL AND pages_digest <> '\xe3b0c44298fc1c149afbf4c8996fb924'
  AND NOT EXISTS (SELECT FROM snapshot_pages AS link WHERE link.list_id = snapshots.list_id AND link.taken_at = snapshots.taken_at);

-- A run that ended well brought or decided a snapshot. One whose snapshot was
-- there already did not: it is skipped.
UPDATE runs SET outcome = 'skipped', reason = coalesce(reason, 'the snapshot was there already')
WHERE kind IN ('sync', 'backfill') AND outcome IN ('unchanged', 'held')
  AND NOT EXISTS (SELECT FROM snapshots WHERE snapshots.list_id = runs.list_id AND snapshots.run_id = runs.id);
COMMENT ON COLUMN bi.runs.outcome IS 'running, unchanged, changed, held, failed, skipped (the list was still being read, or its snapshot was there already) or abandoned';

-- A rebuild is unchanged only where rule and decoder stayed too, which nobody
-- knows of earlier ones.
UPDATE runs SET outcome = 'changed' WHERE kind = 'rebuild' AND outcome = 'unchanged';

-- +goose Down
COMMENT ON COLUMN bi.runs.outcome IS 'running, unchanged, changed, held, failed, skipped or abandoned';
UPDATE runs SET outcome = 'unchanged' WHERE outcome = 'skipped' AND recorded_at IS NOT NULL;
ALTER TABLE snapshots DROP COLUMN given_up_at, DROP COLUMN given_up_for;

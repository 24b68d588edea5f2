-- audience: everybody
CREATE OR REPLACE VIEW bi.snapshots AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, snapshots.taken_at,
    snapshots.status, snapshots.origin, snapshots.recorded_at, snapshots.entries, snapshots.pages_of AS pages_taken_at, snapshots.list_id
FROM snapshots JOIN lists ON lists.id = snapshots.list_id;

COMMENT ON VIEW bi.snapshots IS 'Every complete list that was read, and whether it is part of history.';
COMMENT ON COLUMN bi.snapshots.provider IS 'the cloud';
COMMENT ON COLUMN bi.snapshots.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.snapshots.list IS 'the published list';
COMMENT ON COLUMN bi.snapshots.taken_at IS 'the moment for which the snapshot speaks, until the next committed one';
COMMENT ON COLUMN bi.snapshots.status IS 'committed (part of history), held, rejected or retracted (it was part of history and was taken back, see bi.retractions)';
COMMENT ON COLUMN bi.snapshots.origin IS 'sync (read live) or backfill (from an archive)';
COMMENT ON COLUMN bi.snapshots.recorded_at IS 'when it was written, for an accepted one when it was accepted';
COMMENT ON COLUMN bi.snapshots.entries IS 'how many entries it holds';
COMMENT ON COLUMN bi.snapshots.pages_taken_at IS 'the snapshot that holds its pages, where the provider answered byte for byte the same; else null';
COMMENT ON COLUMN bi.snapshots.list_id IS 'number of the list in this database; joins the views that have it, means nothing outside';

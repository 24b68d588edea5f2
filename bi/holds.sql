-- audience: everybody
CREATE OR REPLACE VIEW bi.holds AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, snapshots.taken_at,
    CASE snapshots.status WHEN 'committed' THEN 'accepted' ELSE snapshots.status END AS state, snapshots.held_for,
    holder.recorded_at AS held_at, snapshots.entries,
    coalesce((snapshots.delta ->> 'Baseline')::integer, 0) AS baseline_entries,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Added') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Added') ELSE 0 END AS added,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Changed') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Changed') ELSE 0 END AS changed,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Removed') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Removed') ELSE 0 END AS removed,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Repriced') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Repriced') ELSE 0 END AS repriced,
    CASE WHEN jsonb_typeof(snapshots.delta -> 'Unpriced') = 'array' THEN jsonb_array_length(snapshots.delta -> 'Unpriced') ELSE 0 END AS unpriced,
    coalesce(decider.recorded_at, decider.ended_at) AS decided_at, snapshots.decided_by, snapshots.decided_reason
FROM snapshots
JOIN lists ON lists.id = snapshots.list_id
JOIN runs AS holder ON holder.list_id = snapshots.list_id AND holder.id = snapshots.run_id
LEFT JOIN runs AS decider ON decider.list_id = snapshots.list_id AND decider.id = snapshots.recorded_by
    AND snapshots.recorded_by <> snapshots.run_id
WHERE snapshots.held_for IS NOT NULL;

COMMENT ON VIEW bi.holds IS 'Snapshots that the guard found too unlikely, and what was decided about them.';
COMMENT ON COLUMN bi.holds.provider IS 'the cloud';
COMMENT ON COLUMN bi.holds.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.holds.list IS 'the published list';
COMMENT ON COLUMN bi.holds.taken_at IS 'the moment of the snapshot';
COMMENT ON COLUMN bi.holds.state IS 'held (waits for a decision), accepted (part of history), rejected, or retracted (accepted, and taken back since, see bi.retractions)';
COMMENT ON COLUMN bi.holds.held_for IS 'what the guard found too unlikely: each reason with its number, its limit and three examples, one after the other';
COMMENT ON COLUMN bi.holds.held_at IS 'when the guard held it';
COMMENT ON COLUMN bi.holds.entries IS 'entries of the snapshot';
COMMENT ON COLUMN bi.holds.baseline_entries IS 'entries of the snapshot before, with which it was compared';
COMMENT ON COLUMN bi.holds.added IS 'entries that the snapshot before lacked';
COMMENT ON COLUMN bi.holds.changed IS 'entries with another content than in the snapshot before';
COMMENT ON COLUMN bi.holds.removed IS 'entries of the snapshot before that this one lacks';
COMMENT ON COLUMN bi.holds.repriced IS 'prices, but fees, whose amount changed';
COMMENT ON COLUMN bi.holds.unpriced IS 'entries that stay and lose a price that is no fee';
COMMENT ON COLUMN bi.holds.decided_at IS 'when it was accepted; null for a held or rejected one';
COMMENT ON COLUMN bi.holds.decided_by IS 'who accepted or rejected it';
COMMENT ON COLUMN bi.holds.decided_reason IS 'the reason that person gave';

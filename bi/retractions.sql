-- audience: everybody
CREATE OR REPLACE VIEW bi.retractions AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, decisions.taken_at,
    decisions.key::text AS product_key, latest.name AS product_name, snapshots.entries, maker.recorded_at AS retracted_at, maker.actor AS retracted_by, maker.reason,
    ender.recorded_at AS restored_at, ender.actor AS restored_by, ender.reason AS restored_reason,
    decisions.ended_by IS NULL AS is_current, decisions.recorded_by AS run_id
FROM decisions
JOIN lists ON lists.id = decisions.list_id
JOIN runs AS maker ON maker.list_id = decisions.list_id AND maker.id = decisions.recorded_by
LEFT JOIN runs AS ender ON ender.list_id = decisions.list_id AND ender.id = decisions.ended_by
JOIN snapshots ON snapshots.list_id = decisions.list_id AND snapshots.taken_at = decisions.taken_at
LEFT JOIN products ON products.list_id = decisions.list_id AND products.key = decisions.key
LEFT JOIN LATERAL (SELECT version.name FROM product_versions AS version
    WHERE version.list_id = products.list_id AND version.product_id = products.id AND version.superseded_by IS NULL
    ORDER BY version.valid_from DESC LIMIT 1) AS latest ON true
WHERE decisions.kind = 'retract' AND (lists.kind = 'product' OR decisions.key IS NULL);

COMMENT ON VIEW bi.retractions IS 'What persons took back: whole snapshots of any list, and what a snapshot said of one product. History is as if it had never been said; the pages stay.';
COMMENT ON COLUMN bi.retractions.provider IS 'the cloud';
COMMENT ON COLUMN bi.retractions.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.retractions.list IS 'the published list';
COMMENT ON COLUMN bi.retractions.taken_at IS 'the moment of the snapshot';
COMMENT ON COLUMN bi.retractions.product_key IS 'the product of which alone the snapshot''s word was taken back; null where the whole snapshot was';
COMMENT ON COLUMN bi.retractions.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.retractions.entries IS 'how many entries the snapshot holds';
COMMENT ON COLUMN bi.retractions.retracted_at IS 'when it was taken back';
COMMENT ON COLUMN bi.retractions.retracted_by IS 'who took it back';
COMMENT ON COLUMN bi.retractions.reason IS 'the reason that person gave';
COMMENT ON COLUMN bi.retractions.restored_at IS 'when it became part of history again; null while it is taken back';
COMMENT ON COLUMN bi.retractions.restored_by IS 'who restored it';
COMMENT ON COLUMN bi.retractions.restored_reason IS 'the reason that person gave';
COMMENT ON COLUMN bi.retractions.is_current IS 'whether it is taken back now';
COMMENT ON COLUMN bi.retractions.run_id IS 'the run that took it back; bi.restatements has what that changed';

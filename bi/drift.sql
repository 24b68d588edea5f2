-- audience: everybody
CREATE OR REPLACE VIEW bi.drift AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, drift.kind, drift.path::text AS path,
    drift.seen::text AS seen, drift.first_seen_at
FROM drift JOIN lists ON lists.id = drift.list_id;

COMMENT ON VIEW bi.drift IS 'Fields and words a provider sent that syncer had never seen, kept in the evidence, not tracked.';
COMMENT ON COLUMN bi.drift.provider IS 'the cloud';
COMMENT ON COLUMN bi.drift.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.drift.list IS 'the published list';
COMMENT ON COLUMN bi.drift.kind IS 'field or word';
COMMENT ON COLUMN bi.drift.path IS 'where in the page';
COMMENT ON COLUMN bi.drift.seen IS 'the word, or an excerpt of the field';
COMMENT ON COLUMN bi.drift.first_seen_at IS 'the first snapshot that showed it';

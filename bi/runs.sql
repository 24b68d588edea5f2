-- audience: everybody
CREATE OR REPLACE VIEW bi.runs AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, runs.id AS run_id, runs.kind,
    runs.due_at, runs.started_at, runs.heartbeat_at, runs.ended_at, runs.recorded_at, runs.outcome, runs.pages, runs.entries,
    runs.added, runs.changed, runs.removed, runs.warnings, runs.error_class, runs.error_text, runs.actor, runs.reason,
    runs.set_aside, runs.doubts
FROM runs JOIN lists ON lists.id = runs.list_id;

COMMENT ON VIEW bi.runs IS 'Every execution for a list, and how it ended.';
COMMENT ON COLUMN bi.runs.provider IS 'the cloud';
COMMENT ON COLUMN bi.runs.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.runs.list IS 'the published list';
COMMENT ON COLUMN bi.runs.run_id IS 'number of the run, in the order in which runs began';
COMMENT ON COLUMN bi.runs.kind IS 'sync, backfill, accept, reject, retract, restore (of what was taken back), believe (what was doubted) or rebuild';
COMMENT ON COLUMN bi.runs.due_at IS 'the due time by the schedule; null where a person started it';
COMMENT ON COLUMN bi.runs.started_at IS 'when it began';
COMMENT ON COLUMN bi.runs.heartbeat_at IS 'when it was last known to be alive';
COMMENT ON COLUMN bi.runs.ended_at IS 'when it ended; null while running';
COMMENT ON COLUMN bi.runs.recorded_at IS 'when what it wrote became part of history; null where it wrote nothing';
COMMENT ON COLUMN bi.runs.outcome IS 'running, unchanged, changed, held, failed, skipped (the list was still being read, or its snapshot was there already) or abandoned';
COMMENT ON COLUMN bi.runs.pages IS 'pages read';
COMMENT ON COLUMN bi.runs.entries IS 'entries of the snapshot';
COMMENT ON COLUMN bi.runs.added IS 'entries that the snapshot before lacked';
COMMENT ON COLUMN bi.runs.changed IS 'entries with another content than in the snapshot before';
COMMENT ON COLUMN bi.runs.removed IS 'entries of the snapshot before that this one lacks';
COMMENT ON COLUMN bi.runs.warnings IS 'things that were noted and did no harm';
COMMENT ON COLUMN bi.runs.error_class IS 'the kind of error, null unless failed or abandoned';
COMMENT ON COLUMN bi.runs.error_text IS 'the error';
COMMENT ON COLUMN bi.runs.actor IS 'who decided or asked for it, where a person did';
COMMENT ON COLUMN bi.runs.reason IS 'the reason that person gave';
COMMENT ON COLUMN bi.runs.set_aside IS 'rows of its snapshot that could not be read or had, see bi.set_aside';
COMMENT ON COLUMN bi.runs.doubts IS 'prices of the list that were in doubt when it ended, see bi.doubts';

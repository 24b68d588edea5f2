-- audience: everybody
-- The write of a run names a moment after the run began, and a run is visible
-- from its beginning: what is recorded before the oldest running one is final. A run
-- of which nothing was heard for a minute cannot end well, and a transaction that
-- froze before its COMMIT is gone a minute later: such a run is waited for no longer,
-- whether or not somebody has closed it. If it comes back, it writes under a later time.
CREATE OR REPLACE FUNCTION bi.known_until() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN least(now(), (SELECT min(runs.started_at) - interval '1 microsecond' FROM bi.runs
    WHERE runs.outcome = 'running' AND runs.heartbeat_at >= now() - interval '2 minutes'));

COMMENT ON FUNCTION bi.known_until() IS 'The newest known_at for which bi.prices_as_of gives the same answer for ever: now, or just before the oldest run that may still write. A run that died holds it back for two minutes.';

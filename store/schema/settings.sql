-- Postgres compiles a query that it thinks dear, for seconds, and those of
-- schema bi are done in less: they look up much and compute little. So the
-- database says no to everybody who has not said otherwise. A restored one has
-- lost that, which is why it is said again whenever there is occasion.
DO $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('settings of syncer''s database'));
    IF NOT EXISTS (SELECT FROM pg_db_role_setting, unnest(setconfig) AS setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) AND setrole = 0 AND setting LIKE 'jit=%') THEN
        EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'jit stays as it is: % may not change the database''s settings', current_user;
END
$$;

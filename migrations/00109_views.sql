-- +goose Up
-- syncer_reader reads catalogs, syncer_contract_reader contracts too. Roles
-- belong to the whole cluster: made where this user may, granted where they
-- exist, so that a managed database needs no superuser.

-- Functions may be called by whoever is given them, like the views.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA bi FROM PUBLIC;

-- +goose StatementBegin
DO $$
DECLARE
    reader text;
    view text;
BEGIN
    FOREACH reader IN ARRAY ARRAY['syncer_reader', 'syncer_contract_reader'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', reader);
            END IF;
        EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
            RAISE NOTICE 'role % was not created', reader;
        END;
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = reader);
        EXECUTE format('GRANT USAGE ON SCHEMA bi TO %I', reader);
        EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bi TO %I', reader);
        FOR view IN SELECT viewname FROM pg_views WHERE schemaname = 'bi' LOOP
            IF reader = 'syncer_contract_reader' OR view NOT LIKE '%contract%' THEN
                EXECUTE format('GRANT SELECT ON bi.%I TO %I', view, reader);
            END IF;
        END LOOP;
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$
DECLARE
    reader text;
BEGIN
    FOREACH reader IN ARRAY ARRAY['syncer_reader', 'syncer_contract_reader'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = reader);
        EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA bi FROM %I', reader);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'syncer_contract_reader') THEN
        REVOKE SELECT ON ALL TABLES IN SCHEMA bi FROM syncer_contract_reader;
        REVOKE USAGE ON SCHEMA bi FROM syncer_contract_reader;
    END IF;
END
$$;
-- +goose StatementEnd
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bi TO PUBLIC;

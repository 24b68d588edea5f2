-- +goose Up
-- What analysts read. Its views and functions are files of the folder bi, and are
-- installed after the last step here.
CREATE SCHEMA bi;
COMMENT ON SCHEMA bi IS 'What analysts read. A view here is a promise: plain types, a comment on every column.';

-- The views and functions of schema bi that syncer installed: its own, apart from
-- what others make there. checksum is that of the file.
CREATE TABLE bi_objects (
    name     text COLLATE "C" PRIMARY KEY,
    audience text NOT NULL CHECK (audience IN ('everybody', 'contracts', 'anybody')),
    checksum text NOT NULL
);

-- syncer_reader reads catalogs, syncer_contract_reader contracts too. Roles
-- belong to the whole cluster: made where this user may, granted where they
-- exist, so that a managed database needs no superuser.
-- +goose StatementBegin
DO $$
DECLARE
    reader text;
BEGIN
    FOREACH reader IN ARRAY ARRAY['syncer_reader', 'syncer_contract_reader'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', reader);
            END IF;
        EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
            RAISE NOTICE 'role % was not created', reader;
        END;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
            EXECUTE format('GRANT USAGE ON SCHEMA bi TO %I', reader);
        END IF;
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE bi_objects;
DROP SCHEMA bi;

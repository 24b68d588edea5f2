-- +goose Up
-- A rejected snapshot that is accepted after all keeps the run that rejected it:
-- both decisions stay.
ALTER TABLE snapshots ADD COLUMN rejected_by bigint;

-- +goose Down
ALTER TABLE snapshots DROP COLUMN rejected_by;

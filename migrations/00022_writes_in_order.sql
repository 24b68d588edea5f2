-- +goose Up
-- Writes of a list are numbered by their recorded_at, so it only moves on, also
-- where the database's clock is set back.
ALTER TABLE lists ADD COLUMN last_recorded_at timestamptz;
UPDATE lists SET last_recorded_at = (SELECT max(runs.recorded_at) FROM runs WHERE runs.list_id = lists.id);

-- +goose Down
ALTER TABLE lists DROP COLUMN last_recorded_at;

-- What the last schema of before the first release lacks to be the baseline. The
-- test of the carry-over compares both, table by table.
ALTER TABLE lists ALTER COLUMN decoder_version TYPE text;
ALTER TABLE snapshots ALTER COLUMN decoder_version TYPE text;
ALTER TABLE runs ADD COLUMN ledger smallint NOT NULL DEFAULT 1 CHECK (ledger IN (1, 2));
ALTER TABLE runs ALTER COLUMN ledger SET DEFAULT 2;
ALTER TABLE contract_usage ADD COLUMN superseded_by bigint, DROP CONSTRAINT contract_usage_pkey,
    ADD PRIMARY KEY (list_id, contract_id, name, resource, unit, used_from, used_to, taken_at, recorded_by);
CREATE UNIQUE INDEX contract_usage_stated ON contract_usage
    (list_id, taken_at, contract_id, name, resource, unit, used_from, used_to) WHERE superseded_by IS NULL;

COMMENT ON SCHEMA bi IS 'What analysts read. A view here is a promise: plain types, a comment on every column.';
CREATE TABLE bi_objects (
    name     text COLLATE "C" PRIMARY KEY,
    audience text NOT NULL CHECK (audience IN ('everybody', 'contracts', 'anybody')),
    checksum text NOT NULL
);
-- The views and functions of that time are syncer's own, and older than any file.
INSERT INTO bi_objects (name, audience, checksum) VALUES
    ('availability', 'everybody', ''),
    ('contract_history', 'contracts', ''),
    ('contract_prices', 'contracts', ''),
    ('contract_provenance', 'contracts', ''),
    ('contract_usage', 'contracts', ''),
    ('contracts_current', 'contracts', ''),
    ('drift', 'everybody', ''),
    ('flapping', 'everybody', ''),
    ('focus_contract_commitment', 'contracts', ''),
    ('focus_sku_price', 'everybody', ''),
    ('freshness', 'everybody', ''),
    ('holds', 'everybody', ''),
    ('known_until', 'everybody', ''),
    ('price_changes', 'everybody', ''),
    ('price_history', 'everybody', ''),
    ('price_versions', 'everybody', ''),
    ('prices_as_of', 'everybody', ''),
    ('prices_current', 'everybody', ''),
    ('prices_month_end', 'everybody', ''),
    ('prices_on', 'everybody', ''),
    ('product_history', 'everybody', ''),
    ('product_status_changes', 'everybody', ''),
    ('product_versions', 'everybody', ''),
    ('products_current', 'everybody', ''),
    ('provenance', 'everybody', ''),
    ('report_settings', 'everybody', ''),
    ('report_timezone', 'everybody', ''),
    ('restatements', 'everybody', ''),
    ('runs', 'everybody', ''),
    ('snapshots', 'everybody', ''),
    ('zone_status_history', 'everybody', '');

-- What the last schema of before the first release lacks to be the baseline. The
-- test of the carry-over compares both, table by table.
ALTER TABLE lists ALTER COLUMN decoder_version TYPE text;
ALTER TABLE snapshots ALTER COLUMN decoder_version TYPE text;
ALTER TABLE runs ADD COLUMN ledger smallint NOT NULL DEFAULT 1 CHECK (ledger IN (1, 2));
ALTER TABLE runs ALTER COLUMN ledger SET DEFAULT 2;
ALTER TABLE runs ADD COLUMN set_aside integer NOT NULL DEFAULT 0, ADD COLUMN doubts integer NOT NULL DEFAULT 0;
ALTER TABLE lists
    ADD COLUMN doubt_snapshots integer NOT NULL DEFAULT 0 CHECK (doubt_snapshots >= 0),
    ADD COLUMN doubt_for interval NOT NULL DEFAULT interval '0' CHECK (doubt_for >= interval '0');
ALTER TABLE runs DROP CONSTRAINT runs_kind_check, ADD CONSTRAINT runs_kind_check
    CHECK (kind IN ('sync', 'backfill', 'accept', 'reject', 'retract', 'restore', 'believe', 'rebuild'));
ALTER TABLE snapshots DROP CONSTRAINT snapshots_status_check, ADD CONSTRAINT snapshots_status_check
    CHECK (status IN ('committed', 'held', 'rejected', 'retracted'));
ALTER TABLE snapshots
    ADD COLUMN nameless integer NOT NULL DEFAULT 0 CHECK (nameless >= 0),
    ADD COLUMN prices_unread text,
    ADD COLUMN reads_until timestamptz;
CREATE INDEX snapshots_odd ON snapshots (list_id, taken_at) WHERE nameless > 0 OR prices_unread IS NOT NULL;

CREATE TABLE set_aside (
    list_id     bigint NOT NULL,
    taken_at    timestamptz NOT NULL,
    number      integer NOT NULL CHECK (number >= 1),
    key         text COLLATE "C",
    part        text NOT NULL CHECK (part IN ('fields', 'prices')),
    reason      text NOT NULL CHECK (reason IN ('unreadable', 'incomplete', 'ambiguous', 'too long', 'hidden')),
    detail      text NOT NULL,
    page_number integer CHECK (page_number >= 1),
    said        jsonb,
    PRIMARY KEY (list_id, taken_at, number),
    FOREIGN KEY (list_id, taken_at) REFERENCES snapshots (list_id, taken_at) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX set_aside_key ON set_aside (list_id, key, taken_at);

CREATE SEQUENCE decision_ids;
CREATE TABLE decisions (
    list_id     bigint NOT NULL REFERENCES lists (id),
    id          bigint NOT NULL DEFAULT nextval('decision_ids'),
    kind        text NOT NULL CHECK (kind IN ('believe', 'retract')),
    taken_at    timestamptz NOT NULL,
    key         text COLLATE "C",
    price       jsonb,
    recorded_by bigint NOT NULL,
    ended_by    bigint,
    PRIMARY KEY (list_id, id),
    FOREIGN KEY (list_id, recorded_by) REFERENCES runs (list_id, id),
    FOREIGN KEY (list_id, ended_by) REFERENCES runs (list_id, id),
    CHECK (key IS NOT NULL OR price IS NULL),
    CHECK (kind = 'believe' OR price IS NULL)
);
CREATE INDEX decisions_key ON decisions (list_id, key, taken_at);

CREATE TABLE doubts (
    list_id       bigint NOT NULL,
    price_id      bigint NOT NULL,
    reason        text NOT NULL CHECK (reason IN ('lost', 'currency', 'unit', 'tax', 'zero', 'amount')),
    doubted_from  timestamptz NOT NULL,
    doubted_to    timestamptz,
    confirmed_at  timestamptz,
    shown         jsonb NOT NULL,
    recorded_by   bigint NOT NULL,
    superseded_by bigint,
    PRIMARY KEY (list_id, price_id, doubted_from, recorded_by),
    FOREIGN KEY (list_id, price_id) REFERENCES prices (list_id, id),
    CHECK (doubted_from < doubted_to),
    CHECK (confirmed_at >= doubted_from AND (doubted_to IS NULL OR confirmed_at < doubted_to)),
    CONSTRAINT doubts_no_overlap EXCLUDE USING gist
        (list_id WITH =, price_id WITH =, tstzrange(doubted_from, doubted_to) WITH &&)
        WHERE (superseded_by IS NULL)
);
CREATE INDEX doubts_open ON doubts (list_id) WHERE doubted_to IS NULL AND superseded_by IS NULL;
CREATE INDEX doubts_superseded ON doubts (list_id, superseded_by) WHERE superseded_by IS NOT NULL;

CREATE TABLE announced_prices (
    list_id        bigint NOT NULL,
    price_id       bigint NOT NULL,
    effective_from timestamptz NOT NULL,
    announced      jsonb NOT NULL,
    announced_at   timestamptz NOT NULL,
    announced_to   timestamptz,
    recorded_by    bigint NOT NULL,
    superseded_by  bigint,
    PRIMARY KEY (list_id, price_id, effective_from, announced_at, recorded_by),
    FOREIGN KEY (list_id, price_id) REFERENCES prices (list_id, id),
    CHECK (announced_at < announced_to)
);
CREATE INDEX announced_prices_open ON announced_prices (list_id) WHERE announced_to IS NULL AND superseded_by IS NULL;

ALTER TABLE contract_usage ADD COLUMN superseded_by bigint, DROP CONSTRAINT contract_usage_pkey,
    ADD PRIMARY KEY (list_id, contract_id, name, resource, unit, used_from, used_to, taken_at, recorded_by);
CREATE UNIQUE INDEX contract_usage_stated ON contract_usage
    (list_id, taken_at, contract_id, name, resource, unit, used_from, used_to) WHERE superseded_by IS NULL;

ALTER TABLE notifications DROP CONSTRAINT notifications_kind_check, DROP CONSTRAINT notifications_check2;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind_check CHECK (kind IN ('changed', 'held', 'retracted', 'stale', 'digest')),
    ADD CONSTRAINT notifications_check2 CHECK ((kind IN ('changed', 'held', 'retracted')) = (run_id IS NOT NULL));

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

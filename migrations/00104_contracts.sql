-- +goose Up
-- A contract is the key by which its list knows it.
CREATE SEQUENCE contract_ids;
CREATE TABLE contracts (
    list_id bigint NOT NULL REFERENCES lists (id),
    id      bigint NOT NULL DEFAULT nextval('contract_ids'),
    key     text COLLATE "C" NOT NULL CHECK (key <> ''),
    PRIMARY KEY (list_id, id),
    UNIQUE (list_id, key)
);

-- As product_versions. contract_ref is the provider's number of the contract, which
-- several entries may share.
CREATE TABLE contract_versions (
    list_id       bigint NOT NULL,
    contract_id   bigint NOT NULL,
    name          text NOT NULL,
    status        text,
    region_id     text,
    attributes    jsonb NOT NULL,
    contract_ref  text,
    contract_type text,
    period_start  timestamptz,
    period_end    timestamptz,
    digest        bytea NOT NULL CHECK (length(digest) = 16),
    valid_from    timestamptz NOT NULL,
    valid_to      timestamptz,
    recorded_by   bigint NOT NULL,
    superseded_by bigint,
    page_number   integer CHECK (page_number >= 1),
    PRIMARY KEY (list_id, contract_id, valid_from, recorded_by),
    FOREIGN KEY (list_id, contract_id) REFERENCES contracts (list_id, id),
    CHECK (valid_from < valid_to),
    CONSTRAINT contract_versions_no_overlap EXCLUDE USING gist
        (list_id WITH =, contract_id WITH =, tstzrange(valid_from, valid_to) WITH &&)
        WHERE (valid_to IS NOT NULL AND superseded_by IS NULL)
);
CREATE UNIQUE INDEX contract_versions_open ON contract_versions (list_id, contract_id)
    WHERE valid_to IS NULL AND superseded_by IS NULL;
-- Rows of a time and of a run lie together: BRIN finds them and costs a first
-- load nothing.
CREATE INDEX contract_versions_changed ON contract_versions USING brin (valid_from);
CREATE INDEX contract_versions_recorded ON contract_versions USING brin (recorded_by);
-- What a write made untrue is found by its run.
CREATE INDEX contract_versions_superseded ON contract_versions (list_id, superseded_by) WHERE superseded_by IS NOT NULL;

-- Figures about a contract are facts, never versions. One that a newer decoder reads
-- otherwise is superseded.
CREATE TABLE contract_usage (
    list_id       bigint NOT NULL,
    contract_id   bigint NOT NULL,
    name          text NOT NULL,
    resource      text NOT NULL DEFAULT '',
    used_from     timestamptz NOT NULL,
    used_to       timestamptz NOT NULL,
    quantity      numeric NOT NULL CHECK (quantity > '-Infinity' AND quantity < 'Infinity'),
    unit          text NOT NULL,
    taken_at      timestamptz NOT NULL,
    recorded_by   bigint NOT NULL,
    superseded_by bigint,
    PRIMARY KEY (list_id, contract_id, name, resource, unit, used_from, used_to, taken_at, recorded_by),
    FOREIGN KEY (list_id, contract_id) REFERENCES contracts (list_id, id),
    CHECK (used_from < used_to)
);
CREATE UNIQUE INDEX contract_usage_stated ON contract_usage
    (list_id, taken_at, contract_id, name, resource, unit, used_from, used_to) WHERE superseded_by IS NULL;

-- +goose Down
DROP TABLE contract_usage;
DROP TABLE contract_versions;
DROP TABLE contracts;
DROP SEQUENCE contract_ids;

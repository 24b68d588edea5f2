-- +goose Up
-- What was not there, from when to when. A bridged absence (ended before it
-- was confirmed) is kept too: the rule counts it again when a late snapshot
-- falls into it.
CREATE TABLE absences (
    list_id       bigint NOT NULL,
    product_id    bigint,
    contract_id   bigint,
    absent_from   timestamptz NOT NULL,
    absent_to     timestamptz,
    confirmed_at  timestamptz,
    recorded_by   bigint NOT NULL,
    superseded_by bigint,
    FOREIGN KEY (list_id, product_id) REFERENCES products (list_id, id),
    FOREIGN KEY (list_id, contract_id) REFERENCES contracts (list_id, id),
    CHECK (num_nonnulls(product_id, contract_id) = 1),
    CHECK (absent_from < absent_to),
    CHECK (confirmed_at >= absent_from AND (absent_to IS NULL OR confirmed_at < absent_to)),
    UNIQUE NULLS NOT DISTINCT (list_id, product_id, contract_id, absent_from, recorded_by),
    CONSTRAINT absences_no_overlap EXCLUDE USING gist
        (list_id WITH =, coalesce(product_id, -contract_id) WITH =, tstzrange(absent_from, absent_to) WITH &&)
        WHERE (superseded_by IS NULL)
);
CREATE INDEX absences_pending ON absences (list_id)
    WHERE absent_to IS NULL AND confirmed_at IS NULL AND superseded_by IS NULL;
CREATE INDEX absences_contract ON absences (list_id, contract_id) WHERE contract_id IS NOT NULL;

-- One event of a product's status or lifecycle, in a zone or (null) everywhere.
CREATE SEQUENCE status_change_ids;
CREATE TABLE product_status_changes (
    list_id           bigint NOT NULL,
    id                bigint NOT NULL DEFAULT nextval('status_change_ids'),
    product_id        bigint NOT NULL,
    aspect            text NOT NULL CHECK (aspect IN ('status', 'lifecycle')),
    availability_zone text COLLATE "C",
    changed_at        timestamptz NOT NULL,
    event             text NOT NULL CHECK (event IN ('appeared', 'changed', 'missing', 'delisted', 'relisted')),
    from_status       text,
    to_status         text,
    recorded_by       bigint NOT NULL,
    superseded_by     bigint,
    PRIMARY KEY (list_id, id),
    FOREIGN KEY (list_id, product_id) REFERENCES products (list_id, id),
    CHECK (event NOT IN ('missing', 'delisted') OR to_status IS NULL),
    CHECK (event NOT IN ('appeared', 'relisted') OR from_status IS NULL),
    CHECK (event <> 'changed' OR from_status IS DISTINCT FROM to_status)
);
CREATE UNIQUE INDEX product_status_changes_once ON product_status_changes
    (list_id, product_id, aspect, availability_zone, changed_at) NULLS NOT DISTINCT
    WHERE superseded_by IS NULL;
CREATE INDEX product_status_changes_changed ON product_status_changes USING brin (changed_at);
CREATE INDEX product_status_changes_recorded ON product_status_changes USING brin (recorded_by);
CREATE INDEX product_status_changes_superseded ON product_status_changes (list_id, superseded_by) WHERE superseded_by IS NOT NULL;

-- +goose Down
DROP TABLE product_status_changes;
DROP SEQUENCE status_change_ids;
DROP TABLE absences;

-- +goose Up
-- A product is the key by which its list knows it.
CREATE SEQUENCE product_ids;
CREATE TABLE products (
    list_id bigint NOT NULL REFERENCES lists (id),
    id      bigint NOT NULL DEFAULT nextval('product_ids'),
    key     text COLLATE "C" NOT NULL CHECK (key <> ''),
    PRIMARY KEY (list_id, id),
    UNIQUE (list_id, key)
);

-- One row is the whole entry for [valid_from, valid_to): its digest covers the
-- columns here and the prices of the same span. A version that a later write
-- contradicts is superseded, never deleted. page_number is the page of the snapshot
-- at valid_from that shows the entry; null where its pages were not at hand.
CREATE TABLE product_versions (
    list_id       bigint NOT NULL,
    product_id    bigint NOT NULL,
    name          text NOT NULL,
    status        text,
    region_id     text,
    attributes    jsonb NOT NULL,
    lifecycle     text,
    zone_statuses jsonb NOT NULL DEFAULT '{}',
    vcpu          numeric CHECK (vcpu >= 0 AND vcpu < 'Infinity'),
    memory_mib    numeric CHECK (memory_mib >= 0 AND memory_mib < 'Infinity'),
    disk_gib      numeric CHECK (disk_gib >= 0 AND disk_gib < 'Infinity'),
    gpu_count     numeric CHECK (gpu_count >= 0 AND gpu_count < 'Infinity'),
    digest        bytea NOT NULL CHECK (length(digest) = 16),
    valid_from    timestamptz NOT NULL,
    valid_to      timestamptz,
    recorded_by   bigint NOT NULL,
    superseded_by bigint,
    page_number   integer CHECK (page_number >= 1),
    PRIMARY KEY (list_id, product_id, valid_from, recorded_by),
    FOREIGN KEY (list_id, product_id) REFERENCES products (list_id, id),
    CHECK (valid_from < valid_to),
    CONSTRAINT product_versions_no_overlap EXCLUDE USING gist
        (list_id WITH =, product_id WITH =, tstzrange(valid_from, valid_to) WITH &&)
        WHERE (valid_to IS NOT NULL AND superseded_by IS NULL)
);
CREATE UNIQUE INDEX product_versions_open ON product_versions (list_id, product_id)
    WHERE valid_to IS NULL AND superseded_by IS NULL;
-- Rows of a time and of a run lie together: BRIN finds them and costs a first
-- load nothing.
CREATE INDEX product_versions_changed ON product_versions USING brin (valid_from);
CREATE INDEX product_versions_recorded ON product_versions USING brin (recorded_by);
-- What a write made untrue is found by its run.
CREATE INDEX product_versions_superseded ON product_versions (list_id, superseded_by) WHERE superseded_by IS NOT NULL;

-- +goose Down
DROP TABLE product_versions;
DROP TABLE products;
DROP SEQUENCE product_ids;

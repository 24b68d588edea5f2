-- +goose Up
-- A snapshot speaks for [taken_at, next committed taken_at). recorded_at says
-- when it became a member of history: at once, or when a hold was accepted.
-- pages_of is the snapshot whose pages are this one's too, where they are the same.
-- late_after is when the next one is overdue by the schedule, so that SQL knows it
-- as the daemon does, and also when there is no daemon any more. given_up_at and
-- given_up_for say when and by which rule the pages went, so that pages which
-- other hands removed are a hole. rejected_by stays where a rejected snapshot is
-- accepted after all. nameless counts rows whose keys could not be read;
-- prices_unread is why no price of the list could be had. From reads_until on the
-- same pages read otherwise, by the provider's own dates.
CREATE TABLE snapshots (
    list_id         bigint NOT NULL REFERENCES lists (id),
    taken_at        timestamptz NOT NULL,
    status          text NOT NULL CHECK (status IN ('committed', 'held', 'rejected', 'retracted')),
    origin          text NOT NULL CHECK (origin IN ('sync', 'backfill')),
    run_id          bigint NOT NULL,
    recorded_at     timestamptz NOT NULL,
    recorded_by     bigint NOT NULL,
    entries         integer NOT NULL CHECK (entries >= 0),
    digest          bytea NOT NULL,
    pages_digest    bytea NOT NULL,
    decoder_version text NOT NULL,
    settings        jsonb NOT NULL,
    pages_of        timestamptz,
    held_for        text,
    delta           jsonb,
    decided_by      text,
    decided_reason  text,
    late_after      timestamptz,
    given_up_at     timestamptz,
    given_up_for    text,
    rejected_by     bigint,
    nameless        integer NOT NULL DEFAULT 0 CHECK (nameless >= 0),
    prices_unread   text,
    reads_until     timestamptz,
    PRIMARY KEY (list_id, taken_at),
    FOREIGN KEY (list_id, run_id) REFERENCES runs (list_id, id),
    FOREIGN KEY (list_id, recorded_by) REFERENCES runs (list_id, id),
    FOREIGN KEY (list_id, pages_of) REFERENCES snapshots (list_id, taken_at),
    CHECK ((status = 'held') <= (held_for IS NOT NULL)),
    CHECK ((given_up_at IS NULL) = (given_up_for IS NULL))
);
CREATE INDEX snapshots_committed ON snapshots (list_id, taken_at) WHERE status = 'committed';
CREATE INDEX snapshots_odd ON snapshots (list_id, taken_at) WHERE nameless > 0 OR prices_unread IS NOT NULL;
CREATE UNIQUE INDEX snapshots_run ON snapshots (list_id, run_id);

-- A page as received, once for each list that has it, compressed with zstd.
CREATE SEQUENCE page_ids;
CREATE TABLE pages (
    list_id    bigint NOT NULL REFERENCES lists (id),
    id         bigint NOT NULL DEFAULT nextval('page_ids'),
    sha256     bytea NOT NULL CHECK (length(sha256) = 32),
    media_type text NOT NULL,
    size       integer NOT NULL,
    body       bytea NOT NULL,
    PRIMARY KEY (list_id, id),
    UNIQUE (list_id, sha256)
);
ALTER TABLE pages ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE snapshot_pages (
    list_id  bigint NOT NULL,
    taken_at timestamptz NOT NULL,
    number   integer NOT NULL CHECK (number >= 1),
    part     integer NOT NULL CHECK (part >= 1),
    request  text NOT NULL,
    page_id  bigint NOT NULL,
    PRIMARY KEY (list_id, taken_at, number, part),
    FOREIGN KEY (list_id, taken_at) REFERENCES snapshots (list_id, taken_at),
    FOREIGN KEY (list_id, page_id) REFERENCES pages (list_id, id)
);
-- Whether a page is still in use is asked for each page that is given up.
CREATE INDEX snapshot_pages_page ON snapshot_pages (list_id, page_id);

-- What a snapshot does not speak for: a part of an entry, which may never have been
-- seen before, or (without a key) a row of which not even the key could be read.
-- hidden: the snapshot lacks this key, which may be one of those rows. said is what
-- it says of the other part, where that alone says nothing yet.
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

-- What a person decided of an entry at a moment, as long as ended_by is null.
-- believe: what its price (null: all of the entry; without a key: of the whole
-- snapshot) shows there is believed. retract: what the snapshot says of the entry
-- (without a key: the snapshot) is taken back.
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

-- Fields and words that no decoder knew when they were first seen.
CREATE TABLE drift (
    list_id       bigint NOT NULL REFERENCES lists (id),
    kind          text NOT NULL CHECK (kind IN ('field', 'word')),
    path          text COLLATE "C" NOT NULL,
    seen          text COLLATE "C" NOT NULL,
    first_seen_at timestamptz NOT NULL,
    first_run     bigint NOT NULL,
    PRIMARY KEY (list_id, kind, path, seen),
    FOREIGN KEY (list_id, first_run) REFERENCES runs (list_id, id)
);

-- +goose Down
DROP TABLE drift;
DROP TABLE decisions;
DROP SEQUENCE decision_ids;
DROP TABLE set_aside;
DROP TABLE snapshot_pages;
DROP TABLE pages;
DROP SEQUENCE page_ids;
DROP TABLE snapshots;

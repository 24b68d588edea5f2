-- +goose Up
-- A snapshot speaks for [taken_at, next committed taken_at). recorded_at says
-- when it became a member of history: at once, or when a hold was accepted.
-- pages_of is the snapshot whose pages are this one's too, where they are the same.
-- late_after is when the next one is overdue by the schedule, so that SQL knows it
-- as the daemon does, and also when there is no daemon any more. given_up_at and
-- given_up_for say when and by which rule the pages went, so that pages which
-- other hands removed are a hole. rejected_by stays where a rejected snapshot is
-- accepted after all.
CREATE TABLE snapshots (
    list_id         bigint NOT NULL REFERENCES lists (id),
    taken_at        timestamptz NOT NULL,
    status          text NOT NULL CHECK (status IN ('committed', 'held', 'rejected')),
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
    PRIMARY KEY (list_id, taken_at),
    FOREIGN KEY (list_id, run_id) REFERENCES runs (list_id, id),
    FOREIGN KEY (list_id, recorded_by) REFERENCES runs (list_id, id),
    FOREIGN KEY (list_id, pages_of) REFERENCES snapshots (list_id, taken_at),
    CHECK ((status = 'held') <= (held_for IS NOT NULL)),
    CHECK ((given_up_at IS NULL) = (given_up_for IS NULL))
);
CREATE INDEX snapshots_committed ON snapshots (list_id, taken_at) WHERE status = 'committed';
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
DROP TABLE snapshot_pages;
DROP TABLE pages;
DROP SEQUENCE page_ids;
DROP TABLE snapshots;

-- +goose Up
-- Ids are numbers of named sequences and a list's id stands first in every key,
-- so that the tables can be distributed by it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- A list of a source, and how it is read. decoder_version is that of the newest
-- decoder that has read it. last_recorded_at numbers the writes of the list: it
-- only moves on, also where the database's clock is set back. With no
-- doubt_snapshots no price is doubted.
CREATE SEQUENCE list_ids;
CREATE TABLE lists (
    id                bigint PRIMARY KEY DEFAULT nextval('list_ids'),
    provider          text COLLATE "C" NOT NULL,
    source            text COLLATE "C" NOT NULL,
    list              text COLLATE "C" NOT NULL,
    kind              text NOT NULL CHECK (kind IN ('product', 'contract')),
    settings          jsonb NOT NULL,
    confirm_snapshots integer NOT NULL CHECK (confirm_snapshots >= 1),
    confirm_for       interval NOT NULL CHECK (confirm_for >= interval '0'),
    decoder_version   text NOT NULL,
    last_taken_at     timestamptz,
    stale_after       interval,
    last_recorded_at  timestamptz,
    doubt_snapshots   integer NOT NULL DEFAULT 0 CHECK (doubt_snapshots >= 0),
    doubt_for         interval NOT NULL DEFAULT interval '0' CHECK (doubt_for >= interval '0'),
    UNIQUE (source, list)
);

-- One execution for a list. Its row is there from its beginning, with a heartbeat,
-- and of each due time there is one that was not abandoned. ledger is what a
-- checkpoint covers of it: 1, as the program of before the first release did; 2, its
-- heartbeat too, and the runs before it that failed or were skipped. set_aside are the
-- rows of its snapshot that are set aside; doubts the prices of the list that are
-- doubted when it ends.
CREATE SEQUENCE run_ids;
CREATE TABLE runs (
    list_id       bigint NOT NULL REFERENCES lists (id),
    id            bigint NOT NULL DEFAULT nextval('run_ids'),
    kind          text NOT NULL CHECK (kind IN ('sync', 'backfill', 'accept', 'reject', 'retract', 'restore', 'believe', 'rebuild')),
    due_at        timestamptz,
    started_at    timestamptz NOT NULL,
    heartbeat_at  timestamptz NOT NULL,
    ended_at      timestamptz,
    recorded_at   timestamptz,
    outcome       text NOT NULL DEFAULT 'running' CHECK (outcome IN
        ('running', 'unchanged', 'changed', 'held', 'failed', 'skipped', 'abandoned')),
    pages         integer NOT NULL DEFAULT 0,
    entries       integer NOT NULL DEFAULT 0,
    added         integer NOT NULL DEFAULT 0,
    changed       integer NOT NULL DEFAULT 0,
    removed       integer NOT NULL DEFAULT 0,
    warnings      integer NOT NULL DEFAULT 0,
    error_class   text,
    error_text    text,
    actor         text,
    reason        text,
    ledger        smallint NOT NULL DEFAULT 2 CHECK (ledger IN (1, 2)),
    set_aside     integer NOT NULL DEFAULT 0,
    doubts        integer NOT NULL DEFAULT 0,
    PRIMARY KEY (list_id, id),
    CHECK ((outcome = 'running') = (ended_at IS NULL)),
    CHECK ((outcome = 'failed') <= (error_text IS NOT NULL))
);
CREATE UNIQUE INDEX runs_due ON runs (list_id, due_at) WHERE outcome <> 'abandoned' AND due_at IS NOT NULL;
CREATE INDEX runs_running ON runs (list_id) WHERE outcome = 'running';

-- +goose Down
DROP TABLE runs;
DROP SEQUENCE run_ids;
DROP TABLE lists;
DROP SEQUENCE list_ids;

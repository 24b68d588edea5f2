-- +goose Up
-- What webhooks are to receive: a queue, not history. A run's rows are written
-- in its own transaction, so that nothing is sent of a run that was rolled back
-- and nothing is lost of a run that was not. Lists are named and not referred to:
-- a list that was never read can be stale, too.
--
-- pending waits for due_at to be sent; parked was given up and waits for a
-- person. collecting waits for due_at to become part of a digest, which is a
-- row of its own; then it is gathered.
CREATE SEQUENCE notification_ids;
CREATE TABLE notifications (
    id           bigint PRIMARY KEY DEFAULT nextval('notification_ids'),
    message_id   uuid NOT NULL DEFAULT gen_random_uuid(),
    webhook      text COLLATE "C" NOT NULL,
    rule         text COLLATE "C" NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('changed', 'held', 'retracted', 'stale', 'digest')),
    list         text COLLATE "C",
    run_id       bigint,
    stale_since  timestamptz,
    facts        jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    state        text NOT NULL CHECK (state IN ('collecting', 'gathered', 'pending', 'delivered', 'parked')),
    attempts     integer NOT NULL DEFAULT 0,
    leased_until timestamptz,
    last_error   text,
    ended_at     timestamptz,
    digest_id    bigint,
    CHECK ((kind = 'digest') = (list IS NULL)),
    CHECK ((kind = 'stale') = (stale_since IS NOT NULL)),
    CHECK ((kind IN ('changed', 'held', 'retracted')) = (run_id IS NOT NULL)),
    CHECK ((state = 'gathered') = (digest_id IS NOT NULL))
);
CREATE UNIQUE INDEX notifications_run ON notifications (rule, list, run_id) WHERE run_id IS NOT NULL;
CREATE UNIQUE INDEX notifications_stale ON notifications (rule, list, stale_since) WHERE stale_since IS NOT NULL;
CREATE INDEX notifications_waiting ON notifications (webhook, due_at) WHERE state IN ('collecting', 'pending');

-- +goose Down
DROP TABLE notifications;
DROP SEQUENCE notification_ids;

-- name: MonitorLists :many
-- What waits, is missing or came back too soon, by list.
SELECT lists.source, lists.list,
    (SELECT count(*) FROM snapshots WHERE snapshots.list_id = lists.id AND snapshots.status = 'held') AS held,
    (SELECT count(*) FROM absences WHERE absences.list_id = lists.id AND absences.absent_to IS NULL
        AND absences.confirmed_at IS NULL AND absences.superseded_by IS NULL) AS missing,
    (SELECT count(*) FROM absences WHERE absences.list_id = lists.id AND absences.absent_to IS NOT NULL
        AND absences.confirmed_at IS NULL AND absences.superseded_by IS NULL) AS flaps,
    (SELECT count(*) FROM decisions WHERE decisions.list_id = lists.id AND decisions.kind = 'retract' AND decisions.ended_by IS NULL) AS retractions
FROM lists ORDER BY lists.source, lists.list;

-- name: MonitorHeld :many
-- The newest of each list.
SELECT lists.source, lists.list, held.taken_at, held.entries, held.held_for::text AS held_for
FROM lists
JOIN LATERAL (SELECT snapshots.taken_at, snapshots.entries, snapshots.held_for FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'held'
    ORDER BY snapshots.taken_at DESC LIMIT 1) AS held ON true
ORDER BY held.taken_at DESC, lists.source, lists.list LIMIT @most;

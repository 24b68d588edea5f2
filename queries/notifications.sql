-- name: NotificationPriceChanges :many
-- Which of these prices rose or fell at these moments, as bi.price_changes says it:
-- amounts of another tax basis do not compare.
SELECT coalesce(products.key, contracts.key)::text AS key, coalesce(product.name, contract.name, '')::text AS name,
    prices.price_kind, prices.price_variant, prices.pricing_unit, prices.pricing_currency,
    old.list_unit_price AS from_amount, new.list_unit_price AS to_amount, new.valid_from AS changed_at
FROM ROWS FROM (unnest(@price_ids::bigint[]), unnest(@moments::timestamptz[])) AS began (price_id, moment)
JOIN price_history AS new ON new.list_id = @list_id AND new.price_id = began.price_id AND new.valid_from = began.moment
JOIN price_history AS old ON old.list_id = new.list_id AND old.price_id = new.price_id
    AND old.valid_to = new.valid_from AND old.superseded_by IS NULL
JOIN prices ON prices.list_id = new.list_id AND prices.id = new.price_id
LEFT JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
LEFT JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
LEFT JOIN product_versions AS product ON product.list_id = prices.list_id AND product.product_id = prices.product_id
    AND product.valid_to IS NULL AND product.superseded_by IS NULL
LEFT JOIN contract_versions AS contract ON contract.list_id = prices.list_id AND contract.contract_id = prices.contract_id
    AND contract.valid_to IS NULL AND contract.superseded_by IS NULL
WHERE new.superseded_by IS NULL AND new.tax_basis = old.tax_basis AND new.list_unit_price <> old.list_unit_price
ORDER BY new.price_id, new.valid_from;

-- name: NotificationDoubts :many
-- What prices that are doubted are called, and what stands of them at a moment.
SELECT prices.id, coalesce(products.key, contracts.key)::text AS key, coalesce(product.name, contract.name, '')::text AS name,
    prices.price_kind, prices.price_variant, prices.pricing_unit, prices.pricing_currency, stands.list_unit_price AS amount
FROM prices
LEFT JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
LEFT JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
LEFT JOIN product_versions AS product ON product.list_id = prices.list_id AND product.product_id = prices.product_id
    AND product.valid_to IS NULL AND product.superseded_by IS NULL
LEFT JOIN contract_versions AS contract ON contract.list_id = prices.list_id AND contract.contract_id = prices.contract_id
    AND contract.valid_to IS NULL AND contract.superseded_by IS NULL
LEFT JOIN price_history AS stands ON stands.list_id = prices.list_id AND stands.price_id = prices.id AND stands.superseded_by IS NULL
    AND stands.valid_from <= @at AND (stands.valid_to IS NULL OR stands.valid_to > @at)
WHERE prices.list_id = @list_id AND prices.id = ANY(@price_ids::bigint[]);

-- name: NotificationPricesRewritten :many
-- Which changes of prices a decision took back that messages had told of, and which
-- stand since it.
WITH lost AS (
    SELECT gone.price_id, gone.valid_from, gone.list_unit_price, gone.tax_basis, gone.recorded_by FROM price_history AS gone
    WHERE gone.list_id = @list_id AND gone.superseded_by = @run_id::bigint
), won AS (
    SELECT new.price_id, new.valid_from, new.list_unit_price, new.tax_basis FROM price_history AS new
    WHERE new.list_id = @list_id AND new.recorded_by = @run_id::bigint
), turned AS (
    SELECT lost.price_id, lost.valid_from, lost.list_unit_price, lost.tax_basis, true AS taken_back FROM lost
    WHERE NOT EXISTS (SELECT FROM won WHERE won.price_id = lost.price_id AND won.valid_from = lost.valid_from AND won.list_unit_price = lost.list_unit_price)
      AND EXISTS (SELECT FROM notifications AS told WHERE told.list = @list::text AND told.kind = 'changed' AND told.run_id = lost.recorded_by)
    UNION ALL
    SELECT won.price_id, won.valid_from, won.list_unit_price, won.tax_basis, false FROM won
    WHERE NOT EXISTS (SELECT FROM lost WHERE lost.price_id = won.price_id AND lost.valid_from = won.valid_from AND lost.list_unit_price = won.list_unit_price)
)
SELECT coalesce(products.key, contracts.key)::text AS key, coalesce(product.name, contract.name, '')::text AS name,
    prices.price_kind, prices.price_variant, prices.pricing_unit, prices.pricing_currency,
    old.list_unit_price AS from_amount, turned.list_unit_price AS to_amount, turned.valid_from AS changed_at, turned.taken_back
FROM turned
JOIN prices ON prices.list_id = @list_id AND prices.id = turned.price_id
JOIN LATERAL (SELECT before.list_unit_price, before.tax_basis FROM price_history AS before
    WHERE before.list_id = @list_id AND before.price_id = turned.price_id AND before.valid_to = turned.valid_from
      AND (before.superseded_by IS NULL OR turned.taken_back AND before.superseded_by = @run_id::bigint)
    ORDER BY before.superseded_by NULLS FIRST LIMIT 1) AS old ON old.tax_basis = turned.tax_basis AND old.list_unit_price <> turned.list_unit_price
LEFT JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
LEFT JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
LEFT JOIN product_versions AS product ON product.list_id = prices.list_id AND product.product_id = prices.product_id
    AND product.valid_to IS NULL AND product.superseded_by IS NULL
LEFT JOIN contract_versions AS contract ON contract.list_id = prices.list_id AND contract.contract_id = prices.contract_id
    AND contract.valid_to IS NULL AND contract.superseded_by IS NULL
ORDER BY turned.price_id, turned.valid_from;

-- name: NotificationStatusesTakenBack :many
-- Which changes of statuses a decision took back that messages had told of.
SELECT products.key, coalesce((SELECT product_versions.name FROM product_versions
        WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id AND product_versions.superseded_by IS NULL
        ORDER BY product_versions.valid_from DESC LIMIT 1), '')::text AS name,
    gone.event, gone.aspect, coalesce(gone.availability_zone, '')::text AS availability_zone,
    coalesce(gone.from_status, '')::text AS from_status, coalesce(gone.to_status, '')::text AS to_status, gone.changed_at
FROM product_status_changes AS gone
JOIN products ON products.list_id = gone.list_id AND products.id = gone.product_id
WHERE gone.list_id = @list_id AND gone.superseded_by = @run_id::bigint AND gone.event IN ('changed', 'delisted', 'relisted')
  AND EXISTS (SELECT FROM notifications AS told WHERE told.list = @list::text AND told.kind = 'changed' AND told.run_id = gone.recorded_by)
  AND NOT EXISTS (SELECT FROM product_status_changes AS new WHERE new.list_id = gone.list_id AND new.product_id = gone.product_id
    AND new.superseded_by IS NULL AND new.changed_at = gone.changed_at AND new.event = gone.event AND new.aspect = gone.aspect
    AND new.availability_zone IS NOT DISTINCT FROM gone.availability_zone AND new.to_status IS NOT DISTINCT FROM gone.to_status)
ORDER BY gone.product_id, gone.changed_at, gone.aspect, gone.availability_zone;

-- name: NotificationProducts :many
-- Key and newest known name of some products, and whether an absence that had
-- been believed ends at a moment.
SELECT products.id, products.key, EXISTS (
    SELECT FROM absences WHERE absences.list_id = products.list_id AND absences.product_id = products.id
      AND absences.absent_to = @at AND absences.confirmed_at IS NOT NULL AND absences.superseded_by IS NULL)::boolean AS was_delisted, coalesce((
    SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1), '')::text AS name
FROM products WHERE products.list_id = @list_id AND products.id = ANY(@ids::bigint[]);

-- name: NotificationPut :exec
-- A run notifies a rule once, and an absence of news once for each list.
INSERT INTO notifications (webhook, rule, kind, list, run_id, stale_since, facts, created_at, due_at, state)
VALUES (@webhook, @rule, @kind, @list, sqlc.narg('run_id'), sqlc.narg('stale_since'), @facts, @created_at, @due_at, @state)
ON CONFLICT DO NOTHING;

-- name: NotificationGather :execrows
-- Makes one digest for each rule whose pieces are due. Two that gather at once
-- wait for each other: the second finds nothing left.
WITH due AS (
    SELECT notifications.id, notifications.webhook, notifications.rule, notifications.facts FROM notifications
    WHERE notifications.state = 'collecting' AND notifications.webhook = ANY(@webhooks::text[]) AND notifications.due_at <= clock_timestamp()
    ORDER BY notifications.id FOR UPDATE
), made AS (
    INSERT INTO notifications (webhook, rule, kind, facts, created_at, due_at, state)
    SELECT due.webhook, due.rule, 'digest', jsonb_agg(due.facts ORDER BY due.id), clock_timestamp(), clock_timestamp(), 'pending'
    FROM due GROUP BY due.webhook, due.rule
    RETURNING id, webhook, rule
)
UPDATE notifications SET state = 'gathered', digest_id = made.id, ended_at = clock_timestamp()
FROM due JOIN made ON made.webhook = due.webhook AND made.rule = due.rule
WHERE notifications.id = due.id;

-- name: NotificationClaim :one
-- Leases the oldest message that is due. attempts is the fence: who was too
-- slow finds another number there, and marks nothing.
UPDATE notifications SET attempts = notifications.attempts + 1, leased_until = clock_timestamp() + @lease::interval
WHERE notifications.id = (
    SELECT waiting.id FROM notifications AS waiting
    WHERE waiting.state = 'pending' AND waiting.webhook = @webhook AND waiting.due_at <= clock_timestamp()
      AND (waiting.leased_until IS NULL OR waiting.leased_until < clock_timestamp())
    ORDER BY waiting.due_at, waiting.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING notifications.id, notifications.message_id::text AS message_id, notifications.rule, notifications.kind, notifications.facts,
    notifications.created_at, notifications.attempts, clock_timestamp()::timestamptz AS now;

-- name: NotificationDelivered :execrows
UPDATE notifications SET state = 'delivered', ended_at = clock_timestamp(), leased_until = NULL, last_error = NULL
WHERE id = @id AND attempts = @attempts AND state = 'pending';

-- name: NotificationRetry :execrows
UPDATE notifications SET due_at = clock_timestamp() + @wait::interval, leased_until = NULL, last_error = @last_error
WHERE id = @id AND attempts = @attempts AND state = 'pending';

-- name: NotificationPark :execrows
UPDATE notifications SET state = 'parked', ended_at = clock_timestamp(), leased_until = NULL, last_error = @last_error
WHERE id = @id AND attempts = @attempts AND state = 'pending';

-- name: NotificationUnpark :execrows
-- Parked messages of one webhook, or of all, are tried again from the start.
UPDATE notifications SET state = 'pending', attempts = 0, due_at = clock_timestamp(), ended_at = NULL
WHERE state = 'parked' AND (@webhook::text = '' OR webhook = @webhook::text);

-- name: NotificationPrune :execrows
-- What was delivered a month ago is removed; not that a list is stale, for as long
-- as nothing newer came: it would be sent again.
DELETE FROM notifications
WHERE state IN ('delivered', 'gathered') AND ended_at < clock_timestamp() - interval '30 days'
  AND (stale_since IS NULL OR stale_since < coalesce((
    SELECT max(snapshots.taken_at) FROM snapshots JOIN lists ON lists.id = snapshots.list_id
    WHERE lists.source || '/' || lists.list = notifications.list AND snapshots.status = 'committed'), '-infinity'));

-- name: NotificationFigures :many
SELECT webhook, count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'collecting') AS collecting,
    count(*) FILTER (WHERE state = 'parked') AS parked,
    coalesce(extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE state = 'pending')), 0)::bigint AS oldest_seconds
FROM notifications WHERE state IN ('pending', 'collecting', 'parked') GROUP BY webhook ORDER BY webhook;

-- name: NotificationList :many
-- What waits and what was given up first, then the newest.
SELECT id, message_id::text AS message_id, webhook, rule, kind, coalesce(list, '')::text AS list, state, created_at, due_at,
    coalesce(ended_at, '0001-01-01T00:00:00Z')::timestamptz AS ended_at, attempts, coalesce(last_error, '')::text AS last_error
FROM notifications
ORDER BY (state IN ('delivered', 'gathered')), id DESC LIMIT @most;

-- audience: everybody
CREATE OR REPLACE VIEW bi.set_aside AS
WITH silent AS (
    SELECT set_aside.list_id, set_aside.taken_at, set_aside.key, set_aside.part, set_aside.reason, count(*) AS rows,
        (array_agg(set_aside.detail ORDER BY set_aside.number))[1] AS detail,
        (array_agg(set_aside.page_number ORDER BY set_aside.number))[1] AS page_number
    FROM set_aside
    JOIN snapshots ON snapshots.list_id = set_aside.list_id AND snapshots.taken_at = set_aside.taken_at
    -- That a snapshot lacks a key beside rows without one stays noted; it hides the
    -- key where no absence holds it and what stood before goes on.
    WHERE snapshots.status = 'committed' AND (set_aside.reason <> 'hidden' OR EXISTS (SELECT FROM products
        JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id
        WHERE products.list_id = set_aside.list_id AND products.key = set_aside.key AND version.superseded_by IS NULL
          AND version.valid_from <= set_aside.taken_at AND (version.valid_to IS NULL OR version.valid_to > set_aside.taken_at)
          AND NOT EXISTS (SELECT FROM absences
            WHERE absences.list_id = set_aside.list_id AND absences.product_id = products.id AND absences.superseded_by IS NULL
              AND absences.absent_from <= set_aside.taken_at AND (absences.absent_to IS NULL OR absences.absent_to > set_aside.taken_at))
          AND NOT EXISTS (SELECT FROM decisions
            WHERE decisions.list_id = set_aside.list_id AND decisions.kind = 'retract' AND decisions.ended_by IS NULL
              AND decisions.key = set_aside.key AND decisions.taken_at = set_aside.taken_at)))
    GROUP BY set_aside.list_id, set_aside.taken_at, set_aside.key, set_aside.part, set_aside.reason
    UNION ALL
    SELECT snapshots.list_id, snapshots.taken_at, NULL, 'prices', 'prices unread', snapshots.entries, snapshots.prices_unread, NULL
    FROM snapshots WHERE snapshots.status = 'committed' AND snapshots.prices_unread IS NOT NULL
), numbered AS (
    -- A run begins where the committed snapshot before said nothing alike.
    SELECT begun.*, count(*) FILTER (WHERE begun.begins)
            OVER (PARTITION BY begun.list_id, begun.key, begun.part, begun.reason ORDER BY begun.taken_at) AS run
    FROM (SELECT silent.*, earlier.taken_at IS DISTINCT FROM lag(silent.taken_at)
                OVER (PARTITION BY silent.list_id, silent.key, silent.part, silent.reason ORDER BY silent.taken_at) AS begins
        FROM silent
        CROSS JOIN LATERAL (SELECT max(snapshots.taken_at) AS taken_at FROM snapshots
            WHERE snapshots.list_id = silent.list_id AND snapshots.status = 'committed' AND snapshots.taken_at < silent.taken_at) AS earlier) AS begun
), aside AS (
    SELECT numbered.list_id, numbered.key, numbered.part, numbered.reason, min(numbered.taken_at) AS since, max(numbered.taken_at) AS last_at,
        count(*) AS snapshots, (array_agg(numbered.rows ORDER BY numbered.taken_at DESC))[1] AS rows,
        (array_agg(numbered.detail ORDER BY numbered.taken_at DESC))[1] AS detail,
        (array_agg(numbered.page_number ORDER BY numbered.taken_at DESC))[1] AS page_number
    FROM numbered GROUP BY numbered.list_id, numbered.key, numbered.part, numbered.reason, numbered.run
)
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, aside.key::text AS product_key,
    latest.name AS product_name, aside.part, aside.reason, aside.since, later.taken_at AS until, later.taken_at IS NULL AS is_current,
    aside.snapshots, aside.rows::bigint AS rows, aside.detail, aside.page_number, aside.last_at AS last_snapshot_at,
    CASE aside.part WHEN 'fields' THEN fields.stands ELSE amounts.stands END AS stands,
    CASE aside.part WHEN 'fields' THEN fields.valid_from ELSE amounts.valid_from END AS stands_from
FROM aside
JOIN lists ON lists.id = aside.list_id
LEFT JOIN products ON products.list_id = aside.list_id AND products.key = aside.key
LEFT JOIN LATERAL (SELECT version.name FROM product_versions AS version
    WHERE version.list_id = products.list_id AND version.product_id = products.id AND version.superseded_by IS NULL
    ORDER BY version.valid_from DESC LIMIT 1) AS latest ON true
LEFT JOIN LATERAL (SELECT concat_ws(', ', nullif(version.name, ''), version.status) AS stands, version.valid_from FROM product_versions AS version
    WHERE version.list_id = products.list_id AND version.product_id = products.id AND version.superseded_by IS NULL
      AND version.valid_from <= aside.last_at AND (version.valid_to IS NULL OR version.valid_to > aside.last_at)) AS fields ON true
LEFT JOIN LATERAL (SELECT max(history.valid_from) AS valid_from,
        string_agg(concat_ws(' ', nullif(prices.price_variant, ''), trim_scale(history.list_unit_price)::text, prices.pricing_currency,
            'per ' || nullif(prices.pricing_unit, ''), 'in ' || prices.region_id, 'above ' || trim_scale(prices.quantity_tier_minimum)::text), '; '
            ORDER BY prices.price_kind, prices.price_variant, prices.region_id, prices.quantity_tier_minimum, prices.pricing_currency, prices.pricing_unit, prices.sku_price_id) AS stands
    FROM prices
    JOIN price_history AS history ON history.list_id = prices.list_id AND history.price_id = prices.id
    WHERE prices.list_id = products.list_id AND prices.product_id = products.id AND history.superseded_by IS NULL
      AND history.valid_from <= aside.last_at AND (history.valid_to IS NULL OR history.valid_to > aside.last_at)) AS amounts ON true
CROSS JOIN LATERAL (SELECT min(snapshots.taken_at) AS taken_at FROM snapshots
    WHERE snapshots.list_id = aside.list_id AND snapshots.status = 'committed' AND snapshots.taken_at > aside.last_at) AS later
WHERE lists.kind = 'product';

COMMENT ON VIEW bi.set_aside IS 'Parts of products that snapshots could not speak for: what held before went on. One row is a run of committed snapshots in a row that set the same part aside for the same reason.';
COMMENT ON COLUMN bi.set_aside.provider IS 'the cloud';
COMMENT ON COLUMN bi.set_aside.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.set_aside.list IS 'the published list';
COMMENT ON COLUMN bi.set_aside.product_key IS 'the provider''s identifier of the product; null for rows whose key cannot be read, and where no price of the list could be had';
COMMENT ON COLUMN bi.set_aside.product_name IS 'the newest known name; null for a product that was never read';
COMMENT ON COLUMN bi.set_aside.part IS 'what the snapshots do not speak for: fields (statuses among them) or prices';
COMMENT ON COLUMN bi.set_aside.reason IS 'unreadable (the decoder refuses what the row says), incomplete (a detail, an enquiry or a fee was not to be had), ambiguous (stated twice, with other content), too long (a text over its limit), hidden (the snapshot lacks the key, which may be one of its rows without a key) or prices unread (no price of the list could be had)';
COMMENT ON COLUMN bi.set_aside.since IS 'the first snapshot of the run';
COMMENT ON COLUMN bi.set_aside.until IS 'the first committed snapshot after it; null while it lasts';
COMMENT ON COLUMN bi.set_aside.is_current IS 'until is null';
COMMENT ON COLUMN bi.set_aside.snapshots IS 'how many snapshots in a row';
COMMENT ON COLUMN bi.set_aside.rows IS 'rows of the newest snapshot of the run that are meant: 1, of rows without a key how many, of prices unread all entries';
COMMENT ON COLUMN bi.set_aside.detail IS 'what was wrong at the newest snapshot of the run, and where';
COMMENT ON COLUMN bi.set_aside.page_number IS 'the page of that snapshot; null where the row is on none';
COMMENT ON COLUMN bi.set_aside.last_snapshot_at IS 'the newest snapshot of the run';
COMMENT ON COLUMN bi.set_aside.stands IS 'what went on to hold meanwhile: name and status, or the prices; null where nothing is known of the product, as of one never seen before or delisted';
COMMENT ON COLUMN bi.set_aside.stands_from IS 'since when that holds; of several prices the youngest';

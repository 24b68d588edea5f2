-- audience: contracts
CREATE OR REPLACE VIEW bi.contract_doubts AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, contracts.key::text AS contract_key, nullif(latest.contract_ref, '') AS contract_id, latest.name AS contract_name,
    prices.region_id::text AS region_id, prices.sku_price_id::text AS sku_price_id, prices.price_kind, prices.price_variant::text AS price_variant,
    prices.pricing_unit::text AS pricing_unit, prices.pricing_currency,
    bi.exact(prices.quantity_tier_minimum)::numeric(38,18) AS quantity_tier_minimum,
    doubts.reason,
    bi.exact(stood.list_unit_price)::numeric(38,18) AS list_unit_price,
    trim_scale(stood.list_unit_price)::text AS list_unit_price_text, stood.tax_basis,
    bi.exact(newest.list_unit_price)::numeric(38,18) AS shown_list_unit_price,
    trim_scale(newest.list_unit_price)::text AS shown_list_unit_price_text,
    newest.price ->> 'pricing_unit' AS shown_pricing_unit, newest.price ->> 'pricing_currency' AS shown_pricing_currency,
    newest.price ->> 'tax_basis' AS shown_tax_basis, newest.shown_from,
    doubts.doubted_from, doubts.doubted_to, looks.snapshots, looks.last_snapshot_at,
    CASE WHEN doubts.confirmed_at IS NOT NULL THEN 'confirmed' WHEN doubts.doubted_to IS NOT NULL THEN 'ended'
        WHEN refusal.run_id IS NOT NULL THEN 'refused' ELSE 'open' END AS status,
    doubts.confirmed_at,
    CASE WHEN doubts.confirmed_at IS NULL THEN NULL WHEN belief.run_id IS NULL THEN 'count' ELSE 'person' END AS confirmed_by,
    decider.recorded_at AS decided_at, decider.actor AS decided_by, decider.reason AS decided_reason, runs.recorded_at
FROM doubts
JOIN prices ON prices.list_id = doubts.list_id AND prices.id = doubts.price_id
JOIN contracts ON contracts.list_id = prices.list_id AND contracts.id = prices.contract_id
JOIN lists ON lists.id = doubts.list_id
JOIN runs ON runs.list_id = doubts.list_id AND runs.id = doubts.recorded_by
CROSS JOIN LATERAL (SELECT (doubts.shown -> -1 ->> 'from')::timestamptz AS shown_from, doubts.shown -> -1 -> 'price' AS price,
    (doubts.shown -> -1 -> 'price' ->> 'list_unit_price')::numeric AS list_unit_price) AS newest
LEFT JOIN LATERAL (SELECT history.list_unit_price, history.tax_basis FROM price_history AS history
    WHERE history.list_id = doubts.list_id AND history.price_id = doubts.price_id AND history.superseded_by IS NULL
      AND history.valid_from < doubts.doubted_from
    ORDER BY history.valid_from DESC LIMIT 1) AS stood ON true
-- Snapshots that say nothing of the price neither end a run nor count for it.
CROSS JOIN LATERAL (SELECT count(*) AS snapshots, max(snapshots.taken_at) AS last_snapshot_at FROM snapshots
    WHERE snapshots.list_id = doubts.list_id AND snapshots.status = 'committed' AND snapshots.prices_unread IS NULL
      AND snapshots.taken_at >= doubts.doubted_from AND (doubts.doubted_to IS NULL OR snapshots.taken_at < doubts.doubted_to)
      AND NOT EXISTS (SELECT FROM set_aside
        WHERE set_aside.list_id = snapshots.list_id AND set_aside.taken_at = snapshots.taken_at AND set_aside.key = contracts.key
          AND (set_aside.part = 'prices' OR set_aside.said IS NULL))) AS looks
LEFT JOIN LATERAL (SELECT decisions.recorded_by AS run_id FROM decisions
    WHERE decisions.list_id = doubts.list_id AND decisions.kind = 'believe' AND decisions.ended_by IS NULL
      AND decisions.taken_at = doubts.confirmed_at AND (decisions.key IS NULL OR decisions.key = contracts.key)
      AND (decisions.price IS NULL OR (decisions.price ->> 'sku_price_id', decisions.price ->> 'price_kind', decisions.price ->> 'price_variant',
            decisions.price ->> 'pricing_unit', decisions.price ->> 'pricing_currency')
          = (prices.sku_price_id, prices.price_kind, prices.price_variant, prices.pricing_unit, prices.pricing_currency)
        AND decisions.price ->> 'region_id' IS NOT DISTINCT FROM prices.region_id
        AND (decisions.price ->> 'quantity_tier_minimum')::numeric IS NOT DISTINCT FROM prices.quantity_tier_minimum)
    ORDER BY decisions.id LIMIT 1) AS belief ON true
LEFT JOIN LATERAL (SELECT decisions.recorded_by AS run_id FROM decisions
    WHERE decisions.list_id = doubts.list_id AND decisions.kind = 'retract' AND decisions.ended_by IS NULL AND decisions.key = contracts.key
      AND decisions.taken_at >= doubts.doubted_from AND (doubts.doubted_to IS NULL OR decisions.taken_at < doubts.doubted_to)
      AND doubts.confirmed_at IS NULL
    ORDER BY decisions.id DESC LIMIT 1) AS refusal ON true
LEFT JOIN runs AS decider ON decider.list_id = doubts.list_id AND decider.id = coalesce(belief.run_id, refusal.run_id)
LEFT JOIN LATERAL (SELECT version.name, version.contract_ref FROM contract_versions AS version
    WHERE version.list_id = contracts.list_id AND version.contract_id = contracts.id AND version.superseded_by IS NULL
    ORDER BY version.valid_from DESC LIMIT 1) AS latest ON true
WHERE doubts.superseded_by IS NULL;

COMMENT ON VIEW bi.contract_doubts IS 'Amounts, currencies, units and losses of a contract''s prices that were too unlikely to be believed at once. One row is a run of snapshots that show the like in the place of a price; until it is confirmed, the price before goes on.';
COMMENT ON COLUMN bi.contract_doubts.provider IS 'the cloud';
COMMENT ON COLUMN bi.contract_doubts.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.contract_doubts.list IS 'the published list';
COMMENT ON COLUMN bi.contract_doubts.contract_key IS 'the provider''s identifier of the entry in the list of contracts';
COMMENT ON COLUMN bi.contract_doubts.contract_id IS 'FOCUS ContractId: the contract''s number as the provider states it, may differ from contract_key; null where it states none';
COMMENT ON COLUMN bi.contract_doubts.contract_name IS 'the newest known name';
COMMENT ON COLUMN bi.contract_doubts.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.contract_doubts.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.contract_doubts.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.contract_doubts.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.contract_doubts.pricing_unit IS 'FOCUS PricingUnit of the price that is believed, the provider''s word';
COMMENT ON COLUMN bi.contract_doubts.pricing_currency IS 'FOCUS PricingCurrency of the price that is believed, ISO 4217';
COMMENT ON COLUMN bi.contract_doubts.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.contract_doubts.reason IS 'amount (ten times or more up or down), zero, tax (another basis), unit, currency, or lost (the last price of the entry or of its variant)';
COMMENT ON COLUMN bi.contract_doubts.list_unit_price IS 'what stood when the doubt began, and stands unless it is confirmed; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.contract_doubts.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.contract_doubts.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.contract_doubts.shown_list_unit_price IS 'what the newest snapshot of the run shows instead; null where it shows no price, or numeric(38,18) cannot hold it exactly';
COMMENT ON COLUMN bi.contract_doubts.shown_list_unit_price_text IS 'the exact amount as text; null where no price is shown';
COMMENT ON COLUMN bi.contract_doubts.shown_pricing_unit IS 'the unit that is shown';
COMMENT ON COLUMN bi.contract_doubts.shown_pricing_currency IS 'the currency that is shown';
COMMENT ON COLUMN bi.contract_doubts.shown_tax_basis IS 'the tax basis that is shown';
COMMENT ON COLUMN bi.contract_doubts.shown_from IS 'since when just that is shown; earlier snapshots of the run may show another amount, less than ten times apart';
COMMENT ON COLUMN bi.contract_doubts.doubted_from IS 'the first snapshot of the run';
COMMENT ON COLUMN bi.contract_doubts.doubted_to IS 'the snapshot that ended it: it shows something else, or lacks the entry; null while it lasts';
COMMENT ON COLUMN bi.contract_doubts.snapshots IS 'how many snapshots of the run speak of prices';
COMMENT ON COLUMN bi.contract_doubts.last_snapshot_at IS 'the newest of them';
COMMENT ON COLUMN bi.contract_doubts.status IS 'open (waits to be confirmed), confirmed (believed from doubted_from on), ended (a snapshot shows otherwise before it was confirmed: it left no trace in history) or refused (lasts, and a person took back what it shows: it is never confirmed by count)';
COMMENT ON COLUMN bi.contract_doubts.confirmed_at IS 'the snapshot at which it was believed; null while it is not';
COMMENT ON COLUMN bi.contract_doubts.confirmed_by IS 'count (as many snapshots and as long as the rule of the list asks) or person';
COMMENT ON COLUMN bi.contract_doubts.decided_at IS 'when a person confirmed or refused it';
COMMENT ON COLUMN bi.contract_doubts.decided_by IS 'who did';
COMMENT ON COLUMN bi.contract_doubts.decided_reason IS 'the reason that person gave';
COMMENT ON COLUMN bi.contract_doubts.recorded_at IS 'when the run of doubt was first written';

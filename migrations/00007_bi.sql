-- +goose Up
CREATE SCHEMA bi;
COMMENT ON SCHEMA bi IS 'What analysts read. A view here is a promise: plain types, changed by migration only.';

CREATE VIEW bi.price_history AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, latest.name AS product_name, prices.region_id::text AS region_id,
    prices.sku_price_id::text AS sku_price_id, prices.price_kind, prices.price_variant::text AS price_variant,
    prices.pricing_unit::text AS pricing_unit, prices.pricing_currency,
    CASE WHEN prices.quantity_tier_minimum < 1e20 AND scale(trim_scale(prices.quantity_tier_minimum)) <= 18 THEN prices.quantity_tier_minimum::numeric(38,18) END AS quantity_tier_minimum,
    CASE WHEN price_history.list_unit_price < 1e20 AND scale(trim_scale(price_history.list_unit_price)) <= 18 THEN price_history.list_unit_price::numeric(38,18) END AS list_unit_price,
    trim_scale(price_history.list_unit_price)::text AS list_unit_price_text,
    CASE WHEN price_history.tax_amount < 1e20 AND scale(trim_scale(price_history.tax_amount)) <= 18 THEN price_history.tax_amount::numeric(38,18) END AS tax_amount,
    CASE WHEN price_history.price_with_tax < 1e20 AND scale(trim_scale(price_history.price_with_tax)) <= 18 THEN price_history.price_with_tax::numeric(38,18) END AS price_with_tax,
    price_history.tax_basis, price_history.effective_from, price_history.effective_to,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = price_history.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < price_history.valid_from) AS not_before,
    price_history.valid_from, price_history.valid_to, price_history.valid_to IS NULL AS is_current,
    runs.recorded_at
FROM price_history
JOIN prices ON prices.list_id = price_history.list_id AND prices.id = price_history.price_id
JOIN products ON products.list_id = prices.list_id AND products.id = prices.product_id
JOIN lists ON lists.id = price_history.list_id
JOIN runs ON runs.list_id = price_history.list_id AND runs.id = price_history.recorded_by
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest
WHERE price_history.superseded_by IS NULL;
COMMENT ON VIEW bi.price_history IS 'Every amount a product''s price ever had, for [valid_from, valid_to).';
COMMENT ON COLUMN bi.price_history.provider IS 'the cloud';
COMMENT ON COLUMN bi.price_history.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.price_history.list IS 'the published list';
COMMENT ON COLUMN bi.price_history.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.price_history.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.price_history.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.price_history.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.price_history.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.price_history.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.price_history.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.price_history.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.price_history.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.price_history.list_unit_price IS 'the base amount as the provider states it; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.price_history.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.price_history.tax_amount IS 'tax as the provider states it beside the price';
COMMENT ON COLUMN bi.price_history.price_with_tax IS 'total as sent, never computed, never repaired';
COMMENT ON COLUMN bi.price_history.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.price_history.effective_from IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.price_history.effective_to IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.price_history.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.price_history.valid_from IS 'the snapshot that first showed the amount';
COMMENT ON COLUMN bi.price_history.valid_to IS 'the snapshot that first did not; null while current';
COMMENT ON COLUMN bi.price_history.is_current IS 'valid_to is null';
COMMENT ON COLUMN bi.price_history.recorded_at IS 'when this row was written';

CREATE VIEW bi.prices_current AS
SELECT provider, source, list, product_key, product_name, region_id, sku_price_id, price_kind, price_variant,
    pricing_unit, pricing_currency, quantity_tier_minimum, list_unit_price, list_unit_price_text, tax_amount,
    price_with_tax, tax_basis, effective_from, effective_to, not_before, valid_from, recorded_at
FROM bi.price_history WHERE is_current;
COMMENT ON VIEW bi.prices_current IS 'What everything costs now, as far as the newest snapshots say.';
COMMENT ON COLUMN bi.prices_current.provider IS 'the cloud';
COMMENT ON COLUMN bi.prices_current.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.prices_current.list IS 'the published list';
COMMENT ON COLUMN bi.prices_current.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.prices_current.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.prices_current.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.prices_current.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.prices_current.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.prices_current.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.prices_current.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.prices_current.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.prices_current.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.prices_current.list_unit_price IS 'the base amount as the provider states it; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.prices_current.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.prices_current.tax_amount IS 'tax as the provider states it beside the price';
COMMENT ON COLUMN bi.prices_current.price_with_tax IS 'total as sent, never computed, never repaired';
COMMENT ON COLUMN bi.prices_current.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.prices_current.effective_from IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.prices_current.effective_to IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.prices_current.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.prices_current.valid_from IS 'the snapshot that first showed the amount';
COMMENT ON COLUMN bi.prices_current.recorded_at IS 'when this row was written';

CREATE VIEW bi.price_changes AS
-- LATERAL over the index on valid_from, not lag(): a filter on changed_at then
-- touches only what changed.
WITH moved AS (
    SELECT began.list_id, prices.product_id, prices.region_id, prices.sku_price_id, prices.price_kind, prices.price_variant,
        prices.pricing_unit, prices.pricing_currency, began.valid_from AS changed_at, began.recorded_by,
        CASE WHEN before.list_unit_price < began.list_unit_price THEN 'raised'
            WHEN before.list_unit_price > began.list_unit_price THEN 'lowered'
            WHEN (before.tax_amount, before.price_with_tax, before.tax_basis)
                IS DISTINCT FROM (began.tax_amount, began.price_with_tax, began.tax_basis)
                AND before.list_unit_price IS NOT NULL THEN 'tax'
            WHEN before.list_unit_price IS NOT NULL THEN NULL -- only the provider's own dates moved
            WHEN other.pricing_currency <> prices.pricing_currency THEN 'currency'
            WHEN other.pricing_unit <> prices.pricing_unit THEN 'unit'
            ELSE 'new' END AS change_kind,
        coalesce(before.list_unit_price, other.list_unit_price) AS from_amount, began.list_unit_price AS to_amount,
        CASE WHEN before.list_unit_price IS NULL THEN other.pricing_unit ELSE prices.pricing_unit END AS from_unit,
        CASE WHEN before.list_unit_price IS NULL THEN other.pricing_currency ELSE prices.pricing_currency END AS from_currency
    FROM price_history AS began
    JOIN prices ON prices.list_id = began.list_id AND prices.id = began.price_id
    LEFT JOIN LATERAL (SELECT previous.list_unit_price, previous.tax_amount, previous.price_with_tax, previous.tax_basis
        FROM price_history AS previous
        WHERE previous.list_id = began.list_id AND previous.price_id = began.price_id
          AND previous.superseded_by IS NULL AND previous.valid_to = began.valid_from) AS before ON true
    LEFT JOIN LATERAL (SELECT ended.list_unit_price, sibling.pricing_unit, sibling.pricing_currency
        FROM prices AS sibling
        JOIN price_history AS ended ON ended.list_id = sibling.list_id AND ended.price_id = sibling.id
        WHERE before.list_unit_price IS NULL AND sibling.list_id = prices.list_id
          AND sibling.product_id = prices.product_id AND sibling.id <> prices.id
          AND sibling.sku_price_id = prices.sku_price_id
          AND (sibling.pricing_unit, sibling.pricing_currency) IS DISTINCT FROM (prices.pricing_unit, prices.pricing_currency)
          AND ended.superseded_by IS NULL AND ended.valid_to = began.valid_from
          AND NOT EXISTS (SELECT FROM price_history AS goes_on WHERE goes_on.list_id = ended.list_id
            AND goes_on.price_id = ended.price_id AND goes_on.superseded_by IS NULL AND goes_on.valid_from = ended.valid_to)
        ORDER BY sibling.id LIMIT 1) AS other ON true
    WHERE began.superseded_by IS NULL AND prices.product_id IS NOT NULL
    UNION ALL
    SELECT ended.list_id, prices.product_id, prices.region_id, prices.sku_price_id, prices.price_kind, prices.price_variant,
        prices.pricing_unit, prices.pricing_currency, ended.valid_to, ended.recorded_by, 'ended', ended.list_unit_price, NULL,
        prices.pricing_unit, prices.pricing_currency
    FROM price_history AS ended
    JOIN prices ON prices.list_id = ended.list_id AND prices.id = ended.price_id
    WHERE ended.superseded_by IS NULL AND ended.valid_to IS NOT NULL AND prices.product_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM prices AS sibling
        JOIN price_history AS next ON next.list_id = sibling.list_id AND next.price_id = sibling.id
        WHERE sibling.list_id = prices.list_id AND sibling.product_id = prices.product_id
          AND sibling.sku_price_id = prices.sku_price_id
          AND next.superseded_by IS NULL AND next.valid_from = ended.valid_to
          AND (sibling.id = prices.id OR NOT EXISTS (SELECT FROM price_history AS earlier WHERE earlier.list_id = next.list_id
            AND earlier.price_id = next.price_id AND earlier.superseded_by IS NULL AND earlier.valid_to = next.valid_from)))
)
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, latest.name AS product_name, moved.region_id::text AS region_id,
    moved.sku_price_id::text AS sku_price_id, moved.price_kind, moved.price_variant::text AS price_variant,
    moved.pricing_unit::text AS pricing_unit, moved.pricing_currency,
    moved.changed_at, moved.change_kind,
    CASE WHEN moved.from_amount < 1e20 AND scale(trim_scale(moved.from_amount)) <= 18 THEN moved.from_amount::numeric(38,18) END AS from_list_unit_price,
    CASE WHEN moved.to_amount < 1e20 AND scale(trim_scale(moved.to_amount)) <= 18 THEN moved.to_amount::numeric(38,18) END AS to_list_unit_price,
    trim_scale(moved.from_amount)::text AS from_list_unit_price_text,
    trim_scale(moved.to_amount)::text AS to_list_unit_price_text,
    CASE WHEN moved.change_kind IN ('raised', 'lowered') AND moved.from_amount > 0
        THEN round((moved.to_amount - moved.from_amount) * 100 / moved.from_amount, 2) END AS percent,
    moved.from_unit::text AS from_pricing_unit, moved.from_currency AS from_pricing_currency,
    runs.recorded_at
FROM moved
JOIN products ON products.list_id = moved.list_id AND products.id = moved.product_id
JOIN lists ON lists.id = moved.list_id
JOIN runs ON runs.list_id = moved.list_id AND runs.id = moved.recorded_by
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest
WHERE moved.change_kind IS NOT NULL;
COMMENT ON VIEW bi.price_changes IS 'What changed in prices, one line a change.';
COMMENT ON COLUMN bi.price_changes.provider IS 'the cloud';
COMMENT ON COLUMN bi.price_changes.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.price_changes.list IS 'the published list';
COMMENT ON COLUMN bi.price_changes.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.price_changes.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.price_changes.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.price_changes.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.price_changes.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.price_changes.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.price_changes.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.price_changes.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.price_changes.changed_at IS 'the first snapshot that showed it';
COMMENT ON COLUMN bi.price_changes.change_kind IS 'raised, lowered, new, ended, unit, currency or tax';
COMMENT ON COLUMN bi.price_changes.from_list_unit_price IS 'amount before, null for new';
COMMENT ON COLUMN bi.price_changes.to_list_unit_price IS 'amount after, null for ended';
COMMENT ON COLUMN bi.price_changes.from_list_unit_price_text IS 'exact amount before';
COMMENT ON COLUMN bi.price_changes.to_list_unit_price_text IS 'exact amount after';
COMMENT ON COLUMN bi.price_changes.percent IS 'change in percent, two decimals; null unless raised or lowered';
COMMENT ON COLUMN bi.price_changes.from_pricing_unit IS 'unit before';
COMMENT ON COLUMN bi.price_changes.from_pricing_currency IS 'currency before';
COMMENT ON COLUMN bi.price_changes.recorded_at IS 'when the row was written';

CREATE VIEW bi.product_status_changes AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, latest.name AS product_name, change.aspect, change.availability_zone::text AS availability_zone, change.changed_at,
    change.event, change.from_status, change.to_status, runs.recorded_at
FROM product_status_changes AS change
JOIN products ON products.list_id = change.list_id AND products.id = change.product_id
JOIN lists ON lists.id = change.list_id
JOIN runs ON runs.list_id = change.list_id AND runs.id = change.recorded_by
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest
WHERE change.superseded_by IS NULL;
COMMENT ON VIEW bi.product_status_changes IS 'When a product came, changed status or went, one line an event.';
COMMENT ON COLUMN bi.product_status_changes.provider IS 'the cloud';
COMMENT ON COLUMN bi.product_status_changes.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.product_status_changes.list IS 'the published list';
COMMENT ON COLUMN bi.product_status_changes.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.product_status_changes.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.product_status_changes.aspect IS 'status, or lifecycle where a provider has both';
COMMENT ON COLUMN bi.product_status_changes.availability_zone IS 'null means everywhere';
COMMENT ON COLUMN bi.product_status_changes.changed_at IS 'the snapshot that showed it; for delisted the snapshot that confirmed it';
COMMENT ON COLUMN bi.product_status_changes.event IS 'appeared, changed, missing, delisted or relisted';
COMMENT ON COLUMN bi.product_status_changes.from_status IS 'the provider''s word before';
COMMENT ON COLUMN bi.product_status_changes.to_status IS 'the provider''s word after, null for missing and delisted';
COMMENT ON COLUMN bi.product_status_changes.recorded_at IS 'when the row was written';

CREATE VIEW bi.products_current AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, version.status, version.lifecycle, version.region_id,
    CASE WHEN version.vcpu < 1e20 AND scale(trim_scale(version.vcpu)) <= 18 THEN version.vcpu::numeric(38,18) END AS vcpu,
    CASE WHEN version.memory_mib < 1e20 AND scale(trim_scale(version.memory_mib)) <= 18 THEN version.memory_mib::numeric(38,18) END AS memory_mib,
    CASE WHEN version.disk_gib < 1e20 AND scale(trim_scale(version.disk_gib)) <= 18 THEN version.disk_gib::numeric(38,18) END AS disk_gib,
    CASE WHEN version.gpu_count < 1e20 AND scale(trim_scale(version.gpu_count)) <= 18 THEN version.gpu_count::numeric(38,18) END AS gpu_count,
    version.attributes::text AS attributes, missing.absent_from IS NOT NULL AS is_missing,
    (SELECT min(first.valid_from) FROM product_versions AS first WHERE first.list_id = version.list_id
        AND first.product_id = version.product_id AND first.superseded_by IS NULL) AS first_seen_at,
    (SELECT max(snapshots.taken_at) FROM snapshots WHERE snapshots.list_id = version.list_id
        AND snapshots.status = 'committed'
        AND (missing.absent_from IS NULL OR snapshots.taken_at < missing.absent_from)) AS last_seen_at
FROM product_versions AS version
JOIN products ON products.list_id = version.list_id AND products.id = version.product_id
JOIN lists ON lists.id = version.list_id
LEFT JOIN absences AS missing ON missing.list_id = version.list_id AND missing.product_id = version.product_id
    AND missing.absent_to IS NULL AND missing.superseded_by IS NULL
WHERE version.valid_to IS NULL AND version.superseded_by IS NULL;
COMMENT ON VIEW bi.products_current IS 'Every product that is listed now, or missing but not yet delisted.';
COMMENT ON COLUMN bi.products_current.provider IS 'the cloud';
COMMENT ON COLUMN bi.products_current.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.products_current.list IS 'the published list';
COMMENT ON COLUMN bi.products_current.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.products_current.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.products_current.status IS 'the provider''s word';
COMMENT ON COLUMN bi.products_current.lifecycle IS 'a second status where the provider has one';
COMMENT ON COLUMN bi.products_current.region_id IS 'FOCUS RegionId';
COMMENT ON COLUMN bi.products_current.vcpu IS 'virtual CPUs';
COMMENT ON COLUMN bi.products_current.memory_mib IS 'memory in MiB';
COMMENT ON COLUMN bi.products_current.disk_gib IS 'disk in GiB';
COMMENT ON COLUMN bi.products_current.gpu_count IS 'GPUs';
COMMENT ON COLUMN bi.products_current.attributes IS 'everything else, as JSON text';
COMMENT ON COLUMN bi.products_current.is_missing IS 'absent from the newest snapshots, not yet confirmed';
COMMENT ON COLUMN bi.products_current.first_seen_at IS 'the first snapshot that held it';
COMMENT ON COLUMN bi.products_current.last_seen_at IS 'the newest snapshot that held it';

CREATE VIEW bi.freshness AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    CASE WHEN held.taken_at > coalesce(newest.taken_at, '-infinity') THEN 'held'
        WHEN run.outcome IN ('failed', 'abandoned') THEN 'failed'
        WHEN newest.taken_at IS NULL THEN 'never'
        WHEN newest.taken_at < now() - lists.stale_after THEN 'late'
        ELSE 'fresh' END AS state,
    newest.taken_at AS last_snapshot_at, newest.entries AS last_entries, held.taken_at AS held_at, held.held_for,
    run.started_at AS last_run_at, run.outcome AS last_outcome, run.error_text AS last_error
FROM lists
LEFT JOIN LATERAL (SELECT snapshots.taken_at, snapshots.entries FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'committed'
    ORDER BY snapshots.taken_at DESC LIMIT 1) AS newest ON true
LEFT JOIN LATERAL (SELECT snapshots.taken_at, snapshots.held_for FROM snapshots
    WHERE snapshots.list_id = lists.id AND snapshots.status = 'held'
    ORDER BY snapshots.taken_at DESC LIMIT 1) AS held ON true
LEFT JOIN LATERAL (SELECT runs.started_at, runs.outcome, runs.error_text FROM runs
    WHERE runs.list_id = lists.id AND runs.outcome NOT IN ('running', 'skipped')
    ORDER BY runs.id DESC LIMIT 1) AS run ON true;
COMMENT ON VIEW bi.freshness IS 'How far each list can be trusted now.';
COMMENT ON COLUMN bi.freshness.provider IS 'the cloud';
COMMENT ON COLUMN bi.freshness.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.freshness.list IS 'the published list';
COMMENT ON COLUMN bi.freshness.state IS 'fresh, late, failed, held or never';
COMMENT ON COLUMN bi.freshness.last_snapshot_at IS 'taken_at of the newest committed snapshot';
COMMENT ON COLUMN bi.freshness.last_entries IS 'how many entries it held';
COMMENT ON COLUMN bi.freshness.held_at IS 'taken_at of the newest held snapshot';
COMMENT ON COLUMN bi.freshness.held_for IS 'why it is held';
COMMENT ON COLUMN bi.freshness.last_run_at IS 'when the last ended run began';
COMMENT ON COLUMN bi.freshness.last_outcome IS 'how it ended';
COMMENT ON COLUMN bi.freshness.last_error IS 'its error, if it failed';

CREATE VIEW bi.drift AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, drift.kind, drift.path::text AS path,
    drift.seen::text AS seen, drift.first_seen_at
FROM drift JOIN lists ON lists.id = drift.list_id;
COMMENT ON VIEW bi.drift IS 'Fields and words a provider sent that syncer had never seen, kept in the evidence, not tracked.';
COMMENT ON COLUMN bi.drift.provider IS 'the cloud';
COMMENT ON COLUMN bi.drift.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.drift.list IS 'the published list';
COMMENT ON COLUMN bi.drift.kind IS 'field or word';
COMMENT ON COLUMN bi.drift.path IS 'where in the page';
COMMENT ON COLUMN bi.drift.seen IS 'the word, or an excerpt of the field';
COMMENT ON COLUMN bi.drift.first_seen_at IS 'the first snapshot that showed it';

-- Roles belong to the whole cluster: made where this user may, granted where
-- they exist, so that a managed database needs no superuser.
-- +goose StatementBegin
DO $$
BEGIN
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'syncer_reader') THEN
            CREATE ROLE syncer_reader NOLOGIN;
        END IF;
    EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
        RAISE NOTICE 'role syncer_reader was not created';
    END;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'syncer_reader') THEN
        GRANT USAGE ON SCHEMA bi TO syncer_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA bi TO syncer_reader;
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP SCHEMA bi CASCADE;

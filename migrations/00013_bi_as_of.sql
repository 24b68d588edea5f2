-- +goose Up
-- Two clocks: valid_from and valid_to say when it was so, recorded_at,
-- superseded_at and valid_to_known_at when we knew. The views here show every
-- row ever written; what holds now is in the others. Runs are looked up, not
-- joined: a question about one product then never waits for a join of all rows.

CREATE VIEW bi.snapshots AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list, snapshots.taken_at,
    snapshots.status, snapshots.origin, snapshots.recorded_at, snapshots.entries, snapshots.pages_of AS pages_taken_at, snapshots.list_id
FROM snapshots JOIN lists ON lists.id = snapshots.list_id;
COMMENT ON VIEW bi.snapshots IS 'Every complete list that was read, and whether it is part of history.';
COMMENT ON COLUMN bi.snapshots.provider IS 'the cloud';
COMMENT ON COLUMN bi.snapshots.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.snapshots.list IS 'the published list';
COMMENT ON COLUMN bi.snapshots.taken_at IS 'the moment for which the snapshot speaks, until the next committed one';
COMMENT ON COLUMN bi.snapshots.status IS 'committed (part of history), held or rejected';
COMMENT ON COLUMN bi.snapshots.origin IS 'sync (read live) or backfill (from an archive)';
COMMENT ON COLUMN bi.snapshots.recorded_at IS 'when it was written, for an accepted one when it was accepted';
COMMENT ON COLUMN bi.snapshots.entries IS 'how many entries it holds';
COMMENT ON COLUMN bi.snapshots.pages_taken_at IS 'the snapshot that holds its pages, where the provider answered byte for byte the same; else null';
COMMENT ON COLUMN bi.snapshots.list_id IS 'number of the list in this database; joins the views that have it, means nothing outside';

CREATE VIEW bi.product_versions AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, version.status, version.lifecycle, version.region_id,
    (CASE WHEN version.vcpu < 1e20 AND scale(trim_scale(version.vcpu)) <= 18 THEN version.vcpu END)::numeric(38,18) AS vcpu,
    (CASE WHEN version.memory_mib < 1e20 AND scale(trim_scale(version.memory_mib)) <= 18 THEN version.memory_mib END)::numeric(38,18) AS memory_mib,
    (CASE WHEN version.disk_gib < 1e20 AND scale(trim_scale(version.disk_gib)) <= 18 THEN version.disk_gib END)::numeric(38,18) AS disk_gib,
    (CASE WHEN version.gpu_count < 1e20 AND scale(trim_scale(version.gpu_count)) <= 18 THEN version.gpu_count END)::numeric(38,18) AS gpu_count,
    version.zone_statuses::text AS zone_statuses, version.attributes::text AS attributes, version.valid_from, version.valid_to,
    CASE WHEN version.valid_to IS NOT NULL THEN greatest((SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.recorded_by),
        (SELECT ended.recorded_at FROM snapshots AS ended WHERE ended.list_id = version.list_id AND ended.taken_at = version.valid_to)) END AS valid_to_known_at,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.recorded_by) AS recorded_at,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.superseded_by) AS superseded_at,
    version.recorded_by, version.superseded_by,
    version.list_id, version.product_id
FROM lists
JOIN products ON products.list_id = lists.id
JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id;
COMMENT ON VIEW bi.product_versions IS 'Every row of product history ever written, also those that later writes replaced. For what holds now see bi.product_history.';
COMMENT ON COLUMN bi.product_versions.provider IS 'the cloud';
COMMENT ON COLUMN bi.product_versions.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.product_versions.list IS 'the published list';
COMMENT ON COLUMN bi.product_versions.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.product_versions.product_name IS 'the name in this version';
COMMENT ON COLUMN bi.product_versions.status IS 'the provider''s word, null where it states none';
COMMENT ON COLUMN bi.product_versions.lifecycle IS 'a second status where the provider has one';
COMMENT ON COLUMN bi.product_versions.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.product_versions.vcpu IS 'virtual CPUs';
COMMENT ON COLUMN bi.product_versions.memory_mib IS 'memory in MiB';
COMMENT ON COLUMN bi.product_versions.disk_gib IS 'disk in GiB';
COMMENT ON COLUMN bi.product_versions.gpu_count IS 'GPUs';
COMMENT ON COLUMN bi.product_versions.zone_statuses IS 'statuses of availability zones that have one of their own, as JSON text';
COMMENT ON COLUMN bi.product_versions.attributes IS 'everything else, as JSON text';
COMMENT ON COLUMN bi.product_versions.valid_from IS 'the snapshot that first showed it';
COMMENT ON COLUMN bi.product_versions.valid_to IS 'the snapshot that first did not; null while open';
COMMENT ON COLUMN bi.product_versions.valid_to_known_at IS 'when valid_to was written; null while there is none';
COMMENT ON COLUMN bi.product_versions.recorded_at IS 'when this row was written';
COMMENT ON COLUMN bi.product_versions.superseded_at IS 'when a later write replaced this row; null while it holds';
COMMENT ON COLUMN bi.product_versions.recorded_by IS 'the run that wrote this row, see bi.runs';
COMMENT ON COLUMN bi.product_versions.superseded_by IS 'the run that replaced this row; null while it holds';
COMMENT ON COLUMN bi.product_versions.list_id IS 'number of the list in this database; joins the views that have it, means nothing outside';
COMMENT ON COLUMN bi.product_versions.product_id IS 'number of the product in this database; joins the views that have it, means nothing outside';

CREATE VIEW bi.price_versions AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, prices.region_id::text AS region_id, prices.sku_price_id::text AS sku_price_id, prices.price_kind, prices.price_variant::text AS price_variant,
    prices.pricing_unit::text AS pricing_unit, prices.pricing_currency,
    (CASE WHEN prices.quantity_tier_minimum < 1e20 AND scale(trim_scale(prices.quantity_tier_minimum)) <= 18 THEN prices.quantity_tier_minimum END)::numeric(38,18) AS quantity_tier_minimum,
    (CASE WHEN version.list_unit_price < 1e20 AND scale(trim_scale(version.list_unit_price)) <= 18 THEN version.list_unit_price END)::numeric(38,18) AS list_unit_price,
    trim_scale(version.list_unit_price)::text AS list_unit_price_text,
    (CASE WHEN version.tax_amount < 1e20 AND scale(trim_scale(version.tax_amount)) <= 18 THEN version.tax_amount END)::numeric(38,18) AS tax_amount,
    (CASE WHEN version.price_with_tax < 1e20 AND scale(trim_scale(version.price_with_tax)) <= 18 THEN version.price_with_tax END)::numeric(38,18) AS price_with_tax,
    version.tax_basis, version.effective_from, version.effective_to,
    version.valid_from, version.valid_to,
    CASE WHEN version.valid_to IS NOT NULL THEN greatest((SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.recorded_by),
        (SELECT ended.recorded_at FROM snapshots AS ended WHERE ended.list_id = version.list_id AND ended.taken_at = version.valid_to)) END AS valid_to_known_at,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.recorded_by) AS recorded_at,
    (SELECT runs.recorded_at FROM runs WHERE runs.list_id = version.list_id AND runs.id = version.superseded_by) AS superseded_at,
    version.recorded_by, version.superseded_by,
    version.list_id, prices.product_id
FROM lists
JOIN products ON products.list_id = lists.id
JOIN prices ON prices.list_id = products.list_id AND prices.product_id = products.id
JOIN price_history AS version ON version.list_id = prices.list_id AND version.price_id = prices.id;
COMMENT ON VIEW bi.price_versions IS 'Every row of price history ever written, also those that later writes replaced. For what holds now see bi.price_history, for what was known at a moment bi.prices_as_of.';
COMMENT ON COLUMN bi.price_versions.provider IS 'the cloud';
COMMENT ON COLUMN bi.price_versions.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.price_versions.list IS 'the published list';
COMMENT ON COLUMN bi.price_versions.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.price_versions.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.price_versions.sku_price_id IS 'FOCUS SkuPriceId, constant over time';
COMMENT ON COLUMN bi.price_versions.price_kind IS 'list, contract or fee';
COMMENT ON COLUMN bi.price_versions.price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.price_versions.pricing_unit IS 'FOCUS PricingUnit, the provider''s word';
COMMENT ON COLUMN bi.price_versions.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.price_versions.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.price_versions.list_unit_price IS 'the base amount as the provider states it; null only where numeric(38,18) cannot hold it exactly, then see list_unit_price_text';
COMMENT ON COLUMN bi.price_versions.list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.price_versions.tax_amount IS 'tax as the provider states it beside the price';
COMMENT ON COLUMN bi.price_versions.price_with_tax IS 'total as sent, never computed, never repaired';
COMMENT ON COLUMN bi.price_versions.tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.price_versions.effective_from IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.price_versions.effective_to IS 'the provider''s own date, if stated';
COMMENT ON COLUMN bi.price_versions.valid_from IS 'the snapshot that first showed it';
COMMENT ON COLUMN bi.price_versions.valid_to IS 'the snapshot that first did not; null while open';
COMMENT ON COLUMN bi.price_versions.valid_to_known_at IS 'when valid_to was written; null while there is none';
COMMENT ON COLUMN bi.price_versions.recorded_at IS 'when this row was written';
COMMENT ON COLUMN bi.price_versions.superseded_at IS 'when a later write replaced this row; null while it holds';
COMMENT ON COLUMN bi.price_versions.recorded_by IS 'the run that wrote this row, see bi.runs';
COMMENT ON COLUMN bi.price_versions.superseded_by IS 'the run that replaced this row; null while it holds';
COMMENT ON COLUMN bi.price_versions.list_id IS 'number of the list in this database; joins the views that have it, means nothing outside';
COMMENT ON COLUMN bi.price_versions.product_id IS 'number of the product in this database; joins the views that have it, means nothing outside';

-- A row was known once its run had recorded it, until another run superseded
-- it. It is closed in place by the newest snapshot only, so that the snapshot
-- at valid_to tells when that was known. Inlines into the asking query.
-- +goose StatementBegin
CREATE FUNCTION bi.prices_as_of(at timestamptz, known_at timestamptz DEFAULT now()) RETURNS SETOF bi.price_history
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT version.provider, version.source, version.list, version.product_key, named.product_name, version.region_id,
        version.sku_price_id, version.price_kind, version.price_variant, version.pricing_unit, version.pricing_currency,
        version.quantity_tier_minimum, version.list_unit_price, version.list_unit_price_text, version.tax_amount,
        version.price_with_tax, version.tax_basis, version.effective_from, version.effective_to,
        (SELECT snapshots.taken_at FROM bi.snapshots
            WHERE snapshots.list_id = version.list_id AND snapshots.status = 'committed'
              AND snapshots.taken_at < version.valid_from AND snapshots.recorded_at <= known_at
            ORDER BY snapshots.taken_at DESC LIMIT 1),
        version.valid_from, CASE WHEN version.valid_to_known_at <= known_at THEN version.valid_to END,
        version.valid_to IS NULL OR version.valid_to_known_at > known_at, version.recorded_at
    FROM bi.price_versions AS version, LATERAL (SELECT names.product_name FROM bi.product_versions AS names
        WHERE names.list_id = version.list_id AND names.product_id = version.product_id
          AND names.recorded_at <= known_at AND (names.superseded_by IS NULL OR names.superseded_at > known_at)
        ORDER BY names.valid_from DESC LIMIT 1) AS named
    WHERE version.recorded_at <= known_at AND (version.superseded_by IS NULL OR version.superseded_at > known_at)
      AND version.valid_from <= at
      AND (version.valid_to IS NULL OR version.valid_to > at OR version.valid_to_known_at > known_at);
END;
-- +goose StatementEnd
COMMENT ON FUNCTION bi.prices_as_of(timestamptz, timestamptz) IS 'The prices of products at a moment, as this question was answered at known_at. Rows are those of bi.price_history.';

-- +goose Down
DROP FUNCTION bi.prices_as_of(timestamptz, timestamptz);
DROP VIEW bi.price_versions;
DROP VIEW bi.product_versions;
DROP VIEW bi.snapshots;

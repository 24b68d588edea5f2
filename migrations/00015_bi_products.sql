-- +goose Up
CREATE VIEW bi.product_history AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, version.status, version.lifecycle, version.region_id,
    (CASE WHEN version.vcpu < 1e20 AND scale(trim_scale(version.vcpu)) <= 18 THEN version.vcpu END)::numeric(38,18) AS vcpu,
    (CASE WHEN version.memory_mib < 1e20 AND scale(trim_scale(version.memory_mib)) <= 18 THEN version.memory_mib END)::numeric(38,18) AS memory_mib,
    (CASE WHEN version.disk_gib < 1e20 AND scale(trim_scale(version.disk_gib)) <= 18 THEN version.disk_gib END)::numeric(38,18) AS disk_gib,
    (CASE WHEN version.gpu_count < 1e20 AND scale(trim_scale(version.gpu_count)) <= 18 THEN version.gpu_count END)::numeric(38,18) AS gpu_count,
    version.zone_statuses::text AS zone_statuses, version.attributes::text AS attributes,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = version.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < version.valid_from) AS not_before,
    version.valid_from, version.valid_to, version.valid_to IS NULL AS is_current, runs.recorded_at
FROM lists
JOIN products ON products.list_id = lists.id
JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id
JOIN runs ON runs.list_id = version.list_id AND runs.id = version.recorded_by
WHERE version.superseded_by IS NULL;
COMMENT ON VIEW bi.product_history IS 'Everything a product ever was, for [valid_from, valid_to). A change of a price alone begins a row too.';
COMMENT ON COLUMN bi.product_history.provider IS 'the cloud';
COMMENT ON COLUMN bi.product_history.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.product_history.list IS 'the published list';
COMMENT ON COLUMN bi.product_history.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.product_history.product_name IS 'the name during this time';
COMMENT ON COLUMN bi.product_history.status IS 'the provider''s word, null where it states none';
COMMENT ON COLUMN bi.product_history.lifecycle IS 'a second status where the provider has one';
COMMENT ON COLUMN bi.product_history.region_id IS 'FOCUS RegionId, null where the provider states none';
COMMENT ON COLUMN bi.product_history.vcpu IS 'virtual CPUs';
COMMENT ON COLUMN bi.product_history.memory_mib IS 'memory in MiB';
COMMENT ON COLUMN bi.product_history.disk_gib IS 'disk in GiB';
COMMENT ON COLUMN bi.product_history.gpu_count IS 'GPUs';
COMMENT ON COLUMN bi.product_history.zone_statuses IS 'statuses of availability zones that have one of their own, as JSON text';
COMMENT ON COLUMN bi.product_history.attributes IS 'everything else, as JSON text';
COMMENT ON COLUMN bi.product_history.not_before IS 'the snapshot before valid_from, the change happened after it; null at the first snapshot';
COMMENT ON COLUMN bi.product_history.valid_from IS 'the snapshot that first showed it so';
COMMENT ON COLUMN bi.product_history.valid_to IS 'the snapshot that first did not; null while current';
COMMENT ON COLUMN bi.product_history.is_current IS 'valid_to is null';
COMMENT ON COLUMN bi.product_history.recorded_at IS 'when this row was written';

-- From versions, not from events: a zone that a product no longer names has
-- the product's own status, and no event of its own when that changes.
CREATE VIEW bi.availability AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, zone.name AS availability_zone,
    coalesce(version.zone_statuses ->> zone.name, version.status) AS status, began.since, missing.absent_from IS NOT NULL AS is_missing
FROM lists
JOIN products ON products.list_id = lists.id
JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id
    AND version.valid_to IS NULL AND version.superseded_by IS NULL
LEFT JOIN absences AS missing ON missing.list_id = version.list_id AND missing.product_id = version.product_id
    AND missing.absent_to IS NULL AND missing.superseded_by IS NULL
CROSS JOIN LATERAL unnest(array_append(ARRAY(SELECT DISTINCT jsonb_object_keys(named.zone_statuses) FROM product_versions AS named
    WHERE named.list_id = version.list_id AND named.product_id = version.product_id AND named.superseded_by IS NULL), NULL)) AS zone (name)
-- The last version that ended with another status, or before a gap.
CROSS JOIN LATERAL (SELECT max(other.valid_to) AS ended FROM product_versions AS other
    WHERE other.list_id = version.list_id AND other.product_id = version.product_id AND other.superseded_by IS NULL
      AND (coalesce(other.zone_statuses ->> zone.name, other.status) IS DISTINCT FROM coalesce(version.zone_statuses ->> zone.name, version.status)
        OR NOT EXISTS (SELECT FROM product_versions AS next
            WHERE next.list_id = other.list_id AND next.product_id = other.product_id AND next.superseded_by IS NULL
              AND next.valid_from = other.valid_to))) AS differed
CROSS JOIN LATERAL (SELECT min(same.valid_from) AS since FROM product_versions AS same
    WHERE same.list_id = version.list_id AND same.product_id = version.product_id AND same.superseded_by IS NULL
      AND (differed.ended IS NULL OR same.valid_from >= differed.ended)) AS began;
COMMENT ON VIEW bi.availability IS 'The status of every product now, one row for everywhere and one for each zone with a status of its own.';
COMMENT ON COLUMN bi.availability.provider IS 'the cloud';
COMMENT ON COLUMN bi.availability.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.availability.list IS 'the published list';
COMMENT ON COLUMN bi.availability.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.availability.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.availability.availability_zone IS 'a zone for which the provider has ever stated a status of its own for this product; null for everywhere else';
COMMENT ON COLUMN bi.availability.status IS 'the provider''s word for the zone, or for the product where it states none for the zone';
COMMENT ON COLUMN bi.availability.since IS 'the first snapshot since which this has been the status without a break';
COMMENT ON COLUMN bi.availability.is_missing IS 'absent from the newest snapshots, not yet confirmed';

CREATE VIEW bi.flapping AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, latest.name AS product_name, gone.bridged, gone.relisted, gone.last_absent_from, gone.last_absent_to,
    EXISTS (SELECT FROM absences WHERE absences.list_id = products.list_id AND absences.product_id = products.id
        AND absences.superseded_by IS NULL AND absences.absent_to IS NULL AND absences.confirmed_at IS NULL) AS is_missing
FROM (SELECT absences.list_id, absences.product_id,
        count(*) FILTER (WHERE absences.confirmed_at IS NULL) AS bridged, count(*) FILTER (WHERE absences.confirmed_at IS NOT NULL) AS relisted,
        max(absences.absent_from) AS last_absent_from, max(absences.absent_to) AS last_absent_to
    FROM absences WHERE absences.superseded_by IS NULL AND absences.absent_to IS NOT NULL AND absences.product_id IS NOT NULL
    GROUP BY absences.list_id, absences.product_id) AS gone
JOIN products ON products.list_id = gone.list_id AND products.id = gone.product_id
JOIN lists ON lists.id = gone.list_id
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest;
COMMENT ON VIEW bi.flapping IS 'Products that went and came back, and how often.';
COMMENT ON COLUMN bi.flapping.provider IS 'the cloud';
COMMENT ON COLUMN bi.flapping.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.flapping.list IS 'the published list';
COMMENT ON COLUMN bi.flapping.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.flapping.product_name IS 'the newest known name';
COMMENT ON COLUMN bi.flapping.bridged IS 'absences that ended before they were believed: prices have no gap';
COMMENT ON COLUMN bi.flapping.relisted IS 'absences that were believed and ended: prices have a gap';
COMMENT ON COLUMN bi.flapping.last_absent_from IS 'the first snapshot of the last of these absences that lacked it';
COMMENT ON COLUMN bi.flapping.last_absent_to IS 'the snapshot that showed it again';
COMMENT ON COLUMN bi.flapping.is_missing IS 'absent from the newest snapshots, not yet confirmed';

CREATE VIEW bi.provenance AS
SELECT lists.provider::text AS provider, lists.source::text AS source, lists.list::text AS list,
    products.key::text AS product_key, version.name AS product_name, version.valid_from, version.valid_to, runs.recorded_at,
    snapshots.taken_at, snapshots.recorded_at AS snapshot_recorded_at, coalesce(snapshots.pages_of, snapshots.taken_at) AS pages_taken_at,
    page.number AS page_number, page.part AS page_part, version.page_number IS NOT NULL AS page_is_known,
    snapshots.settings ->> 'base_url' AS base_url, page.request, snapshots.settings::text AS settings,
    pages.media_type, encode(pages.sha256, 'hex') AS sha256, pages.size
FROM lists
JOIN products ON products.list_id = lists.id
JOIN product_versions AS version ON version.list_id = products.list_id AND version.product_id = products.id
JOIN runs ON runs.list_id = version.list_id AND runs.id = version.recorded_by
JOIN snapshots ON snapshots.list_id = version.list_id AND snapshots.taken_at = version.valid_from
LEFT JOIN snapshot_pages AS page ON page.list_id = snapshots.list_id AND page.taken_at = coalesce(snapshots.pages_of, snapshots.taken_at)
    AND (version.page_number IS NULL OR page.number = version.page_number)
LEFT JOIN pages ON pages.list_id = page.list_id AND pages.id = page.page_id
WHERE version.superseded_by IS NULL;
COMMENT ON VIEW bi.provenance IS 'The stored pages that prove each row of product history, one row a page.';
COMMENT ON COLUMN bi.provenance.provider IS 'the cloud';
COMMENT ON COLUMN bi.provenance.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.provenance.list IS 'the published list';
COMMENT ON COLUMN bi.provenance.product_key IS 'the provider''s identifier of the product';
COMMENT ON COLUMN bi.provenance.product_name IS 'the name during this time';
COMMENT ON COLUMN bi.provenance.valid_from IS 'the snapshot that first showed it so';
COMMENT ON COLUMN bi.provenance.valid_to IS 'the snapshot that first did not; null while current';
COMMENT ON COLUMN bi.provenance.recorded_at IS 'when the row of history was written';
COMMENT ON COLUMN bi.provenance.taken_at IS 'the snapshot that proves it, equal to valid_from';
COMMENT ON COLUMN bi.provenance.snapshot_recorded_at IS 'when that snapshot became part of history';
COMMENT ON COLUMN bi.provenance.pages_taken_at IS 'the snapshot with which its pages are kept: another one where the provider had answered byte for byte the same';
COMMENT ON COLUMN bi.provenance.page_number IS 'which page of the list, from 1; null where the pages are no longer kept';
COMMENT ON COLUMN bi.provenance.page_part IS 'which part of that page, from 1';
COMMENT ON COLUMN bi.provenance.page_is_known IS 'true: this page shows it; false: one of the pages listed does';
COMMENT ON COLUMN bi.provenance.base_url IS 'the address that was asked, where the list has one';
COMMENT ON COLUMN bi.provenance.request IS 'what was asked: method and path with query';
COMMENT ON COLUMN bi.provenance.settings IS 'all settings with which the list was read, as JSON text; never a secret';
COMMENT ON COLUMN bi.provenance.media_type IS 'json or xml';
COMMENT ON COLUMN bi.provenance.sha256 IS 'hash of the page''s bytes, in hex';
COMMENT ON COLUMN bi.provenance.size IS 'bytes of the page';

CREATE VIEW bi.focus_sku_price AS
SELECT lists.provider::text AS service_provider_name, products.key::text AS sku_id, prices.sku_price_id::text AS sku_price_id,
    latest.name AS sku_price_description, prices.region_id::text AS pricing_region_id, prices.pricing_unit::text AS pricing_unit,
    prices.pricing_currency,
    (CASE WHEN price_history.list_unit_price < 1e20 AND scale(trim_scale(price_history.list_unit_price)) <= 18 THEN price_history.list_unit_price END)::numeric(38,18) AS list_unit_price,
    NULL::text AS contract_id,
    (CASE WHEN prices.quantity_tier_minimum < 1e20 AND scale(trim_scale(prices.quantity_tier_minimum)) <= 18 THEN prices.quantity_tier_minimum END)::numeric(38,18) AS quantity_tier_minimum,
    price_history.effective_from AS sku_price_effective_start, price_history.effective_to AS sku_price_effective_end,
    lists.source::text AS x_source, lists.list::text AS x_list, trim_scale(price_history.list_unit_price)::text AS x_list_unit_price_text,
    prices.price_variant::text AS x_price_variant, price_history.tax_basis AS x_tax_basis,
    (SELECT max(snapshots.taken_at) FROM snapshots
        WHERE snapshots.list_id = price_history.list_id AND snapshots.status = 'committed'
          AND snapshots.taken_at < price_history.valid_from) AS x_observed_not_before,
    price_history.valid_from AS x_observed_from, price_history.valid_to AS x_observed_to
FROM lists
JOIN products ON products.list_id = lists.id
JOIN prices ON prices.list_id = products.list_id AND prices.product_id = products.id
JOIN price_history ON price_history.list_id = prices.list_id AND price_history.price_id = prices.id
CROSS JOIN LATERAL (SELECT product_versions.name FROM product_versions
    WHERE product_versions.list_id = products.list_id AND product_versions.product_id = products.id
      AND product_versions.superseded_by IS NULL
    ORDER BY product_versions.valid_from DESC LIMIT 1) AS latest
WHERE price_history.superseded_by IS NULL AND prices.price_kind = 'list';
COMMENT ON VIEW bi.focus_sku_price IS 'Published prices under the column names of the FOCUS SKU Price dataset, a draft for FOCUS 1.5 (pull request 2424) whose columns still move. Columns that no provider states are left out; x_ columns are ours.';
COMMENT ON COLUMN bi.focus_sku_price.service_provider_name IS 'FOCUS ServiceProviderName: syncer''s name of the cloud';
COMMENT ON COLUMN bi.focus_sku_price.sku_id IS 'FOCUS SkuId: the provider''s identifier of the product';
COMMENT ON COLUMN bi.focus_sku_price.sku_price_id IS 'FOCUS SkuPriceId, constant over time; here unique only together with unit, currency, region and tier';
COMMENT ON COLUMN bi.focus_sku_price.sku_price_description IS 'FOCUS SkuPriceDescription: the newest known name of the product';
COMMENT ON COLUMN bi.focus_sku_price.pricing_region_id IS 'FOCUS PricingRegionId, null where the provider states none';
COMMENT ON COLUMN bi.focus_sku_price.pricing_unit IS 'FOCUS PricingUnit, the provider''s word, not the FOCUS unit format';
COMMENT ON COLUMN bi.focus_sku_price.pricing_currency IS 'FOCUS PricingCurrency, ISO 4217';
COMMENT ON COLUMN bi.focus_sku_price.list_unit_price IS 'FOCUS ListUnitPrice as the provider states it, see x_tax_basis; null only where numeric(38,18) cannot hold it exactly';
COMMENT ON COLUMN bi.focus_sku_price.contract_id IS 'FOCUS ContractId: always null, these prices are public; those of contracts stand in bi.contract_prices';
COMMENT ON COLUMN bi.focus_sku_price.quantity_tier_minimum IS 'FOCUS QuantityTierMinimum, exclusive; null without tiers';
COMMENT ON COLUMN bi.focus_sku_price.sku_price_effective_start IS 'FOCUS SkuPriceEffectiveStart: the provider''s own date, null where it states none; never the moment it was first seen';
COMMENT ON COLUMN bi.focus_sku_price.sku_price_effective_end IS 'FOCUS SkuPriceEffectiveEnd, exclusive: the provider''s own date, null where it states none';
COMMENT ON COLUMN bi.focus_sku_price.x_source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.focus_sku_price.x_list IS 'the published list';
COMMENT ON COLUMN bi.focus_sku_price.x_list_unit_price_text IS 'the exact amount as text';
COMMENT ON COLUMN bi.focus_sku_price.x_price_variant IS 'the provider''s word for the variant, such as full or partial';
COMMENT ON COLUMN bi.focus_sku_price.x_tax_basis IS 'whether list_unit_price is without tax (excluded), with it (included) or unsaid (unknown)';
COMMENT ON COLUMN bi.focus_sku_price.x_observed_not_before IS 'the snapshot before x_observed_from, which showed something else; null at the first snapshot';
COMMENT ON COLUMN bi.focus_sku_price.x_observed_from IS 'the snapshot that first showed the amount';
COMMENT ON COLUMN bi.focus_sku_price.x_observed_to IS 'the snapshot that first did not; null while current';

-- What ended on a day is found without reading all that ever ended.
CREATE INDEX price_history_ended ON price_history (valid_to) WHERE superseded_by IS NULL AND valid_to IS NOT NULL;
CREATE INDEX product_status_changes_changed ON product_status_changes USING brin (changed_at);

-- +goose Down
DROP INDEX product_status_changes_changed;
DROP INDEX price_history_ended;
DROP VIEW bi.focus_sku_price;
DROP VIEW bi.provenance;
DROP VIEW bi.flapping;
DROP VIEW bi.availability;
DROP VIEW bi.product_history;

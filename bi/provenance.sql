-- audience: everybody
CREATE OR REPLACE VIEW bi.provenance AS
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

COMMENT ON VIEW bi.provenance IS 'The stored pages that prove each version of a product, one row a page. A version begins with each change of the product or of its prices.';
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

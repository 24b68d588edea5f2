-- audience: everybody
-- A row was known once its run had recorded it, until another run superseded it.
-- It is closed in place by the newest snapshot only, so that the snapshot at
-- valid_to says when that was known. Inlines into the asking query.
CREATE OR REPLACE FUNCTION bi.prices_as_of(at timestamptz, known_at timestamptz DEFAULT now()) RETURNS SETOF bi.price_history
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

COMMENT ON FUNCTION bi.prices_as_of(timestamptz, timestamptz) IS 'The prices of products at a moment, as this question was answered at known_at. Rows are those of bi.price_history.';

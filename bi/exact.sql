-- audience: anybody
-- The one rule by which amounts and sizes leave schema bi. A view casts the result
-- once more, for a function's result has no scale and clients want to know it:
-- bi.exact(amount)::numeric(38,18). It inlines, so that it costs what its
-- expression costs.
CREATE OR REPLACE FUNCTION bi.exact(value numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(value) < 1e20 AND scale(trim_scale(value)) <= 18 THEN value END;

COMMENT ON FUNCTION bi.exact(numeric) IS 'The value where numeric(38,18) holds it exactly, else null. The exact text of an amount stands beside it.';

-- audience: everybody
CREATE OR REPLACE FUNCTION bi.prices_on(day date, known_at timestamptz DEFAULT now()) RETURNS SETOF bi.price_history
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT found.*
    FROM (SELECT least((day + 1)::timestamp AT TIME ZONE settings.report_timezone - interval '1 microsecond', known_at) AS moment
        FROM bi.report_settings AS settings) AS ends
    CROSS JOIN LATERAL bi.prices_as_of(ends.moment, known_at) AS found;
END;

COMMENT ON FUNCTION bi.prices_on(date, timestamptz) IS 'The prices of products at the last instant of a day in the report time zone, or at known_at if the day had not ended then. Rows are those of bi.price_history.';

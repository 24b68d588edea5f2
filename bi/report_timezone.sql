-- audience: everybody
CREATE OR REPLACE FUNCTION bi.report_timezone() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT report_settings.report_timezone FROM bi.report_settings);

COMMENT ON FUNCTION bi.report_timezone() IS 'The time zone in which days and months of reports end, as configured.';

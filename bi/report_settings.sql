-- audience: everybody
CREATE OR REPLACE VIEW bi.report_settings AS SELECT report_timezone FROM report_settings;

COMMENT ON VIEW bi.report_settings IS 'What reports go by. One row.';
COMMENT ON COLUMN bi.report_settings.report_timezone IS 'the time zone in which days and months end, as configured';

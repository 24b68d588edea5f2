-- name: ReportTimezoneSet :exec
UPDATE report_settings SET report_timezone = @report_timezone WHERE report_timezone <> @report_timezone;

-- name: ReportTimezones :many
-- The one there is; none where other hands removed it.
SELECT report_timezone FROM report_settings;

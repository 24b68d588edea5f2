-- name: ReportTimezoneSet :exec
UPDATE report_settings SET report_timezone = @report_timezone WHERE report_timezone <> @report_timezone;

-- +goose Up
-- The zone in which days and months of reports end. One row, and no session
-- setting, so that a query means the same for everybody.
CREATE TABLE report_settings (
    only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    report_timezone text NOT NULL DEFAULT 'Asia/Seoul' CHECK (timezone(report_timezone, timestamptz '2000-01-01 00:00Z') IS NOT NULL)
);
INSERT INTO report_settings DEFAULT VALUES;

-- +goose Down
DROP TABLE report_settings;

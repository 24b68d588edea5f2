-- +goose Up
-- Whether a page is still in use is asked for each page that is given up.
CREATE INDEX snapshot_pages_page ON snapshot_pages (list_id, page_id);

-- +goose Down
DROP INDEX snapshot_pages_page;

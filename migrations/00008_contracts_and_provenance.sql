-- +goose Up
-- Lists of contracts are found by contract_id; these cost products nothing.
CREATE INDEX prices_contract ON prices (list_id, contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX absences_contract ON absences (list_id, contract_id) WHERE contract_id IS NOT NULL;

-- The page of the snapshot at valid_from that shows the entry. Null where a
-- version came to begin at a snapshot whose pages were not at hand.
ALTER TABLE product_versions ADD COLUMN page_number integer CHECK (page_number >= 1);
ALTER TABLE contract_versions ADD COLUMN page_number integer CHECK (page_number >= 1);

-- What a write made untrue can be found by its run.
CREATE INDEX product_versions_superseded ON product_versions (list_id, superseded_by) WHERE superseded_by IS NOT NULL;
CREATE INDEX contract_versions_superseded ON contract_versions (list_id, superseded_by) WHERE superseded_by IS NOT NULL;
CREATE INDEX price_history_superseded ON price_history (list_id, superseded_by) WHERE superseded_by IS NOT NULL;

-- +goose Down
DROP INDEX price_history_superseded;
DROP INDEX contract_versions_superseded;
DROP INDEX product_versions_superseded;
ALTER TABLE contract_versions DROP COLUMN page_number;
ALTER TABLE product_versions DROP COLUMN page_number;
DROP INDEX absences_contract;
DROP INDEX prices_contract;

-- name: Analyze :exec
-- A first load leaves Postgres without statistics, and views that join by list
-- then take plans for tiny tables; autovacuum would come a minute later.
ANALYZE products, product_versions, contracts, contract_versions, contract_usage, prices, price_history, product_status_changes, absences, snapshots, runs;

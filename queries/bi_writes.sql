-- The views of schema bi that say what was written, as screens show them.

-- name: BIRestatements :many
SELECT source, list, recorded_at::timestamptz AS recorded_at, kind::text AS kind,
    coalesce(taken_at, '0001-01-01T00:00:00Z')::timestamptz AS taken_at, coalesce(actor, '')::text AS actor, coalesce(reason, '')::text AS reason,
    coalesce(restated_from, recorded_at)::timestamptz AS restated_from, entries::bigint AS entries, versions_superseded::bigint AS versions_superseded,
    versions_inserted::bigint AS versions_inserted, prices_superseded::bigint AS prices_superseded, prices_inserted::bigint AS prices_inserted,
    status_changes_superseded::bigint AS status_changes_superseded, status_changes_inserted::bigint AS status_changes_inserted,
    run_id::bigint AS run_id, coalesce(month_ends, '')::text AS month_ends
FROM bi.restatements
ORDER BY recorded_at DESC, run_id DESC
LIMIT @most;

-- name: BIHolds :many
SELECT source, list, taken_at::timestamptz AS taken_at, state::text AS state, coalesce(held_for, '')::text AS held_for,
    coalesce(held_at, '0001-01-01T00:00:00Z')::timestamptz AS held_at, entries::integer AS entries,
    baseline_entries::integer AS baseline_entries, added::integer AS added, changed::integer AS changed, removed::integer AS removed,
    repriced::integer AS repriced, unpriced::integer AS unpriced,
    coalesce(decided_at, '0001-01-01T00:00:00Z')::timestamptz AS decided_at, coalesce(decided_by, '')::text AS decided_by,
    coalesce(decided_reason, '')::text AS decided_reason
FROM bi.holds
ORDER BY taken_at DESC, source, list
LIMIT @most;

-- name: BIRuns :many
-- Newest first; an empty source or list means every one.
SELECT source, list, run_id::bigint AS run_id, kind::text AS kind,
    coalesce(due_at, '0001-01-01T00:00:00Z')::timestamptz AS due_at, started_at::timestamptz AS started_at,
    coalesce(ended_at, '0001-01-01T00:00:00Z')::timestamptz AS ended_at, outcome::text AS outcome, pages::integer AS pages,
    entries::integer AS entries, added::integer AS added, changed::integer AS changed, removed::integer AS removed,
    warnings::integer AS warnings, coalesce(error_class, '')::text AS error_class, coalesce(error_text, '')::text AS error_text,
    coalesce(actor, '')::text AS actor, coalesce(reason, '')::text AS reason, set_aside::integer AS set_aside, doubts::integer AS doubts
FROM bi.runs
WHERE (@source::text = '' OR source = @source) AND (@list::text = '' OR list = @list)
ORDER BY run_id DESC
LIMIT @most;

-- name: BIProvenance :many
-- The pages that prove a product or contract, oldest version first.
SELECT p.name, p.valid_from::timestamptz AS valid_from, coalesce(p.valid_to, '0001-01-01T00:00:00Z')::timestamptz AS valid_to,
    p.recorded_at::timestamptz AS recorded_at, p.taken_at::timestamptz AS taken_at, p.pages_taken_at::timestamptz AS pages_taken_at,
    coalesce(p.page_number, 0)::integer AS page_number, coalesce(p.page_part, 0)::integer AS page_part,
    p.page_is_known::boolean AS page_is_known, coalesce(p.base_url, '')::text AS base_url, coalesce(p.request, '')::text AS request,
    coalesce(p.sha256, '')::text AS sha256, coalesce(p.size, 0)::integer AS size
FROM (SELECT provenance.product_name AS name, provenance.valid_from, provenance.valid_to, provenance.recorded_at, provenance.taken_at,
        provenance.pages_taken_at, provenance.page_number, provenance.page_part, provenance.page_is_known, provenance.base_url,
        provenance.request, provenance.sha256, provenance.size
    FROM bi.provenance
    WHERE provenance.source = @source AND provenance.list = @list AND provenance.product_key = @key
    UNION ALL
    SELECT contract_provenance.contract_name, contract_provenance.valid_from, contract_provenance.valid_to,
        contract_provenance.recorded_at, contract_provenance.taken_at, contract_provenance.pages_taken_at,
        contract_provenance.page_number, contract_provenance.page_part, contract_provenance.page_is_known,
        contract_provenance.base_url, contract_provenance.request, contract_provenance.sha256, contract_provenance.size
    FROM bi.contract_provenance
    WHERE contract_provenance.source = @source AND contract_provenance.list = @list AND contract_provenance.contract_key = @key) AS p
ORDER BY p.valid_from, p.page_number, p.page_part;

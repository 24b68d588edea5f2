-- audience: contracts
CREATE OR REPLACE VIEW bi.contract_usage AS
WITH spans AS (
    -- Committed snapshots in a row whose figures stand on the same pages.
    SELECT shown.list_id, shown.pages_at, min(shown.taken_at) AS first_at, max(shown.taken_at) AS last_at
    FROM (SELECT snapshots.list_id, snapshots.taken_at, coalesce(snapshots.pages_of, snapshots.taken_at) AS pages_at,
            row_number() OVER (PARTITION BY snapshots.list_id ORDER BY snapshots.taken_at)
            - row_number() OVER (PARTITION BY snapshots.list_id, coalesce(snapshots.pages_of, snapshots.taken_at)
                ORDER BY snapshots.taken_at) AS island
        FROM snapshots WHERE snapshots.status = 'committed') AS shown
    GROUP BY shown.list_id, shown.pages_at, shown.island
), figures AS (
    SELECT lists.provider, lists.source, lists.list, contracts.key, usage.list_id, usage.contract_id, usage.name, usage.resource,
        usage.unit, usage.used_from, usage.used_to, usage.quantity, spans.first_at, spans.last_at, runs.recorded_at,
        lag(usage.quantity) OVER figure IS DISTINCT FROM usage.quantity AS begins
    FROM lists
    JOIN contracts ON contracts.list_id = lists.id
    JOIN contract_usage AS usage ON usage.list_id = contracts.list_id AND usage.contract_id = contracts.id
        AND usage.superseded_by IS NULL
    JOIN runs ON runs.list_id = usage.list_id AND runs.id = usage.recorded_by
    JOIN spans ON spans.list_id = usage.list_id AND spans.pages_at = usage.taken_at
    WINDOW figure AS (PARTITION BY lists.provider, lists.source, lists.list, contracts.key, usage.name, usage.resource, usage.unit, usage.used_from, usage.used_to
        ORDER BY spans.first_at)
), numbered AS (
    SELECT figures.*, count(*) FILTER (WHERE figures.begins) OVER figure AS number, lead(figures.first_at) OVER figure IS NULL AS is_last
    FROM figures
    WINDOW figure AS (PARTITION BY figures.provider, figures.source, figures.list, figures.key, figures.name, figures.resource, figures.unit, figures.used_from, figures.used_to
        ORDER BY figures.first_at)
), stated AS (
    SELECT numbered.provider, numbered.source, numbered.list, numbered.key, numbered.list_id, numbered.contract_id, numbered.name,
        numbered.resource, numbered.unit, numbered.used_from, numbered.used_to, min(numbered.quantity) AS quantity,
        min(numbered.first_at) AS first_at, max(numbered.last_at) AS last_at, bool_or(numbered.is_last) AS is_newest,
        min(numbered.recorded_at) AS recorded_at
    FROM numbered
    GROUP BY numbered.provider, numbered.source, numbered.list, numbered.key, numbered.list_id, numbered.contract_id, numbered.name,
        numbered.resource, numbered.unit, numbered.used_from, numbered.used_to, numbered.number
)
SELECT stated.provider::text AS provider, stated.source::text AS source, stated.list::text AS list,
    stated.key::text AS contract_key, nullif(latest.contract_ref, '') AS contract_id, latest.name AS contract_name,
    stated.name AS usage_name, stated.resource, stated.used_from, stated.used_to,
    bi.exact(stated.quantity)::numeric(38,18) AS quantity,
    trim_scale(stated.quantity)::text AS quantity_text, stated.unit, stated.first_at AS first_shown_at, stated.last_at AS last_shown_at,
    stated.is_newest, stated.recorded_at
FROM stated
CROSS JOIN LATERAL (SELECT contract_versions.name, contract_versions.contract_ref FROM contract_versions
    WHERE contract_versions.list_id = stated.list_id AND contract_versions.contract_id = stated.contract_id
      AND contract_versions.superseded_by IS NULL
    ORDER BY contract_versions.valid_from DESC LIMIT 1) AS latest;

COMMENT ON VIEW bi.contract_usage IS 'Figures about contracts for spans of time, one row a value: providers correct figures of days that are over. The same figure and span has a row for each value it was shown with.';
COMMENT ON COLUMN bi.contract_usage.provider IS 'the cloud';
COMMENT ON COLUMN bi.contract_usage.source IS 'the configured account or installation, named by the operator';
COMMENT ON COLUMN bi.contract_usage.list IS 'the published list';
COMMENT ON COLUMN bi.contract_usage.contract_key IS 'the provider''s identifier of the entry in the list of contracts';
COMMENT ON COLUMN bi.contract_usage.contract_id IS 'FOCUS ContractId: the contract''s number as the provider states it, may differ from contract_key; null where it states none';
COMMENT ON COLUMN bi.contract_usage.contract_name IS 'the newest known name';
COMMENT ON COLUMN bi.contract_usage.usage_name IS 'the provider''s word for the figure';
COMMENT ON COLUMN bi.contract_usage.resource IS 'the covered resource; empty for the whole contract';
COMMENT ON COLUMN bi.contract_usage.used_from IS 'start of the span that the figure is about, inclusive';
COMMENT ON COLUMN bi.contract_usage.used_to IS 'end of that span, exclusive';
COMMENT ON COLUMN bi.contract_usage.quantity IS 'the figure; null only where numeric(38,18) cannot hold it exactly, then see quantity_text';
COMMENT ON COLUMN bi.contract_usage.quantity_text IS 'the exact figure as text';
COMMENT ON COLUMN bi.contract_usage.unit IS 'the unit of the figure, a currency''s code for amounts';
COMMENT ON COLUMN bi.contract_usage.first_shown_at IS 'the snapshot that first showed this value';
COMMENT ON COLUMN bi.contract_usage.last_shown_at IS 'the last snapshot in a row that showed it';
COMMENT ON COLUMN bi.contract_usage.is_newest IS 'no later snapshot shows another value for the same figure and span';
COMMENT ON COLUMN bi.contract_usage.recorded_at IS 'when the value was first written';

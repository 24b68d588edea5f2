package bi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/store"
)

// someContracts writes a list of two contracts, seen on five days of January:
// pc-1 gets a new state on the 3rd, pc-2 is missing from the 4th. The pages of
// the 2nd are those of the 1st, those of the 5th those of the 4th.
func someContracts(t *testing.T) (*store.Store, *pgxpool.Pool) {
	s, pool := openBI(t)
	perform(t, pool, `INSERT INTO lists (id, provider, source, list, kind, settings, confirm_snapshots, confirm_for, decoder_version)
		VALUES (7, 'scp', 'samsung', 'planned-computes', 'contract', '{}', 2, '72h', 1)`)
	perform(t, pool, `INSERT INTO runs (list_id, id, kind, started_at, heartbeat_at, ended_at, recorded_at, outcome)
		SELECT 7, n, 'sync', at, at, at, at + interval '1 minute', 'changed' FROM generate_series(1, 5) AS n, LATERAL (SELECT timestamptz '2026-01-01 00:00Z' + (n - 1) * interval '1 day') AS m (at)`)
	perform(t, pool, `INSERT INTO snapshots (list_id, taken_at, status, origin, run_id, recorded_at, recorded_by, entries, digest, pages_digest, decoder_version, settings, pages_of)
		SELECT 7, started_at, 'committed', 'sync', id, recorded_at, id, 2, '', '', 1, '{"base_url": "https://billingplan"}',
			CASE WHEN id IN (2, 5) THEN started_at - interval '1 day' END FROM runs ORDER BY id`)
	perform(t, pool, `INSERT INTO contracts (list_id, id, key) VALUES (7, 1, 'pc-1'), (7, 2, 'pc-2')`)
	perform(t, pool, `INSERT INTO contract_versions (list_id, contract_id, name, status, region_id, attributes, contract_ref, contract_type, period_start, period_end, digest, valid_from, valid_to, recorded_by, superseded_by)
		SELECT 7, v.contract_id, v.name, v.status, 'kr-west1', '{"os": "linux"}', v.ref, '1-year', '2026-01-01 00:00Z', '2027-01-01 00:00Z', substr(sha256('a'), 1, 16),
			v.valid_from::timestamptz, v.valid_to::timestamptz, v.recorded_by, v.superseded_by
		FROM (VALUES (1, 'web', 'ACTIVE', 'C-100', '2026-01-01 00:00Z', '2026-01-03 00:00Z', 1, NULL::bigint),
			(1, 'web', 'ACTIVE', 'C-100', '2026-01-01 00:00Z', NULL, 2, 3), (1, 'web 2', 'ENDING', 'C-100', '2026-01-03 00:00Z', NULL, 3, NULL),
			(2, 'db', 'ACTIVE', '', '2026-01-01 00:00Z', NULL, 1, NULL)) AS v (contract_id, name, status, ref, valid_from, valid_to, recorded_by, superseded_by)`)
	perform(t, pool, `INSERT INTO absences (list_id, contract_id, absent_from, recorded_by) VALUES (7, 2, '2026-01-04 00:00Z', 4)`)
	return s, pool
}

// TestContracts wants contracts now and as they were, under our names and
// under those of FOCUS.
func TestContracts(t *testing.T) {
	t.Parallel()
	s, _ := someContracts(t)
	for query, want := range map[string][]string{
		`SELECT contract_key, contract_id, contract_name, contract_type, status, region_id, period_start::date, period_end::date, attributes,
			not_before::date, valid_from::date, valid_to::date, is_current FROM bi.contract_history ORDER BY contract_key, valid_from`: {
			`pc-1|C-100|web|1-year|ACTIVE|kr-west1|2026-01-01|2027-01-01|{"os": "linux"}||2026-01-01|2026-01-03|f`,
			`pc-1|C-100|web 2|1-year|ENDING|kr-west1|2026-01-01|2027-01-01|{"os": "linux"}|2026-01-02|2026-01-03||t`,
			`pc-2||db|1-year|ACTIVE|kr-west1|2026-01-01|2027-01-01|{"os": "linux"}||2026-01-01||t`,
		},
		`SELECT provider, source, list, contract_key, contract_id, contract_name, status, is_missing, first_seen_at::date, last_seen_at::date
			FROM bi.contracts_current ORDER BY contract_key`: {
			"scp|samsung|planned-computes|pc-1|C-100|web 2|ENDING|f|2026-01-01|2026-01-05",
			"scp|samsung|planned-computes|pc-2||db|ACTIVE|t|2026-01-01|2026-01-03",
		},
		`SELECT contract_id, contract_period_start::date, contract_period_end::date, contract_commitment_id, contract_commitment_period_start::date,
			contract_commitment_period_end::date, contract_commitment_category, contract_commitment_type, contract_commitment_description,
			contract_commitment_quantity, contract_commitment_unit, contract_commitment_cost, billing_currency, x_provider, x_status, x_is_missing
			FROM bi.focus_contract_commitment ORDER BY contract_commitment_id`: {
			"C-100|2026-01-01|2027-01-01|pc-1|2026-01-01|2027-01-01|Usage|1-year|web 2|||||scp|ENDING|f",
			"pc-2|2026-01-01|2027-01-01|pc-2|2026-01-01|2027-01-01|Usage|1-year|db|||||scp|ACTIVE|t",
		},
	} {
		if diff := cmp.Diff(want, ask(t, s, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query[strings.Index(query, "bi."):], diff)
		}
	}
}

// TestContractPrices wants unit prices and fees by contract, and none of them
// among the prices of products.
func TestContractPrices(t *testing.T) {
	t.Parallel()
	s, pool := someContracts(t)
	perform(t, pool, `INSERT INTO prices (list_id, id, contract_id, sku_price_id, price_kind, price_variant, pricing_unit, pricing_currency)
		VALUES (7, 1, 1, 'pc-1/unit', 'contract', '', 'hour', 'KRW'), (7, 2, 1, 'pc-1/fee', 'fee', 'cancellation', 'once', 'KRW')`)
	perform(t, pool, `INSERT INTO price_history (list_id, price_id, list_unit_price, tax_basis, valid_from, valid_to, recorded_by, superseded_by) VALUES
		(7, 1, 90.5, 'unknown', '2026-01-01 00:00Z', NULL, 1, NULL), (7, 2, 5000, 'unknown', '2026-01-01 00:00Z', '2026-01-02 00:00Z', 1, NULL),
		(7, 2, 4000, 'unknown', '2026-01-02 00:00Z', NULL, 2, 4), (7, 2, 4000.0000000000000000001, 'unknown', '2026-01-02 00:00Z', NULL, 4, NULL)`)
	want := []string{
		"pc-1|C-100|web 2|contract||hour|KRW|90.500000000000000000|90.5||2026-01-01||t|2026-01-01 00:01:00+00",
		"pc-1|C-100|web 2|fee|cancellation|once|KRW|5000.000000000000000000|5000||2026-01-01|2026-01-02|f|2026-01-01 00:01:00+00",
		"pc-1|C-100|web 2|fee|cancellation|once|KRW||4000.0000000000000000001|2026-01-01|2026-01-02||t|2026-01-04 00:01:00+00",
	}
	got := ask(t, s, `SELECT contract_key, contract_id, contract_name, price_kind, price_variant, pricing_unit, pricing_currency, list_unit_price,
		list_unit_price_text, not_before::date, valid_from::date, valid_to::date, is_current, recorded_at FROM bi.contract_prices ORDER BY price_kind, valid_from`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bi.contract_prices (-want +got):\n%s", diff)
	}
	for _, view := range []string{"price_history", "prices_current", "price_changes", "price_versions", "prices_month_end", "focus_sku_price", "prices_as_of(now())"} {
		if got := ask(t, s, "SELECT * FROM bi."+view); len(got) != 0 {
			t.Errorf("bi.%s shows a contract's price: %v", view, got)
		}
	}
}

// TestContractUsage wants each value of a figure with the snapshot that first
// showed it and the last in a row that did, also where that one's pages are
// another's, and also where a value comes back.
func TestContractUsage(t *testing.T) {
	t.Parallel()
	s, pool := someContracts(t)
	perform(t, pool, `INSERT INTO contract_usage (list_id, contract_id, name, resource, used_from, used_to, quantity, unit, taken_at, recorded_by)
		SELECT 7, u.contract_id, u.name, u.resource, u.used_from::timestamptz, u.used_from::timestamptz + interval '1 day', u.quantity, 'hour', u.taken_at::timestamptz, u.run
		FROM (VALUES (1, 'used_time', 'vm-1', '2025-12-30 00:00Z', 10, '2026-01-01 00:00Z', 1), (1, 'used_time', 'vm-1', '2025-12-30 00:00Z', 10.0, '2026-01-03 00:00Z', 3),
			(1, 'used_time', 'vm-1', '2025-12-30 00:00Z', 12.5, '2026-01-04 00:00Z', 4), (1, 'used_time', '', '2025-12-30 00:00Z', -3, '2026-01-01 00:00Z', 1),
			(1, 'used_time', 'vm-2', '2025-12-30 00:00Z', 1, '2026-01-01 00:00Z', 1), (1, 'used_time', 'vm-2', '2025-12-30 00:00Z', 2, '2026-01-03 00:00Z', 3),
			(1, 'used_time', 'vm-2', '2025-12-30 00:00Z', 1, '2026-01-04 00:00Z', 4), (1, 'used_time', 'vm-1', '2025-12-31 00:00Z', 7, '2026-01-04 00:00Z', 4))
			AS u (contract_id, name, resource, used_from, quantity, taken_at, run)`)
	want := []string{
		"pc-1|C-100|web 2|used_time||2025-12-30|2025-12-31|-3.000000000000000000|-3|hour|2026-01-01|2026-01-02|t",
		"pc-1|C-100|web 2|used_time|vm-1|2025-12-30|2025-12-31|10.000000000000000000|10|hour|2026-01-01|2026-01-03|f",
		"pc-1|C-100|web 2|used_time|vm-1|2025-12-30|2025-12-31|12.500000000000000000|12.5|hour|2026-01-04|2026-01-05|t",
		"pc-1|C-100|web 2|used_time|vm-1|2025-12-31|2026-01-01|7.000000000000000000|7|hour|2026-01-04|2026-01-05|t",
		"pc-1|C-100|web 2|used_time|vm-2|2025-12-30|2025-12-31|1.000000000000000000|1|hour|2026-01-01|2026-01-02|f",
		"pc-1|C-100|web 2|used_time|vm-2|2025-12-30|2025-12-31|2.000000000000000000|2|hour|2026-01-03|2026-01-03|f",
		"pc-1|C-100|web 2|used_time|vm-2|2025-12-30|2025-12-31|1.000000000000000000|1|hour|2026-01-04|2026-01-05|t",
	}
	got := ask(t, s, `SELECT contract_key, contract_id, contract_name, usage_name, resource, used_from::date, used_to::date, quantity, quantity_text, unit,
		first_shown_at::date, last_shown_at::date, is_newest FROM bi.contract_usage ORDER BY resource, used_from, first_shown_at`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bi.contract_usage (-want +got):\n%s", diff)
	}
}

// TestContractUsageOverALatePage wants a value that two snapshots share to be
// two, once a late snapshot between them shows another.
func TestContractUsageOverALatePage(t *testing.T) {
	t.Parallel()
	s, pool := someContracts(t)
	perform(t, pool, `INSERT INTO runs (list_id, id, kind, started_at, heartbeat_at, ended_at, recorded_at, outcome) VALUES (7, 6, 'backfill', now(), now(), now(), now(), 'changed')`)
	perform(t, pool, `INSERT INTO snapshots (list_id, taken_at, status, origin, run_id, recorded_at, recorded_by, entries, digest, pages_digest, decoder_version, settings)
		VALUES (7, '2026-01-01 12:00Z', 'committed', 'backfill', 6, now(), 6, 2, '', '', 1, '{}')`)
	perform(t, pool, `INSERT INTO contract_usage (list_id, contract_id, name, used_from, used_to, quantity, unit, taken_at, recorded_by)
		VALUES (7, 1, 'used', '2025-12-30 00:00Z', '2025-12-31 00:00Z', 1, 'hour', '2026-01-01 00:00Z', 1), (7, 1, 'used', '2025-12-30 00:00Z', '2025-12-31 00:00Z', 2, 'hour', '2026-01-01 12:00Z', 6)`)
	want := []string{
		"1|2026-01-01 00:00:00+00|2026-01-01 00:00:00+00|f", "2|2026-01-01 12:00:00+00|2026-01-01 12:00:00+00|f",
		"1|2026-01-02 00:00:00+00|2026-01-02 00:00:00+00|t",
	}
	got := ask(t, s, `SELECT quantity_text, first_shown_at, last_shown_at, is_newest FROM bi.contract_usage ORDER BY first_shown_at`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bi.contract_usage (-want +got):\n%s", diff)
	}
}

// TestContractProvenance wants contracts led back to their pages too, apart
// from products.
func TestContractProvenance(t *testing.T) {
	t.Parallel()
	s, pool := someContracts(t)
	perform(t, pool, `INSERT INTO pages (list_id, id, sha256, media_type, size, body) VALUES (7, 1, sha256('x'), 'json', 9, '')`)
	perform(t, pool, `INSERT INTO snapshot_pages (list_id, taken_at, number, part, request, page_id) VALUES (7, '2026-01-01 00:00Z', 1, 2, 'GET /v1/planned-computes/pc-1/instances', 1)`)
	got, err := s.Report.Provenance(t.Context(), catalog.ListID{Source: "samsung", Name: "planned-computes"}, "pc-1")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Request != "GET /v1/planned-computes/pc-1/instances" || got[0].Part != 2 || got[0].Known || got[1].SHA256 != "" || got[1].Page != 0 {
		t.Errorf("provenance: %+v", got)
	}
	if lines := ask(t, s, "SELECT * FROM bi.provenance"); len(lines) != 0 {
		t.Errorf("bi.provenance shows contracts: %v", lines)
	}
}

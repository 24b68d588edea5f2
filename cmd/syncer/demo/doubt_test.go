package demo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// doubtsAreShown wants what the slips of the world, and its announced price, are in
// every view that has to do with them, row by row.
func doubtsAreShown(t *testing.T, database string) {
	t.Helper()
	conn := seoul(t, database)
	for _, test := range []struct {
		what, sql string
		want      []string
	}{
		{"doubts", `SELECT concat_ws(' ', product_key, price_variant, reason, list_unit_price_text, '>', shown_list_unit_price_text,
				(doubted_from AT TIME ZONE 'UTC')::date, '-', (doubted_to AT TIME ZONE 'UTC')::date, status, (confirmed_at AT TIME ZONE 'UTC')::date, confirmed_by)
			FROM bi.doubts ORDER BY doubted_from, 1`, []string{
			"hpa_2.4_n full amount 32900 > 329000000 2026-01-30 - 2026-02-01 ended",
			"hpa_2.4_n partial amount 1220 > 12200000 2026-01-30 - 2026-02-01 ended",
			"soi_2.8_s full amount 45100 > 4200 2026-02-16 - confirmed 2026-02-19 count",
			"soi_2.8_s partial amount 1670 > 155 2026-02-16 - confirmed 2026-02-19 count",
			"5f60b16dc0d24f6edf08f6d7c8b90a06 snapShot lost 0.00000008 > 2026-02-26 - confirmed 2026-03-01 count",
		}},
		{"the prices of what was doubted or taken back", `SELECT concat_ws(' ', product_key, list_unit_price_text,
				(valid_from AT TIME ZONE 'UTC')::date, '-', (valid_to AT TIME ZONE 'UTC')::date)
			FROM bi.price_history WHERE source = 'iwinv' AND price_variant = 'full' AND product_key IN ('hpa_2.4_n', 'soi_2.8_s', 'gna_2.4_n')
			ORDER BY product_key, valid_from`, []string{
			"gna_2.4_n 27800 2026-01-05 - 2026-02-23",
			"hpa_2.4_n 34900 2026-01-05 - 2026-01-19",
			"hpa_2.4_n 32900 2026-01-19 -",
			"soi_2.8_s 45100 2026-01-05 - 2026-02-16",
			"soi_2.8_s 4200 2026-02-16 -",
		}},
		{"set aside", `SELECT concat_ws(' ', list, product_key, part, reason, (since AT TIME ZONE 'UTC')::date, '-', (until AT TIME ZONE 'UTC')::date,
				snapshots, rows, stands, '.') FROM bi.set_aside ORDER BY since`, []string{
			"server-images 23214590 fields incomplete 2026-02-11 - 2026-02-14 3 1 ubuntu-22.04-base (2026), CREAT .",
		}},
		{"the image of which the detail is refused", `SELECT concat_ws(' ', event, (changed_at AT TIME ZONE 'UTC')::date)
			FROM bi.product_status_changes WHERE product_key = '23214590'`, []string{"appeared 2026-01-05"}},
		{"announced", `SELECT concat_ws(' ', product_key, price_variant, list_unit_price_text, (announced_at AT TIME ZONE 'UTC')::date,
				(effective_from AT TIME ZONE 'UTC')::date, (ended_at AT TIME ZONE 'UTC')::date, state) FROM bi.prices_announced`, []string{
			"5f60b16dc0d24f6edf08f6d7c8b90a06 dataVolume 0.00000013 2026-03-05 2026-03-19 2026-03-19 in force",
		}},
		{"taken back", `SELECT concat_ws(' ', list, product_key, (taken_at AT TIME ZONE 'UTC')::date, retracted_by, reason) FROM bi.retractions`, []string{
			"flavors gna_2.4_n 2026-02-05 demo iwinv wrote that the price of that day was an error",
		}},
		{"restatements of what was believed late or taken back", `SELECT concat_ws(' ', source, list, kind, prices_superseded, prices_inserted)
			FROM bi.restatements WHERE source = 'iwinv' AND kind IN ('retract', 'doubt_confirmed') ORDER BY 1`, []string{
			"iwinv flavors doubt_confirmed 2 4",
			"iwinv flavors retract 6 2",
		}},
	} {
		rows, err := conn.Query(t.Context(), test.sql)
		if err != nil {
			t.Fatalf("%s: %v", test.what, err)
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("%s: %v", test.what, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
}

package bi_test

import (
	"encoding/json"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/store/storetest"
)

// large is a database of writeManyPrices.
var large = storetest.NewFixture(func(t testing.TB, pool *pgxpool.Pool) []*storetest.Live {
	writeManyPrices(t, pool)
	return nil
})

// writeManyPrices fills a database with 20,000 prices of 10,000 products in three
// lists, seen on 100 days; a third of the prices changed four times, and
// every product its status, on days spread over the time.
func writeManyPrices(t testing.TB, pool *pgxpool.Pool) {
	for _, sql := range []string{
		`INSERT INTO lists (provider, source, list, kind, settings, confirm_snapshots, confirm_for, decoder_version)
			SELECT 'p', 's', 'l' || n, 'product', '{}', 2, '72h', 1 FROM generate_series(1, 3) AS n`,
		`INSERT INTO runs (list_id, kind, started_at, heartbeat_at, ended_at, recorded_at, outcome)
			SELECT lists.id, 'sync', at, at, at, at + interval '1 minute', 'changed'
			FROM generate_series(timestamptz '2026-01-01 00:00Z', '2026-04-10 00:00Z', '1 day') AS at, lists ORDER BY at, lists.id`,
		`INSERT INTO snapshots (list_id, taken_at, status, origin, run_id, recorded_at, recorded_by, entries, digest, pages_digest, decoder_version, settings)
			SELECT list_id, started_at, 'committed', 'sync', id, recorded_at, id, 7000, '', '', 1, '{}' FROM runs`,
		`INSERT INTO products (list_id, key) SELECT 1 + n % 3, 'key-' || n FROM generate_series(1, 10000) AS n`,
		`INSERT INTO product_versions (list_id, product_id, name, attributes, digest, valid_from, recorded_by)
			SELECT products.list_id, products.id, products.key, '{}', decode(md5(products.key), 'hex'), runs.started_at, runs.id
			FROM products JOIN runs ON runs.list_id = products.list_id AND runs.started_at = '2026-01-01 00:00Z'`,
		`INSERT INTO prices (list_id, product_id, sku_price_id, price_kind, price_variant, pricing_unit, pricing_currency)
			SELECT list_id, id, key || '/' || variant, 'list', variant, 'month', 'KRW' FROM products, unnest(ARRAY['full', 'partial']) AS variant`,
		`INSERT INTO price_history (list_id, price_id, list_unit_price, tax_basis, valid_from, valid_to, recorded_by)
			SELECT prices.list_id, prices.id, 100 + n, 'excluded', at, lead(at) OVER (PARTITION BY prices.id ORDER BY at), runs.id
			FROM prices CROSS JOIN generate_series(0, 4) AS n
			CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01 00:00Z' + (CASE n WHEN 0 THEN 0 ELSE n * 23 - prices.id % 20 END) * interval '1 day' AS at) AS moment
			JOIN runs ON runs.list_id = prices.list_id AND runs.started_at = at WHERE n = 0 OR prices.id % 3 = 0
			ORDER BY at`,
		`INSERT INTO product_status_changes (list_id, product_id, aspect, changed_at, event, recorded_by)
			SELECT version.list_id, version.product_id, 'status', version.valid_from + day * interval '1 day', 'relisted', version.recorded_by
			FROM product_versions AS version, generate_series(0, 4) AS n, LATERAL (SELECT n * 20 + version.product_id % 20 AS day) AS spread
			ORDER BY day`,
		"VACUUM ANALYZE",
	} {
		perform(t, pool, sql)
	}
}

// node is a step of a plan, as EXPLAIN prints it.
type node struct {
	Relation string  `json:"Relation Name"`
	Rows     float64 `json:"Actual Rows"`
	Loops    float64 `json:"Actual Loops"`
	Filtered float64 `json:"Rows Removed by Filter"`
	Lossy    float64 `json:"Rows Removed by Index Recheck"`
	Plans    []node
}

// read adds up the rows that a plan read from each table.
func (n node) read(rows map[string]float64) {
	if n.Relation != "" {
		rows[n.Relation] += (n.Rows + n.Filtered + n.Lossy) * n.Loops
	}
	for _, below := range n.Plans {
		below.read(rows)
	}
}

// plansAnew is a pool that plans every query for its values, and compiles none.
func plansAnew(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.ConnConfig.RuntimeParams["jit"] = "off"
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// TestQuestionsReadWhatTheyAskFor runs the questions of screens and analysts on
// many prices and counts the rows read: those about one product or one day
// must not read all of a table.
func TestQuestionsReadWhatTheyAskFor(t *testing.T) {
	t.Parallel()
	pool := plansAnew(t, large.URL(t))
	const product = " WHERE source = 's' AND list = 'l2' AND product_key = 'key-100'"
	const day = " WHERE changed_at >= '2026-02-15 00:00Z' AND changed_at < '2026-02-16 00:00Z'"
	const month = " WHERE source = 's' AND list = 'l2' AND changed_at >= '2026-02-01 00:00Z' AND changed_at < '2026-03-01 00:00Z'"
	everything := []string{"price_history", "prices", "product_versions", "products", "product_status_changes"}
	for _, ask := range []struct {
		question string
		limit    float64
		tables   []string
	}{
		{"bi.price_history" + product, 300, everything},
		{"bi.prices_current" + product, 300, everything},
		{"bi.price_versions" + product, 300, everything},
		{"bi.price_changes" + product, 300, everything},
		{"bi.prices_as_of('2026-02-15 00:00Z')" + product, 300, everything},
		{"bi.prices_as_of('2026-02-15 00:00Z', now())" + product, 300, everything},
		{"bi.prices_on('2026-02-15')" + product, 300, everything},
		{"bi.prices_month_end" + product, 300, everything},
		{"bi.product_history" + product, 300, everything},
		{"bi.products_current" + product, 300, everything},
		{"bi.product_status_changes" + product, 300, everything},
		{"bi.zone_status_history" + product, 300, everything},
		{"bi.availability" + product, 300, everything},
		{"bi.provenance" + product, 300, everything},
		{"bi.focus_sku_price WHERE x_source = 's' AND x_list = 'l2' AND sku_id = 'key-100'", 300, everything},
		{"bi.restatements", 300, everything},
		// Postgres may still hash all identities, which is one cheap pass.
		{"bi.price_changes" + day, 5000, []string{"price_history"}},
		{"bi.price_changes" + month, 30_000, []string{"runs", "price_history"}}, // 5,000 changes
		// A BRIN index leads to blocks of about 10,000 rows.
		{"bi.product_status_changes" + day, 20_000, []string{"product_status_changes"}},
	} {
		var plan []struct{ Plan node }
		text := storetest.Rows(t, pool, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT * FROM "+ask.question, pgx.RowTo[string])[0]
		if err := json.Unmarshal([]byte(text), &plan); err != nil {
			t.Fatal(err)
		}
		rows := map[string]float64{}
		plan[0].Plan.read(rows)
		for _, table := range ask.tables {
			if rows[table] > ask.limit {
				t.Errorf("%s\nreads %.0f rows of %s, more than %.0f", ask.question, rows[table], table, ask.limit)
			}
		}
	}
}

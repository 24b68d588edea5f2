package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/display"
	"syncer/cmd/syncer/terminal"
	"syncer/simulate"
	"syncer/store/report"
	"syncer/timeline"
)

// mostRows bounds the tables of the demo, so that all of it fits two screens.
const mostRows = 15

// Show prints what the weeks brought, and how to ask more.
func (d *Demo) Show(ctx context.Context) error {
	shown := d.results(ctx)
	_, err := fmt.Fprintf(d.options.Screen, "Connect:  %s\n", d.server.PSQL())
	return errors.Join(shown, err)
}

func (d *Demo) results(ctx context.Context) error {
	prices, err := d.store.Report.PriceChanges(ctx, time.Time{}, 100_000)
	if err != nil {
		return err
	}
	statuses, err := d.store.Report.StatusChanges(ctx, time.Time{}, 100_000)
	if err != nil {
		return err
	}
	lists := 0
	for _, source := range d.sources {
		lists += len(source)
	}
	fmt.Fprintf(d.options.Screen, "\n%s lists, %s days, %s entries over HTTP in %s.\n", terminal.Count(lists),
		terminal.Count(days), terminal.Count(int(d.entries.Load())), terminal.Duration(d.options.Now().Sub(d.started)))
	return errors.Join(
		d.heading(fmt.Sprintf("Price changes (some of %s)", terminal.Count(len(prices)))),
		display.PriceChanges(d.options.Screen, scripted(prices), time.UTC),
		d.heading(fmt.Sprintf("Status changes (some of %s)", terminal.Count(len(statuses)))),
		display.StatusChanges(d.options.Screen, eventful(statuses), time.UTC),
		d.doubts(ctx), d.contracts(ctx), d.chart(ctx, prices), d.queries(ctx))
}

func (d *Demo) heading(text string) error {
	_, err := fmt.Fprintf(d.options.Screen, "\n%s\n\n", d.options.Screen.Paint(terminal.Bold, text))
	return err
}

// scripted picks the changes of the products that changed most often, some of
// each source, in time order: the world's script rather than its generated
// crowd.
func scripted(changes []report.PriceChange) []report.PriceChange {
	often := timesChanged(changes)
	ranked := slices.Clone(changes)
	slices.SortStableFunc(ranked, func(a, b report.PriceChange) int {
		return cmp.Or(cmp.Compare(often[b.Key], often[a.Key]), cmp.Compare(a.Key, b.Key))
	})
	picked := someOfEach(ranked, func(c report.PriceChange) string { return c.List.Source })
	slices.SortStableFunc(picked, func(a, b report.PriceChange) int { return a.ChangedAt.Compare(b.ChangedAt) })
	return picked
}

// someOfEach takes the first of each group, as many of each as fit the screen.
func someOfEach[T any](ranked []T, group func(T) string) []T {
	groups := make(map[string]int)
	for _, change := range ranked {
		groups[group(change)] = 0
	}
	most := mostRows / max(len(groups), 1)
	var picked []T
	for _, change := range ranked {
		if groups[group(change)]++; groups[group(change)] <= most {
			picked = append(picked, change)
		}
	}
	return picked
}

// timesChanged counts how often the amounts of each product moved.
func timesChanged(changes []report.PriceChange) map[string]int {
	often := make(map[string]int)
	for _, change := range changes {
		if change.Percent != "" {
			often[change.Key]++
		}
	}
	return often
}

// eventful picks what happened in one zone and the comings and goings before the
// mere changes of a word, some of each source, in time order.
func eventful(changes []report.StatusChange) []report.StatusChange {
	rank := map[string]int{timeline.Delisted: 1, timeline.Relisted: 1, timeline.Missing: 2, timeline.Changed: 2, timeline.Appeared: 3}
	order := func(c report.StatusChange) int {
		if c.Zone != "" && c.Event == timeline.Changed {
			return 0
		}
		return rank[c.Event]
	}
	ranked := slices.Clone(changes)
	slices.SortStableFunc(ranked, func(a, b report.StatusChange) int { return cmp.Compare(order(a), order(b)) })
	picked := someOfEach(ranked, func(c report.StatusChange) string { return c.List.Source })
	slices.SortStableFunc(picked, func(a, b report.StatusChange) int { return a.ChangedAt.Compare(b.ChangedAt) })
	return picked
}

// doubts shows what was not believed at once, not to be read, taken back or known
// before its day, since when, and how that ended.
func (d *Demo) doubts(ctx context.Context) error {
	return errors.Join(d.heading("Doubts"), d.ask(ctx, `SELECT what, product_key AS product, of, stood, shown, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS since,
    to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS until, how
FROM (SELECT 'doubted' AS what, product_key, price_variant AS of, list_unit_price_text AS stood, coalesce(shown_list_unit_price_text, reason) AS shown, doubted_from AS since,
        coalesce(confirmed_at, doubted_to) AS until, CASE WHEN status = 'confirmed' THEN 'believed' ELSE status END AS how FROM bi.doubts
    UNION ALL SELECT 'set aside', product_key, part, NULL, reason, since, until, CASE WHEN is_current THEN 'lasts' ELSE 'read again' END FROM bi.set_aside
    UNION ALL SELECT 'taken back', product_key, NULL, NULL, NULL, taken_at, restored_at, 'by ' || retracted_by FROM bi.retractions
    UNION ALL SELECT 'announced', product_key, price_variant, NULL, list_unit_price_text, announced_at, ended_at, state FROM bi.prices_announced) AS everything
ORDER BY since, what, product_key, of LIMIT 15`))
}

// contracts shows what the account's own contracts are, and cost to leave.
func (d *Demo) contracts(ctx context.Context) error {
	return errors.Join(d.heading("Contracts"), d.ask(ctx, `SELECT coalesce(c.contract_id, c.contract_key) AS contract, c.name, c.contract_type AS type, c.status,
    to_char(c.period_end AT TIME ZONE 'Asia/Seoul', 'YYYY-MM-DD') AS ends, fee.list_unit_price_text AS fee, fee.pricing_currency AS cur,
    (SELECT count(*) FROM bi.contract_prices p WHERE p.contract_key = c.contract_key AND p.price_kind = 'fee') AS fees_seen,
    (SELECT count(*) FROM bi.contract_prices p WHERE p.contract_key = c.contract_key AND p.price_kind = 'contract' AND p.is_current) AS unit_prices
FROM bi.contracts_current c
LEFT JOIN bi.contract_prices fee ON fee.contract_key = c.contract_key AND fee.price_kind = 'fee' AND fee.is_current
ORDER BY (SELECT count(DISTINCT (h.status, h.contract_type, h.period_end, h.attributes)) FROM bi.contract_history h
    WHERE h.contract_key = c.contract_key) DESC, 1 LIMIT 6`))
}

// chart draws the price that changed most often.
func (d *Demo) chart(ctx context.Context, changes []report.PriceChange) error {
	often := timesChanged(changes)
	if len(changes) == 0 {
		return nil
	}
	most := slices.MaxFunc(changes, func(a, b report.PriceChange) int {
		return cmp.Or(cmp.Compare(often[a.Key], often[b.Key]), cmp.Compare(b.Key, a.Key))
	})
	history, err := d.store.Report.ProductHistory(ctx, most.List, most.Key)
	if err != nil {
		return err
	}
	end := simulate.WorldStart().AddDate(0, 0, days)
	labels := display.PriceLabels(history.Prices, func(v *report.PriceVersion) (string, catalog.PriceIdentity) { return "", v.Price() })
	for _, chart := range display.Charts(history.Prices, labels, end, time.UTC) {
		chart.Title = fmt.Sprintf("%s %s: %s", most.List, most.Key, chart.Title)
		return errors.Join(d.options.Screen.Line(), chart.Show(d.options.Screen))
	}
	return nil
}

// queriesToTry are for the reader to try; they are answered on the spot.
func queriesToTry() []string {
	return []string{
		`SELECT product_key, price_variant, list_unit_price_text AS price, pricing_currency AS cur, pricing_unit AS unit
FROM bi.prices_as_of('2026-02-15 00:00Z')
WHERE source = 'iwinv' AND product_key LIKE 'vgna%' ORDER BY 1, 2;`,
		`SELECT product_key, availability_zone AS zone, status, since
FROM bi.availability WHERE source = 'huawei' AND availability_zone IS NOT NULL
ORDER BY since DESC, 1, 2 LIMIT 5;`,
		`SELECT source, count(*) AS lists, sum(last_entries) AS entries, string_agg(DISTINCT state, ', ') AS state,
    (SELECT count(*) FROM bi.price_changes p WHERE p.source = f.source AND change_kind = 'raised') AS raised,
    (SELECT count(*) FROM bi.price_changes p WHERE p.source = f.source AND change_kind = 'lowered') AS lowered
FROM bi.freshness f GROUP BY source ORDER BY 1;`,
	}
}

func (d *Demo) queries(ctx context.Context) error {
	all := d.heading("Ask in SQL")
	for _, query := range queriesToTry() {
		fmt.Fprintf(d.options.Screen, "%s\n\n", d.options.Screen.Paint(terminal.Faint, query))
		all = errors.Join(all, d.ask(ctx, query), d.options.Screen.Line())
	}
	return all
}

// ask shows the answer to a query.
func (d *Demo) ask(ctx context.Context, query string) error {
	answer, err := d.store.Report.Query(ctx, query)
	if err != nil {
		return err
	}
	table := terminal.Table{Head: answer.Columns}
	for _, row := range answer.Rows {
		table.Add(row...)
	}
	return table.Show(d.options.Screen)
}

package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"syncer/cmd/syncer/terminal"
	"syncer/simulate"
	"syncer/store"
	"syncer/timeline"
)

// demoRows bounds the tables of the demo, so that all of it fits two screens.
const demoRows = 14

// show prints what the weeks brought.
func (d *demo) show(s *session) error {
	prices, err := d.store.PriceChanges(s.ctx, time.Time{}, 100_000)
	if err != nil {
		return err
	}
	statuses, err := d.store.StatusChanges(s.ctx, time.Time{}, 100_000)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.screen, "\n%s lists, %s days, %s entries over HTTP in %s.\n", terminal.Count(len(d.lists)),
		terminal.Count(demoDays), terminal.Count(d.entries), terminal.Duration(s.Now().Sub(d.started)))
	return errors.Join(
		d.heading(s, fmt.Sprintf("Price changes (%s of %s)", terminal.Count(min(demoRows, len(prices))), terminal.Count(len(prices)))),
		showPriceChanges(s.screen, scripted(prices), time.UTC),
		d.heading(s, fmt.Sprintf("Status changes (%s of %s)", terminal.Count(min(demoRows, len(statuses))), terminal.Count(len(statuses)))),
		showStatusChanges(s.screen, telling(statuses), time.UTC),
		d.chart(s, prices), d.queries(s), d.psql(s))
}

func (d *demo) heading(s *session, text string) error {
	_, err := fmt.Fprintf(s.screen, "\n%s\n\n", s.screen.Paint(terminal.Bold, text))
	return err
}

// scripted picks the changes of the products that changed most often, in time
// order: the world's script rather than its generated crowd.
func scripted(changes []store.PriceChange) []store.PriceChange {
	often := timesChanged(changes)
	picked := slices.Clone(changes)
	slices.SortStableFunc(picked, func(a, b store.PriceChange) int { return cmp.Compare(often[b.Key], often[a.Key]) })
	picked = picked[:min(demoRows, len(picked))]
	slices.SortStableFunc(picked, func(a, b store.PriceChange) int { return a.ChangedAt.Compare(b.ChangedAt) })
	return picked
}

// timesChanged counts how often the amounts of each product moved.
func timesChanged(changes []store.PriceChange) map[string]int {
	often := make(map[string]int)
	for _, change := range changes {
		if change.Percent != "" {
			often[change.Key]++
		}
	}
	return often
}

// telling picks the comings and goings before the mere changes of a word, in
// time order.
func telling(changes []store.StatusChange) []store.StatusChange {
	rank := map[string]int{timeline.Delisted: 0, timeline.Relisted: 0, timeline.Missing: 1, timeline.Changed: 2, timeline.Appeared: 3}
	picked := slices.Clone(changes)
	slices.SortStableFunc(picked, func(a, b store.StatusChange) int { return cmp.Compare(rank[a.Event], rank[b.Event]) })
	picked = picked[:min(demoRows, len(picked))]
	slices.SortStableFunc(picked, func(a, b store.StatusChange) int { return a.ChangedAt.Compare(b.ChangedAt) })
	return picked
}

// chart draws the price that changed most often.
func (d *demo) chart(s *session, changes []store.PriceChange) error {
	often := timesChanged(changes)
	if len(changes) == 0 {
		return nil
	}
	most := slices.MaxFunc(changes, func(a, b store.PriceChange) int {
		return cmp.Or(cmp.Compare(often[a.Key], often[b.Key]), cmp.Compare(b.Key, a.Key))
	})
	history, err := d.store.ProductHistory(s.ctx, most.List, most.Key)
	if err != nil {
		return err
	}
	end := simulate.WorldStart().AddDate(0, 0, demoDays)
	for _, chart := range chartsOf(history.Prices, end, time.UTC) {
		chart.Title = fmt.Sprintf("%s %s: %s", most.List, most.Key, chart.Title)
		return errors.Join(line(s.screen), chart.Show(s.screen))
	}
	return nil
}

// demoQueries are for the reader to try; they are answered on the spot.
func demoQueries() []string {
	return []string{
		`SELECT product_key, price_variant, list_unit_price_text AS price, pricing_currency AS cur, pricing_unit AS unit
FROM bi.price_history
WHERE product_key LIKE 'vgna%' AND timestamptz '2026-02-15 00:00Z' >= valid_from
  AND (valid_to IS NULL OR timestamptz '2026-02-15 00:00Z' < valid_to)
ORDER BY 1, 2;`,
		`SELECT change_kind, count(*) AS changes, round(avg(percent), 1) AS avg_percent
FROM bi.price_changes WHERE changed_at > timestamptz '2026-01-05 00:00Z'
GROUP BY 1 ORDER BY 2 DESC;`,
		`SELECT source, list, state, last_entries AS entries, last_outcome FROM bi.freshness ORDER BY 1, 2;`,
	}
}

func (d *demo) queries(s *session) error {
	all := d.heading(s, "Ask in SQL")
	for _, query := range demoQueries() {
		answer, err := d.store.Ask(s.ctx, query)
		if err != nil {
			return errors.Join(all, err)
		}
		table := terminal.Table{Head: answer.Columns}
		for _, row := range answer.Rows {
			table.Add(row...)
		}
		fmt.Fprintf(s.screen, "%s\n\n", s.screen.Paint(terminal.Faint, query))
		all = errors.Join(all, table.Show(s.screen), line(s.screen))
	}
	return all
}

func (d *demo) psql(s *session) error {
	_, err := fmt.Fprintf(s.screen, "Connect:  %s\n", d.server.PSQL())
	return err
}

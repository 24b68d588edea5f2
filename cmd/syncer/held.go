package main

import (
	"errors"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/display"
	"syncer/cmd/syncer/terminal"
	"syncer/store"
)

// heldCommand is `syncer held`.
type heldCommand struct {
	Lists []string `arg:"" optional:"" name:"list" help:"SOURCE/LIST or SOURCE; all when left out."`
	Most  int      `help:"Name at most so many entries of each kind." default:"10"`
	JSON  bool     `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer held --help`.
func (heldCommand) Help() string {
	return `Shows the snapshots that the guard holds: each reason with its number, its limit and three examples, what each snapshot would add, change and remove, and how prices would move. Decide them with syncer accept or syncer reject.`
}

// heldJSON is one held snapshot as --json writes it.
type heldJSON struct {
	List     string          `json:"list"`
	TakenAt  time.Time       `json:"taken_at"`
	Origin   string          `json:"origin"`
	Entries  int             `json:"entries"`
	HeldFor  string          `json:"held_for"`
	Reasons  []string        `json:"reasons"`  // those of held_for, one by one
	Baseline int             `json:"baseline"` // entries of the snapshot before it
	Added    []string        `json:"added"`
	Changed  []string        `json:"changed"`
	Removed  []string        `json:"removed"`
	Unpriced []string        `json:"unpriced"` // entries that stay and lose a price
	Repriced []repriced      `json:"repriced"`
	Ratios   []display.Ratio `json:"ratios"`
}

type repriced struct {
	Key      string `json:"product_key"`
	Variant  string `json:"price_variant"`
	Unit     string `json:"pricing_unit"`
	Currency string `json:"pricing_currency"`
	Region   string `json:"region_id"`             // "" for none
	Tier     string `json:"quantity_tier_minimum"` // "" without tiers
	SKUPrice string `json:"sku_price_id"`
	From     string `json:"from"`
	To       string `json:"to"`
}

func (r *repriced) price() catalog.PriceIdentity {
	return catalog.PriceIdentity{SKUPriceID: r.SKUPrice, Variant: r.Variant, Unit: r.Unit, Currency: r.Currency, RegionID: r.Region, TierMinimum: r.Tier}
}

// Run shows what is held.
func (c *heldCommand) Run(s *session) error {
	all := []heldJSON{}
	err := s.eachOpen(c.Lists, func(list openList) error {
		held, err := list.runner.Store.HeldSnapshots(s.ctx, list.List)
		for _, snapshot := range held {
			all = append(all, heldLine(list.ID, snapshot))
		}
		return err
	})
	if err != nil && len(all) == 0 {
		return err
	}
	if c.JSON {
		return errors.Join(err, s.showJSON(all))
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(s.screen, "Nothing is held.")
		return err
	}
	for i, held := range all {
		if i > 0 {
			err = errors.Join(err, s.screen.Line())
		}
		err = errors.Join(err, c.show(s.screen, held))
	}
	return err
}

func heldLine(id catalog.ListID, held store.HeldSnapshot) heldJSON {
	d := held.Delta
	line := heldJSON{
		List: id.String(), TakenAt: held.TakenAt, Origin: string(held.Origin), Entries: held.Entries, HeldFor: held.HeldFor, Reasons: orEmpty(d.Reasons),
		Baseline: d.Baseline, Added: orEmpty(d.Added), Changed: orEmpty(d.Changed), Removed: orEmpty(d.Removed), Unpriced: orEmpty(d.Unpriced),
		Repriced: []repriced{}, Ratios: display.Ratios(d.Repriced),
	}
	for _, p := range d.Repriced {
		line.Repriced = append(line.Repriced, repriced{
			p.Key, p.Price.Variant, p.Price.Unit, p.Price.Currency, p.Price.RegionID, p.Price.TierMinimum, p.Price.SKUPriceID, catalog.DecimalText(p.From), catalog.DecimalText(p.To),
		})
	}
	return line
}

// orEmpty is a list that JSON writes as [] where it is empty.
func orEmpty(keys []string) []string { return append([]string{}, keys...) }

func (c *heldCommand) show(screen terminal.Screen, held heldJSON) error {
	at := held.TakenAt.Format(time.RFC3339Nano)
	fmt.Fprintln(screen, screen.Paint(terminal.Bold, held.List+"  "+at))
	reasons := held.Reasons
	if len(reasons) == 0 { // held by an earlier syncer
		reasons = []string{held.HeldFor}
	}
	for _, reason := range reasons {
		fmt.Fprintf(screen, "  held because %s\n", screen.Paint(terminal.Warn, terminal.Clean(reason)))
	}
	fmt.Fprintf(screen, "  %s entries, %s before it: %d added, %d changed, %d removed, %d without a price they had\n", terminal.Count(held.Entries),
		terminal.Count(held.Baseline), len(held.Added), len(held.Changed), len(held.Removed), len(held.Unpriced))
	for _, group := range []struct {
		word string
		keys []string
	}{{"removed", held.Removed}, {"added", held.Added}, {"unpriced", held.Unpriced}} {
		c.showKeys(screen, group.word, group.keys)
	}
	if err := c.showPrices(screen, held); err != nil {
		return err
	}
	_, err := fmt.Fprintf(screen, "  decide:  syncer accept %s %s --reason \"...\"\n           syncer reject %s %s --reason \"...\"\n", held.List, at, held.List, at)
	return err
}

func (c *heldCommand) showKeys(screen terminal.Screen, word string, keys []string) {
	for i, key := range keys {
		if i == c.Most {
			fmt.Fprintf(screen, "    %-8s and %s more\n", word, terminal.Count(len(keys)-i))
			return
		}
		fmt.Fprintf(screen, "    %-8s %s\n", word, terminal.Clean(key))
	}
}

func (c *heldCommand) showPrices(screen terminal.Screen, held heldJSON) error {
	if len(held.Repriced) == 0 {
		return nil
	}
	fmt.Fprintf(screen, "  %s prices would change, by new / old:\n", terminal.Count(len(held.Repriced)))
	display.ShowRatios(screen, held.Ratios)
	labels := display.PriceLabels(held.Repriced, func(r *repriced) (string, catalog.PriceIdentity) { return r.Key, r.price() })
	table := terminal.Table{Head: []string{"   PRODUCT", "PRICE", "FROM", "TO", ""}, Right: []int{2, 3}}
	for i, p := range held.Repriced {
		if i == c.Most {
			table.Add(fmt.Sprintf("   and %s more", terminal.Count(len(held.Repriced)-i)), "", "", "", "")
			break
		}
		table.Add("   "+p.Key, labels[i], display.Money(p.From), display.Money(p.To), p.Currency)
	}
	return table.Show(screen)
}

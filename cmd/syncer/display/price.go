// Package display shows what the store answers to people: changes of prices and
// statuses, the versions of a price as a chart, and amounts and prices in the
// same words everywhere. It asks nothing: what it shows is handed in.
package display

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/cmd/syncer/terminal"
)

// priceWords says which price of an entry it is, in the same words everywhere:
// "full / month", "MTRAT / TRFC_1G in KR above 10,240". A tier begins above its
// minimum, as FOCUS has it.
func priceWords(p catalog.PriceIdentity) string {
	words := []string{strings.Trim(p.Variant+" / "+p.Unit, " /")}
	if p.RegionID != "" {
		words = append(words, "in "+p.RegionID)
	}
	if p.TierMinimum != "" {
		words = append(words, "above "+Money(p.TierMinimum))
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// PriceLabels returns the words of some prices. Where an entry has two that
// differ in nothing but the SKU price, its identifier follows.
func PriceLabels[T any](all []T, priceOf func(*T) (entry string, price catalog.PriceIdentity)) []string {
	type same struct{ entry, words, currency string }
	skus, keys := make(map[same]map[string]bool), make([]same, len(all))
	for i := range all {
		entry, price := priceOf(&all[i])
		keys[i] = same{entry, priceWords(price), price.Currency}
		if skus[keys[i]] == nil {
			skus[keys[i]] = make(map[string]bool)
		}
		skus[keys[i]][price.SKUPriceID] = true
	}
	labels := make([]string, len(all))
	for i := range all {
		labels[i] = keys[i].words
		if _, price := priceOf(&all[i]); len(skus[keys[i]]) > 1 {
			labels[i] = strings.TrimSpace(fmt.Sprintf("%s (%s)", labels[i], price.SKUPriceID))
		}
	}
	return labels
}

// Money writes an exact amount with thousands separated; "-" for none.
func Money(text string) string {
	amount, err := decimal.NewFromString(text)
	if err != nil {
		return "-"
	}
	return terminal.Amount(amount)
}

func percent(text string) string {
	switch {
	case text == "":
		return ""
	case strings.HasPrefix(text, "-"):
		return text + " %"
	}
	return "+" + text + " %"
}

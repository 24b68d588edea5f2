package fetchertest

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// testSamples decodes what the provider's documents print as an answer, in the
// place of the first answer of a walk. A golden file holds what Show makes of
// it. Where a list answer has parts, those belong to other rows: the sample is
// then a page alone that names no request, as an archive of lists has.
func testSamples(t *testing.T, c Case) {
	if len(c.Samples) == 0 {
		return
	}
	w := newWorld(t, c, nil)
	page := w.mustWalk(t)[0]
	if c.Part != nil {
		page.Parts = []catalog.Part{{}}
	}
	for sample, golden := range c.Samples {
		t.Run(sample, func(t *testing.T) {
			body, err := os.ReadFile(sample)
			if err != nil {
				t.Fatal(err)
			}
			page := withBody(page, 0, body)
			page.Parts[0].MediaType = "json"
			if isXML(string(body)) {
				page.Parts[0].MediaType = "xml"
			}
			decoded := mustDecode(t, w.fetcher, page)
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v; the sample gives\n%s", err, Show(decoded))
			}
			if diff := cmp.Diff(string(want), Show(decoded)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Show prints all that a page says: a line for each entry, zone, contract,
// price, figure, warning and unknown word, for golden files.
func Show(decoded catalog.Decoded) string {
	var out strings.Builder
	for i := range decoded.Entries {
		e := &decoded.Entries[i]
		fmt.Fprintf(&out, "%s name=%q status=%s lifecycle=%s region=%s vcpu=%s memory_mib=%s disk_gib=%s gpu=%s %s\n", e.Key, e.Name,
			text(e.Status), text(e.Lifecycle), text(e.RegionID), number(e.VCPU), number(e.MemoryMiB), number(e.DiskGiB), number(e.GPUCount), e.Attributes)
		for _, zone := range e.ZoneStatuses {
			fmt.Fprintf(&out, "  zone %s=%s\n", zone.Zone, zone.Status)
		}
		if c := e.Contract; c != nil {
			fmt.Fprintf(&out, "  contract %s %s%s%s\n", c.ContractID, c.ContractType, moment(" from", c.PeriodStart), moment(" to", c.PeriodEnd))
		}
		for j := range e.Prices {
			out.WriteString("  " + price(&e.Prices[j]) + "\n")
		}
		for _, u := range e.Usage {
			fmt.Fprintf(&out, "  figure %s %q%s%s: %s %s\n", u.Name, u.Resource, moment(" from", &u.From), moment(" to", &u.To), u.Quantity, u.Unit)
		}
	}
	for _, warning := range decoded.Warnings {
		fmt.Fprintf(&out, "warning %s: %s\n", warning.Key, warning.Text)
	}
	for _, unknown := range decoded.Unknown {
		fmt.Fprintf(&out, "unknown %s %s: %s\n", unknown.Kind, unknown.Path, unknown.Seen)
	}
	return out.String()
}

func price(p *catalog.Price) string {
	id := p.Identity()
	return fmt.Sprintf("%s %s variant=%s unit=%s region=%s tier=%s %s %s tax=%s with_tax=%s %s%s%s",
		id.SKUPriceID, id.Kind, id.Variant, id.Unit, id.RegionID, id.TierMinimum,
		catalog.DecimalText(p.ListUnitPrice), id.Currency, number(p.TaxAmount), number(p.PriceWithTax), p.TaxBasis,
		moment(" from", p.EffectiveFrom), moment(" to", p.EffectiveTo))
}

// moment is " from=2026-01-05T00:00:00Z", or nothing.
func moment(name string, at *time.Time) string {
	if at == nil {
		return ""
	}
	return name + "=" + at.UTC().Format(time.RFC3339)
}

func text(value *string) string {
	if value == nil {
		return "-"
	}
	return *value
}

func number(value *decimal.Decimal) string {
	if value == nil {
		return "-"
	}
	return catalog.DecimalText(*value)
}

package fetchertest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// testSamples decodes what the provider's documents print as an answer. A
// golden file holds what Show makes of it.
func testSamples(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	for sample, golden := range c.Samples {
		t.Run(sample, func(t *testing.T) {
			body, err := os.ReadFile(sample)
			if err != nil {
				t.Fatal(err)
			}
			decoded := mustDecode(t, w.fetcher, catalog.Page{Number: 1, Parts: []catalog.Part{{Request: "GET " + c.Path, MediaType: "json", Body: body}}})
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

// Show prints all that a page says: a line for each entry, price, zone,
// warning and unknown word, for golden files.
func Show(decoded catalog.Decoded) string {
	var out strings.Builder
	for i := range decoded.Entries {
		e := &decoded.Entries[i]
		fmt.Fprintf(&out, "%s name=%q status=%s lifecycle=%s region=%s vcpu=%s memory_mib=%s disk_gib=%s gpu=%s %s\n", e.Key, e.Name,
			text(e.Status), text(e.Lifecycle), text(e.RegionID), number(e.VCPU), number(e.MemoryMiB), number(e.DiskGiB), number(e.GPUCount), e.Attributes)
		for _, zone := range e.ZoneStatuses {
			fmt.Fprintf(&out, "  zone %s=%s\n", zone.Zone, zone.Status)
		}
		for j := range e.Prices {
			out.WriteString("  " + price(&e.Prices[j]) + "\n")
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
	return fmt.Sprintf("%s %s variant=%s unit=%s region=%s tier=%s %s %s tax=%s with_tax=%s %s",
		id.SKUPriceID, id.Kind, id.Variant, id.Unit, id.RegionID, id.TierMinimum,
		catalog.DecimalText(p.ListUnitPrice), id.Currency, number(p.TaxAmount), number(p.PriceWithTax), p.TaxBasis)
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

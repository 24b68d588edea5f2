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

// Show prints all that a page says: a line for each entry with its tracked
// fields, and for each zone, price, figure, part set aside, warning and unknown
// word, for golden files.
func Show(decoded catalog.Decoded) string {
	var out strings.Builder
	for i := range decoded.Entries {
		e := &decoded.Entries[i]
		kind := catalog.Products
		if e.Contract != nil {
			kind = catalog.Contracts
		}
		out.WriteString(e.Key)
		var lines []string // of fields with several values
		for _, field := range catalog.Fields() {
			if !field.In(kind) {
				continue
			}
			switch value := field.At(e).(type) {
			case *[]catalog.ZoneStatus:
				for _, zone := range *value {
					lines = append(lines, fmt.Sprintf("zone %s=%s", zone.Zone, zone.Status))
				}
			case *[]catalog.Price:
				for j := range *value {
					lines = append(lines, showFields(catalog.PriceFields(), &(*value)[j]))
				}
			default:
				out.WriteString(showField(field.Name, value))
			}
		}
		for _, u := range e.Usage {
			lines = append(lines, fmt.Sprintf("figure %s %q%s%s: %s %s", u.Name, u.Resource, moment(" from", &u.From), moment(" to", &u.To), u.Quantity, u.Unit))
		}
		for _, line := range lines {
			out.WriteString("\n  " + line)
		}
		out.WriteString("\n")
	}
	for _, set := range decoded.SetAside {
		fmt.Fprintf(&out, "set aside %s %s %s: %s\n", set.Key, set.Part, set.Reason, set.Detail)
	}
	if decoded.PricesUnread != "" {
		fmt.Fprintf(&out, "prices unread: %s\n", decoded.PricesUnread)
	}
	for _, warning := range decoded.Warnings {
		fmt.Fprintf(&out, "warning %s: %s\n", warning.Key, warning.Text)
	}
	for _, unknown := range decoded.Unknown {
		fmt.Fprintf(&out, "unknown %s %s: %s\n", unknown.Kind, unknown.Path, unknown.Seen)
	}
	return out.String()
}

func showFields(fields []catalog.PriceField, price *catalog.Price) string {
	line := "price"
	for _, field := range fields {
		line += showField(field.Name, field.At(price))
	}
	return line
}

// showField is " name=value" of what a line of a table of fields points at;
// nothing where there is no value, so that a field that is added later changes no
// golden file of who does not state it.
func showField(name string, at any) string {
	text := ""
	switch value := at.(type) {
	case *string:
		text = quoted(*value)
	case **string:
		if *value != nil {
			text = fmt.Sprintf("%q", **value)
		}
	case *decimal.Decimal:
		text = catalog.DecimalText(*value)
	case **decimal.Decimal:
		if *value != nil {
			text = catalog.DecimalText(**value)
		}
	case **time.Time:
		if *value != nil {
			text = (*value).UTC().Format(time.RFC3339)
		}
	case *catalog.Attributes:
		if len(*value) > 2 { // else {}
			text = string(*value)
		}
	default:
		panic(fmt.Sprintf("fetchertest: field %s is a %T, which no golden file shows", name, at))
	}
	if text == "" {
		return ""
	}
	return " " + name + "=" + text
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("%q", text)
}

// moment is " from=2026-01-05T00:00:00Z", or nothing.
func moment(name string, at *time.Time) string {
	if at == nil {
		return ""
	}
	return name + "=" + at.UTC().Format(time.RFC3339)
}

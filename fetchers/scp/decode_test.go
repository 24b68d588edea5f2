package scp_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // Asia/Seoul, whatever the machine has

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/fetchers/fetchertest"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/scp"
)

func seoul(t testing.TB) *time.Location {
	t.Helper()
	location, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	return location
}

func source(t testing.TB, baseURL string) catalog.Source {
	return catalog.Source{
		Name: "scp", BaseURL: baseURL, Location: seoul(t), Options: map[string]string{},
		Credentials: map[string]catalog.Secret{
			"access_key": catalog.NewSecret("0123456789abcdef0123456789abcdef"), "secret_key": catalog.NewSecret("11111111-2222-3333-4444-555555555555"),
		},
	}
}

func pick(t testing.TB, source catalog.Source, list string, options web.Options) catalog.Fetcher {
	t.Helper()
	fetchers, err := scp.New(source, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, fetcher := range fetchers {
		if fetcher.List().ID.Name == list {
			return fetcher
		}
	}
	t.Fatalf("no list %q", list)
	return nil
}

func fetcher(t testing.TB, list string) catalog.Fetcher {
	now := func() time.Time { return time.UnixMilli(1700000000000) }
	return pick(t, source(t, "https://billingplan.e.samsungsdscloud.com"), list, web.Options{Now: now})
}

const (
	instancesLine = "GET /v1/planned-computes/instances?end_date=2024-08-01&os_type=OPEN_SOURCE&server_type=s1v1m2&service_id=VIRTUAL_SERVER&start_date=2024-08-01"
	feeLine       = `POST /v1/planned-computes/cancellation-fee {"region":"kr-west1","planned_compute_id":["5f3688a192094ddeb0c94166a3e88935"]}`
)

func part(request, body string) catalog.Part {
	return catalog.Part{Request: request, MediaType: "json", Body: []byte(body)}
}

func page(parts ...catalog.Part) catalog.Page { return catalog.Page{Number: 1, Parts: parts} }

func sample(t testing.TB, name string) string {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// documented is the page that the documents' own samples make.
func documented(t testing.TB, list string) catalog.Page {
	t.Helper()
	switch list {
	case "planned-computes":
		return page(part("GET /v1/planned-computes?limit=100&page=1", sample(t, list)),
			part(instancesLine, sample(t, "instances")), part(feeLine, sample(t, "cancellation-fee")))
	case "service-types", "prices":
		return page(part("", sample(t, list)))
	}
	return page(part("GET /v1/planned-computes/"+list+"?service_id=VIRTUAL_SERVER", sample(t, list)),
		part("GET /v1/planned-computes/service-types", sample(t, "service-types")))
}

func decode(t testing.TB, list string, page catalog.Page) catalog.Decoded {
	t.Helper()
	decoded, err := fetcher(t, list).Decode(page)
	if err != nil {
		t.Fatal(err)
	}
	for i := range decoded.Entries {
		if err := decoded.Entries[i].Validate(); err != nil {
			t.Error(err)
		}
	}
	return decoded
}

// TestDocumentedSamples is about the pages that consist of several samples.
func TestDocumentedSamples(t *testing.T) {
	for _, list := range []string{"planned-computes", "contract-types", "os-types", "server-types"} {
		decoded := decode(t, list, documented(t, list))
		if len(decoded.Unknown) != 0 || !decoded.End.Last {
			t.Errorf("%s: unknown %v, end %v", list, decoded.Unknown, decoded.End)
		}
		want, err := os.ReadFile("testdata/" + list + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), fetchertest.Show(decoded)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", list, diff)
		}
	}
}

// show is one line for each entry, price, figure and warning.
func show(decoded catalog.Decoded) string {
	var out strings.Builder
	for _, e := range decoded.Entries {
		fmt.Fprintf(&out, "%s %q status=%s region=%s vcpu=%v memory=%v %s\n", e.Key, e.Name, orNone(e.Status), orNone(e.RegionID), e.VCPU, e.MemoryMiB, e.Attributes)
		if c := e.Contract; c != nil {
			fmt.Fprintf(&out, "  contract %s %s from %s to %s\n", c.ContractID, c.ContractType, day(c.PeriodStart), day(c.PeriodEnd))
		}
		for _, p := range e.Prices {
			fmt.Fprintf(&out, "  price %s %s %q %q %s above %v: %s tax=%s\n", p.SKUPriceID, p.Kind, p.Variant, p.Unit, p.Currency, p.TierMinimum, p.ListUnitPrice, p.TaxBasis)
		}
		for _, u := range e.Usage {
			fmt.Fprintf(&out, "  figure %s %q from %s to %s: %s %s\n", u.Name, u.Resource, day(&u.From), day(&u.To), u.Quantity, u.Unit)
		}
	}
	for _, warning := range decoded.Warnings {
		fmt.Fprintf(&out, "warning %s: %s\n", warning.Key, warning.Text)
	}
	return out.String()
}

func orNone(text *string) string {
	if text == nil {
		return "none"
	}
	return *text
}

func day(at *time.Time) string {
	if at == nil {
		return "none"
	}
	return at.Format("2006-01-02T15:04Z07")
}

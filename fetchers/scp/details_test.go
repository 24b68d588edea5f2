package scp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
	"syncer/simulate/world"
)

const askedInstances = "GET /v1/planned-computes/instances?end_date=2026-01-31&os_type=O&server_type=T&service_id=S&start_date=2026-01-01"

func covering(rows string) catalog.Page {
	return page(part("", contracts(contractRow(""))), part(askedInstances, `{"coverages":[`+rows+`]}`))
}

func TestCoverage(t *testing.T) {
	row := func(resource, contract, members string) string {
		return `{"resource_name":"` + resource + `","contract_id":"` + contract + `"` + members + `}`
	}
	for name, c := range map[string]struct{ rows, want string }{
		"both currencies":       {row("r", "C", `,"unit_price":{"krw":"41.250","usd":"0.03"}`), "r KRW 41.25;r USD 0.03;"},
		"one currency":          {row("r", "C", `,"unit_price":{"krw":"41.250","usd":null}`), "r KRW 41.25;"},
		"no price":              {row("r", "C", `,"unit_price":null,"used_time":3`), "used_time r 3 hour;"},
		"another's":             {row("r", "D", `,"unit_price":{"krw":"1"},"used_time":3`), ""},
		"nobody's":              {`{"resource_name":"r","contract_id":null,"unit_price":{"krw":"1"}}`, ""},
		"latest row":            {row("r", "C", `,"request_at":"2026-01-02 00:00:00","unit_price":{"krw":"2"}`) + "," + row("r", "C", `,"request_at":"2026-01-01T00:00:00","unit_price":{"krw":"1"}`), "r KRW 2;"},
		"latest row is last":    {row("r", "C", `,"request_at":"2026-01-01","unit_price":{"krw":"1"}`) + "," + row("r", "C", `,"request_at":"2026-01-02","unit_price":{"krw":"2"}`), "r KRW 2;"},
		"twice the same":        {row("r", "C", `,"used_time":"3","unit_price":{"krw":"1.0"}`) + "," + row("r", "C", `,"used_time":4,"unit_price":{"krw":1}`), "r KRW 1;used_time r 7 hour;"},
		"resource without name": {`{"contract_id":"C","unit_price":{"krw":"1"}}`, " KRW 1;"},
		"figures":               {row("r", "C", `,"used_amount":{"krw":"5.5"},"non_applied_amount":{"usd":"-0.5"}`), "non_applied_amount r -0.5 USD;used_amount r 5.5 KRW;"},
	} {
		entry := decode(t, "planned-computes", covering(c.rows)).Entries[0]
		got := ""
		for _, p := range entry.Prices {
			got += fmt.Sprintf("%s %s %s;", p.Variant, p.Currency, p.ListUnitPrice)
			if p.Kind != catalog.PriceContract || p.SKUPriceID != "a/"+p.Variant || p.Unit != "hour" {
				t.Errorf("%s: price %+v", name, p)
			}
		}
		for _, u := range entry.Usage {
			got += fmt.Sprintf("%s %s %s %s;", u.Name, u.Resource, u.Quantity, u.Unit)
			if want := 31 * 24 * time.Hour; u.To.Sub(u.From) != want {
				t.Errorf("%s: figure for %s, want %s", name, u.To.Sub(u.From), want)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestAContractWithoutIDCoversNothing although rows without one are there too.
func TestAContractWithoutIDCoversNothing(t *testing.T) {
	decoded := decode(t, "planned-computes", page(part("", contracts(`{"id":"a","service_id":"S","os_type":"O","server_type":"T"}`)),
		part(askedInstances, `{"coverages":[{"resource_name":"r","contract_id":null,"unit_price":{"krw":"1"},"used_time":1}]}`)))
	if entry := decoded.Entries[0]; len(entry.Prices) != 0 || len(entry.Usage) != 0 || entry.Contract.ContractID != "" {
		t.Errorf("got %+v", entry)
	}
}

// TestOnlyTheLiveHavePrices also when a living contract of the group is the
// reason for an answer that names them.
func TestOnlyTheLiveHavePrices(t *testing.T) {
	for members, live := range map[string]bool{
		``: true, `,"state":"ACTIVE","delete_yn":"N"`: true, `,"state":"EXPIRED"`: false, `,"delete_yn":"Y"`: false, `,"delete_yn":true`: false,
	} {
		decoded := decode(t, "planned-computes", page(part("", contracts(contractRow(members))),
			part(askedInstances, `{"order_count":1,"coverages":[{"resource_name":"r","contract_id":"C","unit_price":{"krw":"1"}}]}`),
			part(`POST /v1/planned-computes/cancellation-fee {"planned_compute_id":["a"]}`, `{"cancellation_fee":1}`)))
		if entry := decoded.Entries[0]; live != (len(entry.Prices) == 2) || live != (len(entry.Usage) == 1) {
			t.Errorf("%s: prices %v, figures %v", members, entry.Prices, entry.Usage)
		}
	}
}

func TestFees(t *testing.T) {
	for answer, want := range map[string]string{
		`{"cancellation_fee":100000,"bill_year_month":"2022-10"}`:                         "KRW 100000;2022-10-01 to 2022-11-01 100000 KRW;",
		`{"cancellation_fee":"100000","currency":{"code":"KRW"}}`:                         "KRW 100000;",
		`{"cancellation_fee":{"krw":"100000.000","usd":"0.00"},"same_day_cancel":false}`:  "KRW 100000;",
		`{"cancellation_fee":{"krw":"100000.000","usd":"70.5"}}`:                          "KRW 100000;USD 70.5;",
		`{"cancellation_fee":{"krw":"0.000","usd":"70.50"},"currency":{"code":"USD"}}`:    "USD 70.5;",
		`{"cancellation_fee":70.5,"currency":{"code":"USD","symbol":"$"}}`:                "USD 70.5;",
		`{"cancellation_fee":0,"bill_year_month":"202612"}`:                               "KRW 0;2026-12-01 to 2027-01-01 0 KRW;",
		`{"cancellation_fee":null,"currency":{"code":"KRW"},"bill_year_month":"2022-10"}`: "",
		`{"bill_year_month":"2022-10","currency":{}}`:                                     "",
	} {
		entry := decode(t, "planned-computes", page(part("", contracts(contractRow(""))),
			part(`POST /v1/planned-computes/cancellation-fee {"planned_compute_id":"a"}`, answer))).Entries[0]
		got := ""
		for _, p := range entry.Prices {
			got += fmt.Sprintf("%s %s;", p.Currency, p.ListUnitPrice)
			if p.Kind != catalog.PriceFee || p.EffectiveFrom != nil || p.SKUPriceID != "a/cancellation_fee" {
				t.Errorf("%s: price %+v", answer, p)
			}
		}
		for _, u := range entry.Usage {
			got += fmt.Sprintf("%s to %s %s %s;", u.From.Format(time.DateOnly), u.To.Format(time.DateOnly), u.Quantity, u.Unit)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", answer, got, want)
		}
	}
}

// TestANewBillMonthIsNoVersion wants the month among the figures only.
func TestANewBillMonthIsNoVersion(t *testing.T) {
	entry := func(month string) catalog.Entry {
		return decode(t, "planned-computes", page(part("", contracts(contractRow(""))),
			part(`POST /v1/planned-computes/cancellation-fee {"planned_compute_id":["a"]}`, `{"cancellation_fee":1,"bill_year_month":"`+month+`"}`))).Entries[0]
	}
	october, november := entry("2022-10"), entry("2022-11")
	if october.Digest() != november.Digest() {
		t.Error("the same fee in another month is a version")
	}
	if october.Usage[0].From.Equal(november.Usage[0].From) {
		t.Error("the month is lost")
	}
}

// server is a provider that answers by path and writes down what it was asked.
type server struct {
	answers map[string]string // by path; a leading status: "404 {...}"
	fee     func(question string) (status int, answer string)
	asked   []string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a body cut short fails the comparison
	s.asked = append(s.asked, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
	if r.Method == http.MethodPost {
		status, answer := s.fee(string(body))
		w.WriteHeader(status)
		io.WriteString(w, answer)
		return
	}
	answer := s.answers[r.URL.Path]
	var status int
	if n, _ := fmt.Sscanf(answer, "%d {", &status); n == 1 {
		w.WriteHeader(status)
		_, answer, _ = strings.Cut(answer, " ")
	}
	io.WriteString(w, answer)
}

func (s *server) walk(t *testing.T, list string, now time.Time) ([]catalog.Page, error) {
	t.Helper()
	listener := httptest.NewServer(s)
	defer listener.Close()
	options := web.Options{Now: func() time.Time { return now }, Sleep: noWait}
	var pages []catalog.Page
	for page, err := range pick(t, source(t, listener.URL), list, options).Pages(t.Context()) {
		if err != nil {
			return pages, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func newServer(rows string) *server {
	return &server{
		answers: map[string]string{"/v1/planned-computes": contracts(rows), "/v1/planned-computes/instances": `{"coverages":[]}`},
		fee:     func(string) (int, string) { return 200, `{"cancellation_fee":1}` },
	}
}

// walked is 17:00 UTC on 31 January, which is 1 February in Seoul.
func walked() time.Time { return time.Date(2026, time.January, 31, 17, 0, 0, 0, time.UTC) }

func TestQuestions(t *testing.T) {
	s := newServer(contractRow(`,"region":"kr-west1"`) + `,{"id":"b","service_id":"S","os_type":"O","server_type":"T"},{"id":"gone","delete_yn":"Y"},{"id":"bare"}`)
	pages, err := s.walk(t, "planned-computes", walked())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"GET /v1/planned-computes?limit=100&page=1",
		"GET /v1/planned-computes/instances?end_date=2026-01-30&os_type=O&server_type=T&service_id=S&start_date=2025-12-31",
		`POST /v1/planned-computes/cancellation-fee {"region":"kr-west1","planned_compute_id":["a"]}`,
		`POST /v1/planned-computes/cancellation-fee {"planned_compute_id":["b"]}`,
		`POST /v1/planned-computes/cancellation-fee {"planned_compute_id":["bare"]}`,
	}
	var named []string
	for _, part := range pages[0].Parts {
		named = append(named, part.Request)
	}
	if !slices.Equal(s.asked, want) || !slices.Equal(named, want) {
		t.Errorf("asked\n%s\nparts\n%s\nwant\n%s", strings.Join(s.asked, "\n"), strings.Join(named, "\n"), strings.Join(want, "\n"))
	}
}

// TestAGroupIsAskedForOnce also when its contracts stand on several pages.
func TestAGroupIsAskedForOnce(t *testing.T) {
	s := stage{products: 29, size: "10", requests: make(map[string]int)}
	pages, _, err := s.pages(t, "planned-computes", world.Start())
	if err != nil || len(pages) != 3 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	parts, groups := 0, make(map[string]bool)
	for _, page := range pages {
		for _, part := range page.Parts {
			if strings.HasPrefix(part.Request, "GET /v1/planned-computes/instances?") {
				parts++
				groups[part.Request] = true
			}
		}
	}
	if asked := s.requests["/v1/planned-computes/instances"]; asked >= parts || asked != len(groups) {
		t.Errorf("asked %d times for %d parts of %d groups, want once a group", asked, parts, len(groups))
	}
}

// TestTheProviderMayTakeOneID for the documents' sample has no list.
func TestTheProviderMayTakeOneID(t *testing.T) {
	s := newServer(contractRow("") + `,{"id":"b"}`)
	s.fee = func(question string) (int, string) {
		if strings.Contains(question, "[") {
			return 400, `{"errors":[{"code":"ValidationError","detail":["Input should be a valid string"]}]}`
		}
		return 200, `{"cancellation_fee":7}`
	}
	pages, err := s.walk(t, "planned-computes", walked())
	if err != nil {
		t.Fatal(err)
	}
	if len(s.asked) != 5 { // list, instances, a twice, b once
		t.Errorf("asked\n%s", strings.Join(s.asked, "\n"))
	}
	for _, entry := range decode(t, "planned-computes", pages[0]).Entries {
		if len(entry.Prices) != 1 || entry.Prices[0].ListUnitPrice.String() != "7" {
			t.Errorf("%s has prices %v", entry.Key, entry.Prices)
		}
	}
}

// TestARefusedFee wants the prices of that contract set aside, unless there is
// nothing left to cancel, and the walk to end where the refusal is of everything.
func TestARefusedFee(t *testing.T) {
	const of = "a prices incomplete: cancellation fee of a: POST /v1/planned-computes/cancellation-fee: "
	for name, c := range map[string]struct {
		status     int
		end        string
		want, ends string
	}{
		"of a running contract":    {400, "2026-02-01", of + "status 400 (ValidationError): no", ""},
		"of an unknown one":        {404, "2026-02-01", of + "status 404 (ValidationError): no; this platform answers 404 also when signature headers are missing or lost on the way", ""},
		"of an ended one":          {400, "2026-01-31", "", ""},
		"of a vanished one":        {404, "2026-01-31", "", ""},
		"without permission":       {403, "2026-01-31", "prices unread: cancellation fee of a: POST /v1/planned-computes/cancellation-fee: status 403 (ValidationError): no", ""},
		"of all that is asked":     {401, "2026-02-01", "", "fee of a: POST /v1/planned-computes/cancellation-fee: status 401"},
		"for asking all too often": {429, "2026-02-01", "", "fee of a: POST /v1/planned-computes/cancellation-fee: status 429"},
	} {
		s := newServer(contractRow(`,"end_date":"` + c.end + `"`))
		s.fee = func(string) (int, string) { return c.status, `{"errors":[{"code":"ValidationError","detail":"no"}]}` }
		pages, err := s.walk(t, "planned-computes", walked())
		if (err == nil) != (c.ends == "") || err != nil && !strings.Contains(err.Error(), c.ends) {
			t.Errorf("%s: got %v, want %q", name, err, c.ends)
		}
		if err != nil {
			continue
		}
		decoded := decode(t, "planned-computes", pages[0])
		if got := told(decoded); got != c.want || len(decoded.Entries) != 1 || len(decoded.Entries[0].Prices) != 0 {
			t.Errorf("%s: %s\nset aside\n%s\nwant\n%s", name, show(decoded), got, c.want)
		}
	}
}

func TestPartsAreThoseOfTheRows(t *testing.T) {
	list := part("GET /v1/planned-computes?limit=100&page=1", contracts(contractRow(`,"end_date":"2026-12-31"`)+`,{"id":"old","delete_yn":"Y"}`))
	instances := part(askedInstances, `{"coverages":[]}`)
	fee := part(`POST /v1/planned-computes/cancellation-fee {"planned_compute_id":["a"]}`, `{"cancellation_fee":1}`)
	ended := part(list.Request, contracts(contractRow(`,"end_date":"2026-01-31"`)))
	another := part(strings.Replace(askedInstances, "server_type=T", "server_type=U", 1), `{"coverages":[]}`)
	for name, c := range map[string]struct {
		parts    []catalog.Part
		want     string // what is set aside
		warnings int
	}{
		"whole":                  {parts: []catalog.Part{list, instances, fee}},
		"in another order":       {parts: []catalog.Part{list, fee, instances}},
		"the fee is gone":        {parts: []catalog.Part{list, instances}, want: "a prices incomplete: the page lacks the answer about its cancellation fee"},
		"the instances are gone": {parts: []catalog.Part{list, fee}, want: "a prices incomplete: the page lacks the answer about the instances of S/O/T"},
		"of another group":       {parts: []catalog.Part{list, another, fee}, want: "a prices incomplete: the page lacks the answer about the instances of S/O/T"},
		"the list alone":         {parts: []catalog.Part{list}, want: "a prices incomplete: the page lacks the answer about the instances of S/O/T"},
		"an ended contract":      {parts: []catalog.Part{ended, instances}},
		"an archive of lists":    {parts: []catalog.Part{part("", string(list.Body))}, warnings: 1},
	} {
		decoded := decode(t, "planned-computes", page(c.parts...))
		if got := told(decoded); got != c.want || len(decoded.Warnings) != c.warnings {
			t.Errorf("%s: set aside %q, warnings %v, want %q", name, got, decoded.Warnings, c.want)
		}
	}
	codes := part("GET /v1/planned-computes/os-types?service_id=S", `{"os_types":[]}`)
	if _, err := fetcher(t, "os-types").Decode(page(codes)); err == nil || !strings.Contains(err.Error(), "lacks the answer that names the services") {
		t.Errorf("codes of a service without the services: %v", err)
	}
}

package huawei_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

const (
	hourLine  = "POST /v2/bills/ratings/on-demand-resources"
	monthLine = "POST /v2/bills/ratings/period-resources/subscribe-rate"
)

func appstream(id, mode string) string {
	return fmt.Sprintf(`{"product_id":%q,"charge_mode":%q,"resource_type":"hws.resource.type.workspace.appstream","cloud_service_type":"hws.service.type.vdi"}`, id, mode)
}

// enquire walks the products with prices.
func enquire(t *testing.T, s *server, address string) ([]catalog.Page, error) {
	t.Helper()
	_, pages, err := walk(t.Context(), s.fetcher(t, "products", address, map[string]string{"access_key": "ak", "secret_key": "sk"},
		map[string]string{"project_id": project, "region": "cn-north-7", "bss_url": address}))
	return pages, err
}

func TestQuestions(t *testing.T) {
	s, address := newServer(t)
	s.products = appstream("a", "0") + "," + appstream("b", "1") + `,{"product_id":"c","charge_mode":"0"},{"product_id":"d","charge_mode":"1",` +
		`"resource_type":"hws.resource.type.workspace.volume","cloud_service_type":"hws.service.type.vdi"},` + appstream("e", "2")
	pages, err := enquire(t, s, address)
	if err != nil {
		t.Fatal(err)
	}
	const product = `"cloud_service_type":"hws.service.type.vdi","resource_type":"hws.resource.type.workspace.appstream","resource_spec":`
	if diff := cmp.Diff([]string{
		`{"inquiry_precision":1,"product_infos":[{"id":"1",` + product + `"a","region":"cn-north-7","usage_factor":"Duration","usage_value":1,"usage_measure_id":4,"subscription_num":1}],"project_id":"` + project + `"}`,
		`{"product_infos":[{"id":"2",` + product + `"b","region":"cn-north-7","period_type":2,"period_num":1,"subscription_num":1}],"project_id":"` + project + `"}`,
	}, s.bodies); diff != "" {
		t.Error(diff)
	}
	var requests []string
	for _, part := range pages[0].Parts {
		requests = append(requests, part.Request)
	}
	if diff := cmp.Diff([]string{strings.TrimSpace(productLine), hourLine + " 1", monthLine + " 2"}, requests); diff != "" || len(pages) != 1 {
		t.Error(diff)
	}
	decoded := mustDecode(t, "products", pages[0])
	if got := priceText(decoded); got != "a/on-demand list on-demand hour CNY 1.1 unknown;b/period list period month CNY 1.2 unknown;word products[].charge_mode;" {
		t.Errorf("got %s", got)
	}
}

func TestNothingIsAskedWithoutBSS(t *testing.T) {
	s, address := newServer(t)
	s.products = appstream("a", "0")
	_, pages, err := walk(t.Context(), s.fetcher(t, "products", address, map[string]string{"access_key": "ak", "secret_key": "sk"}, map[string]string{"project_id": project}))
	if err != nil || len(pages[0].Parts) != 1 || len(s.lines) != 1 {
		t.Errorf("got %v, %v", s.lines, err)
	}
}

func TestEnquiriesAreOfFiftyProducts(t *testing.T) {
	s, address := newServer(t)
	rows := make([]string, 120)
	for i := range rows {
		rows[i] = appstream(fmt.Sprintf("p%d", i+1), "0")
	}
	s.products = strings.Join(rows, ",")
	pages, err := enquire(t, s, address)
	if err != nil || len(s.bodies) != 3 || len(pages[0].Parts) != 4 {
		t.Fatalf("%d enquiries, %v", len(s.bodies), err)
	}
	decoded := mustDecode(t, "products", pages[0])
	for i, entry := range decoded.Entries {
		if len(entry.Prices) != 1 || entry.Prices[0].ListUnitPrice.String() != strings.TrimRight(fmt.Sprintf("1.%d", i+1), "0") {
			t.Errorf("%s costs %v", entry.Key, entry.Prices)
		}
	}
}

// TestAProductThatBSSDoesNotKnow has no price, and the others have theirs,
// whichever way the refusal comes.
func TestAProductThatBSSDoesNotKnow(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusOK} {
		s, address := newServer(t)
		s.products = strings.Join([]string{appstream("a", "0"), appstream("x", "0"), appstream("c", "0"), appstream("d", "0"), appstream("e", "0")}, ",")
		s.rate = func(ids, specs []string) (int, string) {
			if slices.Contains(specs, "x") {
				return status, `{"error_code":"CBC.99006006","error_msg":"The product is not found."}`
			}
			return http.StatusOK, priced(ids)
		}
		pages, err := enquire(t, s, address)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, entry := range mustDecode(t, "products", pages[0]).Entries {
			for _, price := range entry.Prices {
				got = append(got, entry.Key+"="+price.ListUnitPrice.String())
			}
		}
		if diff := cmp.Diff([]string{"a=1.1", "c=1.3", "d=1.4", "e=1.5"}, got); diff != "" || len(s.bodies) != 5 {
			t.Errorf("status %d, %d enquiries: %s", status, len(s.bodies), diff)
		}
	}
}

// TestAnEnquiryErrorLeavesStatuses: what is no fault of a product leaves the list
// without prices, what is one is set aside with it. Nothing seems to be gone.
func TestAnEnquiryErrorLeavesStatuses(t *testing.T) {
	for want, c := range map[string]struct {
		status    int
		body      string
		enquiries int
	}{
		"a incomplete: " + hourLine + ": status 200 (CBC.3006): no":                             {200, `{"error_code":"CBC.3006","error_msg":"no"}`, 1},
		"prices unread: price enquiry: " + hourLine + ": status 403 (CBC.0151): Access denied.": {403, `{"error_code":"CBC.0151","error_msg":"Access denied."}`, 1},
		"a incomplete: " + hourLine + ": status 400 (CBC.0100): no":                             {400, `{"error_code":"CBC.0100","error_msg":"no"}`, 1},
		"prices unread: price enquiry: " + hourLine + ": status 429 (APIG.0308): slower":        {429, `{"error_code":"APIG.0308","error_msg":"slower"}`, 5},
		"prices unread: price enquiry: " + hourLine + ": status 500 (CBC.0999): Other errors.":  {500, `{"error_code":"CBC.0999","error_msg":"Other errors."}`, 5},
		`a unreadable: part 2: product_rating_results[0].official_website_amount: want a number, got "1,00"`: {
			200, `{"product_rating_results":[{"id":"1","official_website_amount":"1,00"}]}`, 1},
	} {
		s, address := newServer(t)
		s.products = appstream("a", "0")
		s.rate = func([]string, []string) (int, string) { return c.status, c.body }
		pages, err := enquire(t, s, address)
		if err != nil {
			t.Fatal(err)
		}
		decoded := mustDecode(t, "products", pages[0])
		got := ""
		for _, aside := range decoded.SetAside {
			got += fmt.Sprintf("%s %s: %s", aside.Key, aside.Reason, aside.Detail)
		}
		if decoded.PricesUnread != "" {
			got += "prices unread: " + decoded.PricesUnread
		}
		if got != want || len(s.bodies) != c.enquiries || len(decoded.Entries) != 1 || decoded.Entries[0].Status == nil || len(decoded.Entries[0].Prices) != 0 {
			t.Errorf("got  %s after %d enquiries, %+v\nwant %s", got, len(s.bodies), decoded.Entries, want)
		}
	}
}

// TestEnquiryOverTheMaximum is asked for again in parts, and later ones are no
// larger; every product gets its price.
func TestEnquiryOverTheMaximum(t *testing.T) {
	s, address := newServer(t)
	rows := make([]string, 16)
	for i := range rows {
		rows[i] = appstream(fmt.Sprintf("p%d", i+1), []string{"0", "1"}[i/8])
	}
	s.products = strings.Join(rows, ",")
	s.rate = func(ids, _ []string) (int, string) {
		if len(ids) > 4 {
			return http.StatusBadRequest, `{"error_code":"CBC.99006055","error_msg":"The inquiry result exceeds the maximum amount."}`
		}
		return http.StatusOK, priced(ids)
	}
	pages, err := enquire(t, s, address)
	if err != nil {
		t.Fatal(err)
	}
	decoded := mustDecode(t, "products", pages[0])
	for _, entry := range decoded.Entries {
		if len(entry.Prices) != 1 {
			t.Errorf("%s costs %v", entry.Key, entry.Prices)
		}
	}
	if len(decoded.SetAside) != 0 || decoded.PricesUnread != "" || len(s.bodies) != 5 {
		t.Errorf("%d enquiries, %v, %q", len(s.bodies), decoded.SetAside, decoded.PricesUnread)
	}
}

// TestAProductThatCannotBePriced is set aside alone, whatever BSS says to it; where
// it says so to many, it is about them all.
func TestAProductThatCannotBePriced(t *testing.T) {
	for code, odd := range map[string]int{"CBC.99006055": 1, "CBC.0100": 11} {
		s, address := newServer(t)
		rows := make([]string, 30)
		for i := range rows {
			rows[i] = appstream(fmt.Sprintf("p%d", i+1), "0")
		}
		s.products = strings.Join(rows, ",")
		s.rate = func(ids, specs []string) (int, string) {
			for i := range odd {
				if slices.Contains(specs, fmt.Sprintf("p%d", 2*i+1)) {
					return http.StatusBadRequest, `{"error_code":"` + code + `","error_msg":"no"}`
				}
			}
			return http.StatusOK, priced(ids)
		}
		pages, err := enquire(t, s, address)
		if err != nil {
			t.Fatal(err)
		}
		decoded := mustDecode(t, "products", pages[0])
		switch {
		case odd > 1:
			if !strings.Contains(decoded.PricesUnread, code) {
				t.Errorf("%s: got %q", code, decoded.PricesUnread)
			}
		case len(decoded.SetAside) != 1 || decoded.SetAside[0].Key != "p1" || decoded.SetAside[0].Reason != catalog.Incomplete || decoded.PricesUnread != "":
			t.Errorf("%s: got %v, %q", code, decoded.SetAside, decoded.PricesUnread)
		}
		for _, entry := range decoded.Entries {
			if want := odd == 1 && entry.Key != "p1"; (len(entry.Prices) == 1) != want {
				t.Errorf("%s: %s costs %v", code, entry.Key, entry.Prices)
			}
		}
	}
}

// TestManyProductsThatCannotBePriced would fail the run if they were set aside one by
// one: statuses do not wait for them.
func TestManyProductsThatCannotBePriced(t *testing.T) {
	s, address := newServer(t)
	s.products = appstream("a", "0") + "," + appstream("b", "0") + "," + appstream("c", "0")
	s.rate = func(ids, specs []string) (int, string) {
		if slices.Contains(specs, "a") || slices.Contains(specs, "b") {
			return http.StatusBadRequest, `{"error_code":"CBC.0100","error_msg":"no"}`
		}
		return http.StatusOK, priced(ids)
	}
	pages, err := enquire(t, s, address)
	if err != nil {
		t.Fatal(err)
	}
	decoded := mustDecode(t, "products", pages[0])
	want := "the prices of 2 of 3 products were not to be had; of a: " + hourLine + ": status 400 (CBC.0100): no"
	if decoded.PricesUnread != want || len(decoded.SetAside) != 0 || len(decoded.Entries) != 3 || len(decoded.Entries[2].Prices) != 0 {
		t.Errorf("got %q, %v, %+v", decoded.PricesUnread, decoded.SetAside, decoded.Entries)
	}
}

package iwinv_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/iwinv"
)

func fetcher(t testing.TB, list string) catalog.Fetcher {
	t.Helper()
	fetchers, err := iwinv.New(catalog.Source{
		Name: "iwinv", BaseURL: "https://api-kr.iwinv.kr", Location: time.UTC,
		Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret("a"), "secret_key": catalog.NewSecret("s")},
	}, web.Options{Now: func() time.Time { return time.Unix(1700000000, 0) }})
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

func page(body string) catalog.Page {
	return catalog.Page{Number: 1, Parts: []catalog.Part{{MediaType: "json", Body: []byte(body)}}}
}

func success(rows string) catalog.Page {
	return page(`{"code":"0x00","error_code":"SUCCESS","message":"","result":[` + rows + `]}`)
}

func TestPrices(t *testing.T) {
	for name, c := range map[string]struct{ krw, want string }{
		"documented":    {`"KRW":{"price":5600,"vat":560,"total":6160}`, "KRW 5600 560 6160 excluded;"},
		"bare":          {`"KRW":5600`, "KRW 5600 nil nil unknown;"},
		"text":          {`"KRW":{"price":"5600.10"}`, "KRW 5600.1 nil nil excluded;"},
		"two":           {`"KRW":5600,"USD":4.2`, "KRW 5600 nil nil unknown;USD 4.2 nil nil unknown;"},
		"null":          {`"KRW":null`, ""},
		"null price":    {`"KRW":{"price":null,"vat":1}`, ""},
		"free":          {`"KRW":0`, "KRW 0 nil nil unknown;"},
		"does not add":  {`"KRW":{"price":5600,"vat":560,"total":6161}`, "KRW 5600 560 6161 excluded;warned"},
		"unknown field": {`"krw":5600`, "unknown field result[].price.full.krw"},
	} {
		t.Run(name, func(t *testing.T) {
			decoded, err := fetcher(t, "flavors").Decode(success(`{"flavor_id":"a","spec":{},"price":{"full":{"type":"month",` + c.krw + `}}}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := priceText(decoded); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func priceText(decoded catalog.Decoded) (text string) {
	for _, p := range decoded.Entries[0].Prices {
		vat, total := "nil", "nil"
		if p.TaxAmount != nil {
			vat, total = p.TaxAmount.String(), p.PriceWithTax.String()
		}
		text += fmt.Sprintf("%s %s %s %s %s;", p.Currency, p.ListUnitPrice, vat, total, p.TaxBasis)
	}
	for range decoded.Warnings {
		text += "warned"
	}
	for _, unknown := range decoded.Unknown {
		text += "unknown " + unknown.Kind + " " + unknown.Path
	}
	return text
}

func TestRefusals(t *testing.T) {
	flavor := func(krw string) catalog.Page {
		return success(`{"flavor_id":"a","spec":{},"price":{"full":{"type":"month","KRW":` + krw + `}}}`)
	}
	for want, page := range map[string]catalog.Page{
		`result[0].price.full.KRW.price: want a number, got "5,600"`:    flavor(`{"price":"5,600"}`),
		`result[0].price.full.KRW: want a number, got "NaN"`:            flavor(`"NaN"`),
		`result[0].price.full.KRW: want a number, got true`:             flavor(`true`),
		`result[0].price.full.KRW: want an amount of at least 0`:        flavor(`-1`),
		`result[0].price.full.KRW: want a number of at most 200 digits`: flavor(`1e400`),
		`result[0].flavor_id: want a text that is not empty, got 12`:    success(`{"flavor_id":12,"spec":{}}`),
		`result[0].flavor_id: want a text that is not empty, got null`:  success(`{"flavor_id":null,"spec":{}}`),
		`result[0].flavor_id: want a text that is not empty, got ""`:    success(`{"flavor_id":"","spec":{}}`),
		`result[0].spec: want an object, got nothing`:                   success(`{"flavor_id":"a"}`),
		`code: want 0x00, got CHECK_IP 0x9: Check request.`:             page(`{"code":"0x9","error_code":"CHECK_IP","message":"Check request.","result":[]}`),
		`count: the answer states 2 rows and holds 0`:                   page(`{"code":"0x00","result":[],"count":2}`),
		`page_no: asked for page 1, got page 2`:                         page(`{"code":"0x00","result":[],"page_no":"2"}`),
		`result: want a list, got "error"`:                              page(`{"code":"0x00","result":"error"}`),
		`result: want a list, got null`:                                 page(`{"code":"0x00","result":null}`),
		`total: want a count of at least 0, got -1`:                     page(`{"code":"0x00","result":[],"total":-1}`),
	} {
		if _, err := fetcher(t, "flavors").Decode(page); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestUnknownFieldsAndWords(t *testing.T) {
	decoded, err := fetcher(t, "flavors").Decode(success(`{"flavor_id":"a","status":"retired","spec":{"cores":4}},{"flavor_id":"b","spec":{"cores":8}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []catalog.Unknown{
		{Kind: "word", Path: "result[].status", Seen: "retired"},
		{Kind: "field", Path: "result[].spec.cores", Seen: "4"},
	}
	if diff := cmp.Diff(want, decoded.Unknown); diff != "" {
		t.Error(diff)
	}
}

func TestEndOfList(t *testing.T) {
	rows := strings.TrimSuffix(strings.Repeat(`{"flavor_id":"a","spec":{}},`, 10), ",")
	for name, c := range map[string]struct {
		fields string
		last   bool
	}{
		"full page, no total":             {`"page_size":10`, false},
		"short of the echoed size":        {`"page_size":11`, true},
		"short, but the total says more":  {`"page_size":10,"total":33`, false},
		"total reached":                   {`"page_size":10,"total":"10"`, true},
		"no echo: the documented default": {`"count":10`, false},
	} {
		decoded, err := fetcher(t, "flavors").Decode(page(`{"code":"0x00","result":[` + rows + `],` + c.fields + `}`))
		if err != nil || decoded.End.Last != c.last {
			t.Errorf("%s: last is %t, error %v", name, decoded.End.Last, err)
		}
	}
}

func TestOtherLists(t *testing.T) {
	for list, c := range map[string]struct{ row, want string }{
		"zones":               {`{"zone_id":"kr2-z01","zone_name":"KR2","status":"on"}`, `kr2-z01 KR2 {}`},
		"images":              {`{"image_id":"i","name":"Ubuntu","status":"active","zone":["b","a"],"os":{"type":"ubuntu","oid":null},"min_disk":10}`, `i Ubuntu {"min_disk":10,"os":{"type":"ubuntu"},"zone":["a","b"]}`},
		"block-storage-types": {`{"type":"ssd","min":10,"max":"2000","zones":null}`, `ssd ssd {"max":2000,"min":10}`},
	} {
		decoded, err := fetcher(t, list).Decode(success(c.row))
		if err != nil || len(decoded.Unknown) != 0 || !decoded.End.Last {
			t.Fatalf("%s: %v %v %v", list, err, decoded.Unknown, decoded.End)
		}
		entry := decoded.Entries[0]
		if got := fmt.Sprintf("%s %s %s", entry.Key, entry.Name, entry.Attributes); got != c.want {
			t.Errorf("%s: got %s, want %s", list, got, c.want)
		}
	}
}

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

// TestRowsSetAside wants the field named, the other part of the row read, and the
// other row as it is.
func TestRowsSetAside(t *testing.T) {
	flavor := func(krw string) string {
		return `{"flavor_id":"a","spec":{},"price":{"full":{"type":"month","KRW":` + krw + `}}}`
	}
	for want, row := range map[string]string{
		`a prices result[0].price.full.KRW.price: want a number, got "5,600"`:    flavor(`{"price":"5,600"}`),
		`a prices result[0].price.full.KRW: want a number, got "NaN"`:            flavor(`"NaN"`),
		`a prices result[0].price.full.KRW: want a number, got true`:             flavor(`true`),
		`a prices result[0].price.full.KRW: want an amount of at least 0`:        flavor(`-1`),
		`a prices result[0].price.full.KRW: want a number of at most 200 digits`: flavor(`1e400`),
		` fields result[0].flavor_id: want a text that is not empty, got 12`:     `{"flavor_id":12,"spec":{}}`,
		` fields result[0].flavor_id: want a text that is not empty, got null`:   `{"flavor_id":null,"spec":{}}`,
		` fields result[0].flavor_id: want a text that is not empty, got ""`:     `{"flavor_id":"","spec":{}}`,
		` fields result[0]: want an object, got null`:                            `null`,
		`a fields result[0].spec: want an object, got nothing`:                   `{"flavor_id":"a"}`,
		`a fields result[0].spec: want an object, got a list`:                    `{"flavor_id":"a","spec":[1]}`,
	} {
		decoded, err := fetcher(t, "flavors").Decode(success(row + `,{"flavor_id":"b","spec":{"vcpu":2},"price":{"full":{"type":"month","KRW":1}}}`))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, aside := range decoded.SetAside {
			got += fmt.Sprintf("%s %s %s", aside.Key, aside.Part, aside.Detail)
		}
		if len(decoded.SetAside) != 1 || !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
		last := decoded.Entries[len(decoded.Entries)-1]
		if last.Key != "b" || last.VCPU.String() != "2" || len(last.Prices) != 1 || len(decoded.Entries) != map[bool]int{true: 1, false: 2}[want[0] == ' '] {
			t.Errorf("%s: the entries are %+v", row, decoded.Entries)
		}
	}
}

func TestRefusals(t *testing.T) {
	for want, page := range map[string]catalog.Page{
		`code: want 0x00, got CHECK_IP 0x9: Check request.`: page(`{"code":"0x9","error_code":"CHECK_IP","message":"Check request.","result":[]}`),
		`count: the answer states 2 rows and holds 0`:       page(`{"code":"0x00","result":[],"count":2}`),
		`page_no: asked for page 1, got page 2`:             page(`{"code":"0x00","result":[],"page_no":"2"}`),
		`result: want a list, got "error"`:                  page(`{"code":"0x00","result":"error"}`),
		`result: want a list, got null`:                     page(`{"code":"0x00","result":null}`),
		`total: want a count of at least 0, got -1`:         page(`{"code":"0x00","result":[],"total":-1}`),
	} {
		if _, err := fetcher(t, "flavors").Decode(page); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestEmptyMaps are written [] by PHP, and say nothing.
func TestEmptyMaps(t *testing.T) {
	for _, row := range []string{
		`{"flavor_id":"a","name":"A","spec":{"vcpu":1,"gpu":[]},"price":[]}`, `{"flavor_id":"a","name":"A","spec":{"vcpu":1},"price":{"full":[],"partial":{"type":"day","KRW":[]}}}`,
	} {
		decoded, err := fetcher(t, "flavors").Decode(success(row))
		if err != nil || len(decoded.SetAside)+len(decoded.Warnings) != 0 || len(decoded.Entries[0].Prices) != 0 || decoded.Entries[0].VCPU.String() != "1" {
			t.Errorf("%s: got %+v, %v, %v", row, decoded.Entries, decoded.SetAside, err)
		}
	}
	decoded, err := fetcher(t, "flavors").Decode(success(`{"flavor_id":"a","spec":[],"price":{"full":{"type":"month","KRW":5600}}}`))
	if err != nil || len(decoded.SetAside) != 0 || decoded.Entries[0].VCPU != nil || len(decoded.Entries[0].Prices) != 1 {
		t.Errorf("spec: got %+v, %v", decoded, err)
	}
	empty := func(os string) string {
		decoded, err := fetcher(t, "images").Decode(success(`{"image_id":"i","os":` + os + `}`))
		if err != nil || len(decoded.SetAside) != 0 {
			t.Fatal(decoded.SetAside, err)
		}
		return string(decoded.Entries[0].Attributes)
	}
	if empty("[]") != empty("{}") {
		t.Errorf("os: got %s, want %s", empty("[]"), empty("{}"))
	}
}

func TestGPU(t *testing.T) {
	for gpu, want := range map[string]string{
		`null`: "<nil> {}", `2`: `2 {"gpu":2}`, `"2"`: `2 {"gpu":"2"}`, `"NVIDIA T4"`: `<nil> {"gpu":"NVIDIA T4","gpu_name":"NVIDIA T4"}`,
		`{"name":"NVIDIA T4","count":2}`: `2 {"gpu":{"count":2,"name":"NVIDIA T4"},"gpu_name":"NVIDIA T4"}`, `{}`: "<nil> {}", `[]`: "<nil> {}",
		`{"memory":16}`: `<nil> {"gpu":{"memory":16}}`, `["T4","T4"]`: `<nil> {"gpu":["T4","T4"]}`,
	} {
		decoded, err := fetcher(t, "flavors").Decode(success(`{"flavor_id":"a","spec":{"gpu":` + gpu + `}}`))
		if err != nil || len(decoded.SetAside) != 0 {
			t.Fatal(decoded.SetAside, err)
		}
		entry := decoded.Entries[0]
		if got := fmt.Sprintf("%v %s", entry.GPUCount, entry.Attributes); got != want {
			t.Errorf("%s: got %s, want %s", gpu, got, want)
		}
	}
}

func TestZoneContent(t *testing.T) {
	for content, want := range map[string]string{
		`["b","a"]`: `{"content":["a","b"]}`, `"text"`: `{"content":"text"}`, `[1,"a"]`: `{"content":[1,"a"]}`, `[]`: "{}", `null`: "{}",
	} {
		decoded, err := fetcher(t, "zones").Decode(success(`{"zone_id":"KR1-Z02","zone_name":"Seoul 2","status":"available","content":` + content + `}`))
		if err != nil || len(decoded.SetAside)+len(decoded.Unknown) != 0 {
			t.Fatal(decoded.SetAside, decoded.Unknown, err)
		}
		if got := string(decoded.Entries[0].Attributes); got != want {
			t.Errorf("%s: got %s, want %s", content, got, want)
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

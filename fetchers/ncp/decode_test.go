package ncp_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/ncp"
)

func fetcher(t testing.TB, list string, options ...string) catalog.Fetcher {
	t.Helper()
	source := catalog.Source{
		Name: "ncp", BaseURL: "https://ncloud.apigw.ntruss.com", Location: time.UTC, Options: map[string]string{},
		Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret("a"), "secret_key": catalog.NewSecret("s")},
	}
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		source.Options[name] = value
	}
	fetchers, err := ncp.New(source, web.Options{Now: func() time.Time { return time.Unix(1700000000, 0) }})
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

// part is an answer to a request such as "getServerImageList?regionCode=KR".
func part(request, body string) catalog.Part {
	media := "json"
	if strings.HasPrefix(body, "<") {
		media = "xml"
	}
	if request != "" {
		request = "GET /vserver/v2/" + request
	}
	return catalog.Part{Request: request, MediaType: media, Body: []byte(body)}
}

func page(parts ...catalog.Part) catalog.Page { return catalog.Page{Number: 1, Parts: parts} }

func sample(t testing.TB, name string) string {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// show is one line for each entry, warning and price.
func show(decoded catalog.Decoded) string {
	var out strings.Builder
	for _, e := range decoded.Entries {
		fmt.Fprintf(&out, "%s %q status=%s lifecycle=%s region=%s vcpu=%v memory=%v disk=%v gpu=%v\n  %s\n",
			e.Key, e.Name, word(e.Status), word(e.Lifecycle), word(e.RegionID), e.VCPU, e.MemoryMiB, e.DiskGiB, e.GPUCount, e.Attributes)
		for _, p := range e.Prices {
			fmt.Fprintf(&out, "  %s %s %s %s %s %s above=%v %s tax=%s from=%v\n", p.SKUPriceID, p.Kind, p.Variant, p.Unit, p.Currency,
				word(p.RegionID), p.TierMinimum, p.ListUnitPrice, p.TaxBasis, p.EffectiveFrom)
		}
	}
	for _, warning := range decoded.Warnings {
		fmt.Fprintf(&out, "warning %s: %s\n", warning.Key, warning.Text)
	}
	return out.String()
}

func word(text *string) string {
	if text == nil {
		return "-"
	}
	return *text
}

// TestBothFormatsGiveTheSameEntries turns each XML sample into JSON as the API
// writes it (numbers, booleans, null for nothing) and wants one result.
func TestBothFormatsGiveTheSameEntries(t *testing.T) {
	for name, c := range map[string]struct{ list, request string }{
		"server-image-detail.xml": {"server-images", "getServerImageDetail?regionCode=KR"},
		"product-prices.xml":      {"product-prices", "getProductPriceList?regionCode=SGN"},
	} {
		text := sample(t, name)
		fromXML, err := fetcher(t, c.list).Decode(page(part(c.request, text)))
		if err != nil {
			t.Fatal(err)
		}
		for _, nothing := range []any{nil, "", "drop"} {
			fromJSON, err := fetcher(t, c.list).Decode(page(part(c.request, jsonOf(t, text, nothing))))
			if err != nil {
				t.Fatalf("%s, nothing is %v: %v", name, nothing, err)
			}
			if diff := cmp.Diff(fromXML.Entries, fromJSON.Entries); diff != "" {
				t.Errorf("%s, nothing is %v (-xml +json):\n%s", name, nothing, diff)
			}
			for i := range fromXML.Entries {
				if fromXML.Entries[i].Digest() != fromJSON.Entries[i].Digest() {
					t.Errorf("%s: the digests of %s differ", name, fromXML.Entries[i].Key)
				}
			}
		}
	}
}

func TestStatusAndLifecycle(t *testing.T) {
	image := func(status, lifecycle string) catalog.Entry {
		t.Helper()
		row := `{"serverImageNo":"1","serverImageStatus":` + status + `,"serverImageLifeCyclePhase":` + lifecycle + `}`
		return mustDecode(t, "server-images", part("", listOf("getServerImageList", "serverImageList", row))).Entries[0]
	}
	korean := image(`{"code":"CREAT","codeName":"서버이미지 생성"}`, `{"code":"FADE_OUT","codeName":"종료 예정"}`)
	english := image(`{"code":"CREAT","codeName":"NSI CREATED state"}`, `{"code":"FADE_OUT","codeName":"Fade out"}`)
	if *korean.Status != "CREAT" || *korean.Lifecycle != "FADE_OUT" || korean.Digest() != english.Digest() {
		t.Errorf("codeName matters: %s %s", show(catalog.Decoded{Entries: []catalog.Entry{korean}}), show(catalog.Decoded{Entries: []catalog.Entry{english}}))
	}
	if none := image(`null`, `{}`); none.Status != nil || none.Lifecycle != nil {
		t.Errorf("null is a status: %v %v", none.Status, none.Lifecycle)
	}
	if bare := image(`"CREAT"`, `"RETIRED"`); *bare.Status != "CREAT" || *bare.Lifecycle != "RETIRED" {
		t.Errorf("bare codes: %v %v", *bare.Status, *bare.Lifecycle)
	}
}

func TestBothNamesOfTheProductCode(t *testing.T) {
	var digests []catalog.Digest
	for _, row := range []string{`{"serverImageNo":"1","productCode":"SW.1"}`, `{"serverImageNo":"1","serverImageProductCode":"SW.1","productCode":null}`} {
		decoded := mustDecode(t, "server-images", part("", listOf("getServerImageList", "serverImageList", row)))
		if got := string(decoded.Entries[0].Attributes); got != `{"product_code":"SW.1"}` || len(decoded.Unknown) != 0 {
			t.Errorf("got %s %v", got, decoded.Unknown)
		}
		digests = append(digests, decoded.Entries[0].Digest())
	}
	if digests[0] != digests[1] {
		t.Error("the digests differ")
	}
	spec := mustDecode(t, "server-specs", part("getServerSpecList?regionCode=KR", listOf("getServerSpecList", "serverSpecList", `{"serverSpecCode":"c2","serverProductCode":"SVR.1"}`)))
	if got := string(spec.Entries[0].Attributes); got != `{"product_code":"SVR.1","server_spec_code":"c2"}` {
		t.Errorf("got %s", got)
	}
}

// listOf is an answer with as many rows as are given.
func listOf(action, member string, rows ...string) string {
	return fmt.Sprintf(`{%q: {"requestId":"","returnCode":"0","returnMessage":"success","totalRows":%d,%q:[%s]}}`,
		action+"Response", len(rows), member, strings.Join(rows, ","))
}

func mustDecode(t testing.TB, list string, parts ...catalog.Part) catalog.Decoded {
	t.Helper()
	decoded, err := fetcher(t, list).Decode(page(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// TestUnreadableDatesAreAWarningAndKept: nothing rests on when an image was made.
func TestUnreadableDatesAreAWarningAndKept(t *testing.T) {
	for _, date := range []string{`1577836800000`, `true`, `[2020,1,1]`, `{"time":1577836800000}`} {
		decoded := mustDecode(t, "server-images", part("", listOf("getServerImageDetail", "serverImageList", `{"serverImageNo":"1","createDate":`+date+`}`)))
		if len(decoded.SetAside) > 0 || len(decoded.Entries) != 1 || string(decoded.Entries[0].Attributes) != `{"create_date":`+date+`}` || len(decoded.Warnings) != 1 {
			t.Errorf("%s: got %s", date, show(decoded))
		}
	}
	decoded := mustDecode(t, "server-images", part("", listOf("getServerImageDetail", "serverImageList", `{"serverImageNo":"1","createDate":"yesterday"}`)))
	if got := string(decoded.Entries[0].Attributes); got != `{"create_date":"yesterday"}` || len(decoded.Warnings) != 1 || decoded.Warnings[0].Key != "1" {
		t.Errorf("got %s %v", got, decoded.Warnings)
	}
}

func TestUnknownWords(t *testing.T) {
	decoded := mustDecode(t, "server-images", part("", listOf("getServerImageList", "serverImageList",
		`{"serverImageNo":"1","serverImageStatus":{"code":"MOVED","codeName":"x"},"serverImageLifeCyclePhase":{"code":"PREVIEW"},"osType":{"code":"DEBIAN","new":1}}`)))
	want := []catalog.Unknown{
		{Kind: "word", Path: "getServerImageListResponse.serverImageList[].serverImageStatus.code", Seen: "MOVED"},
		{Kind: "word", Path: "getServerImageListResponse.serverImageList[].serverImageLifeCyclePhase.code", Seen: "PREVIEW"},
		{Kind: "field", Path: "getServerImageListResponse.serverImageList[].osType.new", Seen: "1"},
		{Kind: "word", Path: "getServerImageListResponse.serverImageList[].osType.code", Seen: "DEBIAN"},
	}
	if diff := cmp.Diff(want, decoded.Unknown); diff != "" {
		t.Error(diff)
	}
	if *decoded.Entries[0].Status != "MOVED" || *decoded.Entries[0].Lifecycle != "PREVIEW" {
		t.Errorf("unknown words are lost: %s", show(decoded))
	}
}

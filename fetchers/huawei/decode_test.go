package huawei_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/fetchers/huawei"
	"syncer/fetchers/internal/web"
)

func fetcher(t testing.TB, list string, options map[string]string) catalog.Fetcher {
	t.Helper()
	return fetcherOf(t, list, catalog.Source{
		Name: "hw", BaseURL: "https://appstream.cn-north-4.myhuaweicloud.com", Options: options,
		Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret("ak"), "secret_key": catalog.NewSecret("sk")},
	}, web.Options{Now: func() time.Time { return time.Unix(1700000000, 0) }})
}

func fetcherOf(t testing.TB, list string, source catalog.Source, options web.Options) catalog.Fetcher {
	t.Helper()
	fetchers, err := huawei.New(source, options)
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

func page(bodies ...string) catalog.Page {
	page := catalog.Page{Number: 1}
	for _, body := range bodies {
		page.Parts = append(page.Parts, catalog.Part{MediaType: "json", Body: []byte(body)})
	}
	return page
}

func products(rows string) string { return `{"products":[` + rows + `]}` }

func mustDecode(t *testing.T, list string, page catalog.Page) catalog.Decoded {
	t.Helper()
	decoded, err := fetcher(t, list, nil).Decode(page)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// show is one line for each entry, zone and price.
func show(decoded catalog.Decoded) string {
	var out strings.Builder
	for _, e := range decoded.Entries {
		fmt.Fprintf(&out, "%s | %s | %s vcpu=%v memory=%v disk=%v gpu=%v %s\n", e.Key, e.Name, *e.Status, e.VCPU, e.MemoryMiB, e.DiskGiB, e.GPUCount, e.Attributes)
		for _, zone := range e.ZoneStatuses {
			fmt.Fprintf(&out, "  %s %s\n", zone.Zone, zone.Status)
		}
		for _, p := range e.Prices {
			fmt.Fprintf(&out, "  %s %s %s %s %s %s vat=%v total=%v tax=%s\n", p.SKUPriceID, p.Kind, p.Variant, p.Unit, p.Currency, p.ListUnitPrice, p.TaxAmount, p.PriceWithTax, p.TaxBasis)
		}
	}
	return out.String()
}

func TestEveryDocumentedFieldIsTracked(t *testing.T) {
	const first = `{"product_id":"a","flavor_id":"b","type":"BASE","architecture":"x86","cpu":"4","cpu_desc":"c","memory":"8192","is_gpu":false,
		"system_disk_type":"SAS","system_disk_size":"80","gpu_desc":"d","descriptions":"e","charge_mode":"0","contain_data_disk":true,
		"resource_type":"hws.resource.type.workspace.appstream","cloud_service_type":"hws.service.type.vdi","volume_product_type":"workspace",
		"sessions":10,"status":"normal","cond_operation_az":"z(obt)","sub_product_list":["f"],"domain_ids":["g"],"package_type":"general",
		"series_type":"c7","expire_time":"2026-06-30T16:00:00Z","support_gpu_type":"T4"}`
	before := mustDecode(t, "products", page(products(first)))
	if len(before.Unknown) != 0 {
		t.Errorf("unknown: %v", before.Unknown)
	}
	for _, change := range [][2]string{
		{`"b"`, `"B"`}, {"BASE", "ADVANCED"}, {"x86", "arm"}, {`"4"`, `"8"`}, {`"c"`, `"C"`}, {"8192", "4096"}, {"false", "true"}, {"SAS", "SSD"},
		{`"80"`, `"81"`}, {`"d"`, `"D"`}, {`"e"`, `"E"`}, {`"0"`, `"1"`}, {`true`, `null`}, {"workspace.appstream", "workspace.desktop"},
		{"type.vdi", "type.marketplace"}, {`"workspace"`, `"other"`}, {"10", "11"}, {`"normal"`, `"sellout"`}, {"z(obt)", "z(normal)"},
		{`["f"]`, `["f","h"]`}, {`["g"]`, `[]`}, {"general", "dedicated"}, {"c7", "d7"}, {"2026-06-30", "2026-07-30"}, {`"T4"`, `"A30"`},
	} {
		after := mustDecode(t, "products", page(products(strings.Replace(first, change[0], change[1], 1))))
		if after.Entries[0].Digest() == before.Entries[0].Digest() {
			t.Errorf("%s instead of %s is not seen", change[1], change[0])
		}
	}
}

// TestSameContent holds spellings of which none is a change.
func TestSameContent(t *testing.T) {
	for _, same := range [][]string{
		{``, `,"status":"normal"`, `,"status":null`, `,"status":""`},
		{`,"cond_operation_az":"b(sellout),a(obt)"`, `,"cond_operation_az":"a(obt), b(sellout)"`, `,"cond_operation_az":" b ( sellout ) ,a(obt),"`, `,"cond_operation_az":"a(obt),a(obt),b(sellout)"`},
		{``, `,"cond_operation_az":""`, `,"cond_operation_az":null`},
		{`,"domain_ids":["b","a"]`, `,"domain_ids":["a","b"]`, `,"domain_ids":["a","b","a"]`},
		{``, `,"domain_ids":[]`, `,"domain_ids":null`, `,"sub_product_list":[]`, `,"sub_product_list":""`, `,"cpu":""`, `,"expire_time":""`},
		{`,"cpu":"4","sessions":10`, `,"cpu":4,"sessions":"10"`, `,"cpu":"4.0","sessions":1e1`},
		{`,"expire_time":"2026-06-30T16:00:00Z"`, `,"expire_time":"2026-07-01T00:00:00+08:00"`, `,"expire_time":"2026-06-30 16:00:00"`,
			`,"expire_time":"2026-06-30T16:00:00"`, `,"expire_time":"2026-07-01T00:00:00+0800"`, `,"expire_time":"2026-06-30T16:00:00.000Z"`},
	} {
		var first catalog.Digest
		for i, fields := range same {
			digest := mustDecode(t, "products", page(products(`{"product_id":"a"`+fields+`}`))).Entries[0].Digest()
			if i == 0 {
				first = digest
			}
			if digest != first {
				t.Errorf("%s is another content than %s", fields, same[0])
			}
		}
	}
}

func TestZoneStatuses(t *testing.T) {
	for text, want := range map[string]string{
		"cn-north-7c(abandon),cn-north-7b(abandon),cn-north-7a(sellout)": "cn-north-7a=sellout cn-north-7b=abandon cn-north-7c=abandon",
		"az0(normal), az1(sellout), az2(obt), az3(normal)":               "az0=normal az1=sellout az2=obt az3=normal",
		"az0(mothballed)":       "az0=mothballed word:mothballed",
		"az0(),az1(normal)":     "az1=normal word:az0() warned",
		"az0, (normal),az1(x))": "word:az0 word:(normal) word:az1(x)) warned warned warned",
	} {
		decoded := mustDecode(t, "products", page(products(`{"product_id":"a","cond_operation_az":"`+text+`"}`)))
		var got []string
		for _, zone := range decoded.Entries[0].ZoneStatuses {
			got = append(got, zone.Zone+"="+zone.Status)
		}
		for _, unknown := range decoded.Unknown {
			got = append(got, unknown.Kind+":"+unknown.Seen)
		}
		for range decoded.Warnings {
			got = append(got, "warned")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", text, got, want)
		}
	}
}

func TestUnknownWordsAndFields(t *testing.T) {
	decoded := mustDecode(t, "products", page(products(`{"product_id":"a","status":"mothballed","charge_mode":"2","cpu":"many","sessions":"-1","expire_time":"soon","colour":1}`)))
	want := []catalog.Unknown{
		{Kind: "word", Path: "products[].status", Seen: "mothballed"},
		{Kind: "word", Path: "products[].cpu", Seen: "many"},
		{Kind: "word", Path: "products[].charge_mode", Seen: "2"},
		{Kind: "word", Path: "products[].sessions", Seen: "-1"},
		{Kind: "word", Path: "products[].expire_time", Seen: "soon"},
		{Kind: "field", Path: "products[].colour", Seen: "1"},
	}
	if diff := cmp.Diff(want, decoded.Unknown); diff != "" {
		t.Error(diff)
	}
	if got := show(decoded); got != `a |  | mothballed vcpu=<nil> memory=<nil> disk=<nil> gpu=<nil> {"charge_mode":"2","cpu":"many","expire_time":"soon","sessions":"-1"}`+"\n" {
		t.Errorf("got %s", got)
	}
}

// No document shows a sample of the zones; the shape is that of the vendor's
// Go SDK.
func TestAvailabilityZones(t *testing.T) {
	decoded := mustDecode(t, "availability-zones", page(`{"availability_zones":[{"availability_zone":"cn-north-7a","display_name":"可用区1",
		"i18n":{"en_US":"AZ1","zh_CN":"可用区1"},"sold_out":{"products":["b","a"]},"product_ids":[],"visible":true,"default_availability_zone":true},
		{"availability_zone":"cn-north-7b","product_ids":["b","a"],"sold_out":{"products":null}}],"total_count":"2"}`))
	if len(decoded.Unknown) != 0 || !decoded.End.Last || *decoded.End.Total != 2 {
		t.Errorf("got %v, %v", decoded.Unknown, decoded.End)
	}
	var got []string
	for _, e := range decoded.Entries {
		got = append(got, fmt.Sprintf("%s|%s|%s", e.Key, e.Name, e.Attributes))
	}
	if diff := cmp.Diff([]string{
		`cn-north-7a|可用区1|{"default_availability_zone":true,"i18n":{"en_US":"AZ1","zh_CN":"可用区1"},"sold_out_products":["a","b"],"visible":true}`,
		`cn-north-7b||{"product_ids":["a","b"]}`,
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	for want, page := range map[string]catalog.Page{
		`want a page of at least one part`:                     {Number: 1},
		`products: want a list, got nothing`:                   page(`{}`),
		`products: want a list, got null`:                      page(`{"products":null}`),
		`error_code: the answer is an error: WKS.00211102: no`: page(`{"error_code":"WKS.00211102","error_msg":"no","products":[]}`),
	} {
		if _, err := fetcher(t, "products", nil).Decode(page); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := fetcher(t, "availability-zones", nil).Decode(page(`{"availability_zones":[]}`, `{}`)); err == nil {
		t.Error("zones take a second part")
	}
}

// TestRowsSetAside wants the field named, and the other row as it is.
func TestRowsSetAside(t *testing.T) {
	row := func(fields string) string { return `{"product_id":"a"` + fields + `}` }
	for want, odd := range map[string]string{
		`products[0].product_id: want a text that is not empty, got 12`:         `{"product_id":12}`,
		`products[0].product_id: want a text that is not empty, got ""`:         `{"product_id":""}`,
		`products[0].product_id: want a text that is not empty, got nothing`:    `{"charge_mode":"1"}`,
		`products[0].cond_operation_az: zone z is stated as abandon and as nor`: row(`,"cond_operation_az":"z(normal),z(abandon)"`),
		`products[0].status: want a text, got 1`:                                row(`,"status":1`),
		`products[0].cpu: want a number, got true`:                              row(`,"cpu":true`),
		`products[0].domain_ids[0]: want a text, got 1`:                         row(`,"domain_ids":[1]`),
	} {
		decoded := mustDecode(t, "products", page(products(odd+`,{"product_id":"b","cpu":"4"}`)))
		if len(decoded.SetAside) != 1 || !strings.HasPrefix(decoded.SetAside[0].Detail, want) || decoded.SetAside[0].Part != catalog.FieldsPart {
			t.Errorf("got %v, want %s", decoded.SetAside, want)
		}
		if last := decoded.Entries[len(decoded.Entries)-1]; last.Key != "b" || last.VCPU.String() != "4" {
			t.Errorf("%s: the other row is %+v", odd, last)
		}
	}
}

// TestADateInAnyForm is kept as sent where it is not understood.
func TestADateInAnyForm(t *testing.T) {
	for sent, want := range map[string]string{
		`"2026-04-26T23:05:50+08:00"`: `{"expire_time":"2026-04-26T15:05:50Z"}`, `"2026年4月26日"`: `{"expire_time":"2026年4月26日"}`, `1`: `{"expire_time":1}`,
	} {
		decoded := mustDecode(t, "products", page(products(`{"product_id":"a","expire_time":`+sent+`}`)))
		if got := string(decoded.Entries[0].Attributes); got != want || len(decoded.SetAside) != 0 {
			t.Errorf("%s: got %s, %v", sent, got, decoded.SetAside)
		}
	}
}

func TestSettings(t *testing.T) {
	got := fetcher(t, "products", map[string]string{"project_id": project, "bss_url": "https://bss.myhuaweicloud.com"}).List().Settings
	want := map[string]string{
		"base_url": "https://appstream.cn-north-4.myhuaweicloud.com", "region": "cn-north-4", "project_id": project, "bss_url": "https://bss.myhuaweicloud.com",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

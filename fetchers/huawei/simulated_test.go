package huawei_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/simulate/fault"
	simulated "syncer/simulate/huawei"
	"syncer/simulate/world"
)

// simulation is Huawei Cloud on a day of the simulated world.
func simulation(t *testing.T, day, products int, faults ...string) string {
	t.Helper()
	config := simulated.Config{
		AccessKey: "ak", SecretKey: "sk", Domain: "acme", Username: "reader", Password: "pw",
		ProjectID: project, DomainID: "d78c", UserID: "7116", Products: products,
		Now: func() time.Time { return time.Unix(1700000000, 0) },
		At:  func() time.Time { return world.Start().Add(time.Duration(day) * world.Day) },
	}
	for _, text := range faults {
		parsed, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		config.Faults = append(config.Faults, parsed)
	}
	listener := httptest.NewServer(simulated.New(config))
	t.Cleanup(listener.Close)
	return listener.URL
}

func simulatedFetcher(t *testing.T, list, address string, credentials map[string]string) catalog.Fetcher {
	t.Helper()
	s := &server{now: time.Unix(1700000000, 0)}
	return s.fetcher(t, list, address, credentials, map[string]string{"region": "cn-north-7", "iam_url": address, "bss_url": address})
}

func ways() map[string]map[string]string {
	return map[string]map[string]string{"key": {"access_key": "ak", "secret_key": "sk"}, "password": acme()}
}

func TestSimulatedLists(t *testing.T) {
	for way, credentials := range ways() {
		address := simulation(t, 58, 100)
		for list, want := range map[string]int{"products": 106, "availability-zones": 4} {
			warnings := map[string]int{"products": 1}[list] // BSS does not know the dedicated host
			snapshot, _, err := walk(t.Context(), simulatedFetcher(t, list, address, credentials))
			if err != nil {
				t.Fatalf("%s by %s: %v", list, way, err)
			}
			if snapshot.Len() != want || len(snapshot.Unknown()) != 0 || len(snapshot.Warnings()) != warnings {
				t.Errorf("%s by %s: %d entries, %v, %v", list, way, snapshot.Len(), snapshot.Unknown(), snapshot.Warnings())
			}
		}
	}
}

// TestSimulatedWorld is what the script must look like in a history.
func TestSimulatedWorld(t *testing.T) {
	for _, c := range []struct {
		day       int
		key, want string
	}{
		{0, "workspace.appstream.general.2xlarge.2", "abandon cn-north-7a=sellout cn-north-7b=abandon cn-north-7c=abandon 2.35/hour"},
		{3, "workspace.appstream.general.4xlarge.4", "normal 12.480001/hour"},
		{3, "workspace.appstream.general.xlarge.2.period", "normal 486/month"},
		{6, "workspace.appstream.general.xlarge.4", "normal 3.12/hour"},
		{7, "workspace.appstream.general.xlarge.4", "normal cn-north-7a=sellout 3.12/hour"},
		{12, "workspace.appstream.general.xlarge.4", "normal 2.98/hour"},
		{16, "workspace.appstream.general.xlarge.4", "normal 2.98/hour"},
		{21, "workspace.appstream.general.4xlarge.4", "abandon cn-north-7a=normal cn-north-7d=obt 12.480001/hour"},
		{26, "workspace.appstream.general.xlarge.2.period", "absent"},
		{58, "workspace.appstream.dedicated.host.c7", "normal"},
		{69, "workspace.appstream.general.4xlarge.4", "mothballed cn-north-7a=normal cn-north-7d=obt 12.480001/hour"},
		{77, "workspace.appstream.general.2xlarge.2", "absent"},
	} {
		fetcher := simulatedFetcher(t, "products", simulation(t, c.day, 0), acme())
		_, pages, err := walk(t.Context(), fetcher)
		if err != nil {
			t.Fatal(err)
		}
		if got := entryText(mustDecode(t, "products", pages[0]), c.key); got != c.want {
			t.Errorf("%s on day %d: got %s, want %s", c.key, c.day, got, c.want)
		}
	}
}

func entryText(decoded catalog.Decoded, key string) string {
	for _, entry := range decoded.Entries {
		if entry.Key != key {
			continue
		}
		text := []string{*entry.Status}
		for _, zone := range entry.ZoneStatuses {
			text = append(text, zone.Zone+"="+zone.Status)
		}
		for _, price := range entry.Prices {
			text = append(text, price.ListUnitPrice.String()+"/"+price.Unit)
		}
		return strings.Join(text, " ")
	}
	return "absent"
}

func TestStatedNormalIsNoChange(t *testing.T) {
	const key = "workspace.appstream.general.xlarge.4"
	var digests []catalog.Digest
	for _, day := range []int{15, 16} {
		snapshot, _, err := walk(t.Context(), simulatedFetcher(t, "products", simulation(t, day, 0), acme()))
		if err != nil {
			t.Fatal(err)
		}
		digest, _ := snapshot.DigestOf(key)
		digests = append(digests, digest)
	}
	if digests[0] != digests[1] {
		t.Error("a status that is spelt out makes a version")
	}
}

// unread is what pages set aside.
func unread(t *testing.T, fetcher catalog.Fetcher, pages []catalog.Page) (text string) {
	t.Helper()
	for _, page := range pages {
		decoded, err := fetcher.Decode(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, aside := range decoded.SetAside {
			text += fmt.Sprintf("; set aside %s %s %s: %s", aside.Key, aside.Part, aside.Reason, aside.Detail)
		}
		if decoded.PricesUnread != "" {
			text += "; prices unread: " + decoded.PricesUnread
		}
	}
	return text
}

func TestSimulatedFaults(t *testing.T) {
	for _, c := range []struct{ fault, want string }{
		{"huawei:expire_token", "1 entries"},
		{"huawei:expire_token:list=enquiries", "1 entries"},
		{"huawei:http429:retry_after=1:times=2", "1 entries"},
		{"huawei:http500:times=3", "1 entries"},
		{"huawei:http500:list=session:times=2", "1 entries"},
		{"huawei:duplicate", "1 entries"},
		{"huawei:unknown_field", "1 entries"},
		{"huawei:empty", "0 entries"},
		{"huawei:http401", "status 401 (APIGW.0301)"},
		{"huawei:http403", "status 403 (APIGW.0302)"},
		{"huawei:code_error", "the answer is an error: WKS.00211102"},
		{"huawei:code_error:list=enquiries", "1 entries; set aside workspace.appstream.general.2xlarge.2 prices incomplete: POST /v2/bills/ratings/on-demand-resources: status 200 (CBC.3006)"},
		{"huawei:http403:list=enquiries", "1 entries; prices unread: price enquiry: POST /v2/bills/ratings/on-demand-resources: status 403 (CBC.0151)"},
		{"huawei:html200", "HTML"},
		{"huawei:html200:list=enquiries", "1 entries; prices unread: price enquiry: POST /v2/bills/ratings/on-demand-resources: the answer is an HTML page"},
		{"huawei:truncate", "unexpected EOF"},
		{"huawei:truncate:length=half", "want JSON"},
		{"huawei:gzip:list=enquiries", "checksum"},
		{"huawei:redirect:list=session", "redirects are refused"},
		{"huawei:conflict", "same key with other content"},
		{"huawei:empty_id", "products[0].product_id: want a text that is not empty"},
		{"huawei:number_id", "products[0].product_id: want a text that is not empty, got 12345678901234567890"},
	} {
		for way, credentials := range ways() {
			if way == "key" && strings.Contains(c.fault, "session") {
				continue // nothing logs in
			}
			fetcher := simulatedFetcher(t, "products", simulation(t, 0, 0, c.fault), credentials)
			snapshot, pages, err := walk(t.Context(), fetcher)
			got := fmt.Sprint(err)
			if err == nil {
				got = fmt.Sprintf("%d entries", snapshot.Len()) + unread(t, fetcher, pages)
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("%s by %s: got %s, want %s", c.fault, way, got, c.want)
			}
		}
	}
	_, _, err := walk(t.Context(), simulatedFetcher(t, "availability-zones", simulation(t, 0, 0, "huawei:wrong_total"), acme()))
	if diff := cmp.Diff("hw/availability-zones: walk is not complete: the provider states a total of 8, the pages hold 3", fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

package ncp_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/fetchers"
	"syncer/simulate/fault"
	"syncer/simulate/ncp"
	"syncer/simulate/world"
	"syncer/snapshot"
)

// lists are the provider's; each is walked by the fetcher that users run.
func lists() []string {
	return []string{"regions", "server-images", "server-specs", "product-prices"}
}

// scene is a simulated provider on one day and how it is read.
type scene struct {
	day     int
	faults  []string
	options map[string]string
}

// walk reads one list to its end.
func (s scene) walk(t *testing.T, list string) (*snapshot.Snapshot, error) {
	t.Helper()
	fetcher := s.fetcher(t, list)
	snapshot := snapshot.New(fetcher)
	for page, err := range fetcher.Pages(t.Context()) {
		if err != nil {
			return nil, err
		}
		if err := snapshot.Add(page); err != nil {
			return nil, err
		}
	}
	return snapshot, snapshot.Complete()
}

// setAside is what the pages of a list set aside: the keys, and what the first says.
func (s scene) setAside(t *testing.T, list string) (keys []string, says string) {
	t.Helper()
	fetcher := s.fetcher(t, list)
	for page, err := range fetcher.Pages(t.Context()) {
		if err != nil {
			t.Fatalf("%s with %v: %v", list, s.faults, err)
		}
		decoded, err := fetcher.Decode(page)
		if err != nil {
			t.Fatalf("%s with %v: %v", list, s.faults, err)
		}
		for _, set := range decoded.SetAside {
			keys, says = append(keys, set.Key), cmp.Or(says, set.Detail)
		}
	}
	return keys, says
}

// fetcher reads one list of a simulated provider.
func (s scene) fetcher(t *testing.T, list string) catalog.Fetcher {
	t.Helper()
	now := func() time.Time { return time.UnixMilli(1700000000000) }
	config := ncp.Config{
		AccessKey: "access-canary-31", SecretKey: "secret-canary-72", Products: 30, Now: now,
		At: func() time.Time { return world.Start().Add(time.Duration(s.day) * world.Day) },
	}
	for _, text := range s.faults {
		parsed, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		config.Faults = append(config.Faults, parsed)
	}
	server := httptest.NewServer(ncp.New(config))
	t.Cleanup(server.Close)
	source := catalog.Source{
		Name: "ncp", BaseURL: server.URL, Location: time.UTC, Options: map[string]string{"page_size": "10"},
		Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret(config.AccessKey), "secret_key": catalog.NewSecret(config.SecretKey)},
	}
	maps.Copy(source.Options, s.options)
	return fetcherOf(t, source, list, fetchers.Options{Now: now, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
}

func fetcherOf(t *testing.T, source catalog.Source, list string, options fetchers.Options) catalog.Fetcher {
	t.Helper()
	for _, provider := range fetchers.All() {
		if provider.Name != ncp.Name {
			continue
		}
		all, err := provider.New(source, options)
		if err != nil {
			t.Fatal(err)
		}
		for _, fetcher := range all {
			if fetcher.List().ID.Name == list {
				return fetcher
			}
		}
	}
	t.Fatalf("no list %s", list)
	return nil
}

func (s scene) mustWalk(t *testing.T, list string) *snapshot.Snapshot {
	t.Helper()
	snapshot, err := s.walk(t, list)
	if err != nil {
		t.Fatalf("%s on day %d: %v", list, s.day, err)
	}
	return snapshot
}

// TestBothFormatsGiveOneResult walks each list in each format before, in and
// after the script.
func TestBothFormatsGiveOneResult(t *testing.T) {
	for _, list := range lists() {
		for _, day := range []int{0, 16, 84} {
			inJSON := scene{day: day}.mustWalk(t, list)
			inXML := scene{day: day, options: map[string]string{"format": "xml"}}.mustWalk(t, list)
			if inJSON.Digest() != inXML.Digest() || inJSON.Len() == 0 {
				t.Errorf("%s on day %d: %d entries of JSON and %d of XML are not the same", list, day, inJSON.Len(), inXML.Len())
			}
			for _, snapshot := range []*snapshot.Snapshot{inJSON, inXML} {
				if len(snapshot.Unknown()) != 0 || len(snapshot.Warnings()) != 0 || !snapshot.TotalStated() {
					t.Errorf("%s on day %d: %v %v", list, day, snapshot.Unknown(), snapshot.Warnings())
				}
			}
		}
	}
}

// TestUnchangedPagesAreEqual though every answer has a requestId of its own;
// no page shows it, or a secret.
func TestUnchangedPagesAreEqual(t *testing.T) {
	for _, list := range lists() {
		for _, format := range []string{"json", "xml"} {
			options := map[string]string{"format": format}
			first := scene{options: options}.mustWalk(t, list)
			second := scene{options: options, faults: []string{"ncp:http500:times=1"}}.mustWalk(t, list)
			if first.PagesDigest() != second.PagesDigest() {
				t.Errorf("%s in %s: the pages differ", list, format)
			}
			for _, stored := range first.Pages() {
				page, err := stored.Open()
				if err != nil {
					t.Fatal(err)
				}
				for _, part := range page.Parts {
					if text := part.Request + string(part.Body); strings.Contains(text, "canary") || part.MediaType != format {
						t.Errorf("a page in %s: %s", part.MediaType, text)
					}
				}
			}
		}
	}
}

func TestPagesCarryListDetailsAndRegions(t *testing.T) {
	snapshot := scene{day: 16, options: map[string]string{"page_size": "3"}}.mustWalk(t, "server-images")
	var shapes []string
	for _, stored := range snapshot.Pages() {
		var actions []string
		for _, part := range stored.Parts {
			action, _, _ := strings.Cut(strings.TrimPrefix(part.Request, "GET /vserver/v2/"), "?")
			actions = append(actions, action)
		}
		shapes = append(shapes, strings.Join(actions, " "))
	}
	detail := " getServerImageDetail"
	want := []string{
		"getServerImageList" + strings.Repeat(detail, 3) + " getRegionList", "getServerImageList" + strings.Repeat(detail, 3) + " getRegionList",
		"getServerImageList" + strings.Repeat(detail, 1) + " getRegionList", "getServerImageList" + strings.Repeat(detail, 1) + " getRegionList",
	}
	if diff := gocmp.Diff(want, shapes); diff != "" {
		t.Error(diff)
	}
	if got := snapshot.Pages()[3].Parts[0].Request; got != "GET /vserver/v2/getServerImageList?pageNo=1&pageSize=3&regionCode=SGN&responseFormatType=json" {
		t.Errorf("the last page was asked with %s", got)
	}
}

func TestRegionsOfTheOption(t *testing.T) {
	keys := func(regions, list string) string {
		var keys []string
		snapshot := scene{day: 16, options: map[string]string{"regions": regions, "page_size": "1000"}}.mustWalk(t, list)
		for key := range snapshot.Digests() {
			keys = append(keys, key)
		}
		return strings.Join(keys, " ")
	}
	for regions, want := range map[string]string{"KR": "KR/c2-g3 KR/s2-g3", "SGN": "SGN/c2-g3", "SGN,KR": "KR/c2-g3 KR/s2-g3 SGN/c2-g3"} {
		if got := keys(regions, "server-specs"); got != want {
			t.Errorf("%s: %s, want %s", regions, got, want)
		}
	}
	if _, err := (scene{options: map[string]string{"regions": "KR,MOON"}}).walk(t, "server-specs"); err == nil || !strings.Contains(err.Error(), "1007009") {
		t.Errorf("an unknown region: %v", err)
	}
}

// entries are one line for each entry of interest.
func entries(t *testing.T, day int, list string, wanted ...string) string {
	t.Helper()
	var lines []string
	snapshot := scene{day: day}.mustWalk(t, list)
	for entry, err := range snapshot.Entries(func(key string) bool { return slices.Contains(wanted, key) }) {
		if err != nil {
			t.Fatal(err)
		}
		line := entry.Key + " " + entry.Name
		for _, word := range []*string{entry.Status, entry.Lifecycle} {
			if word != nil {
				line += " " + *word
			}
		}
		for _, price := range entry.Prices {
			line += fmt.Sprintf(" %s/%s=%s", price.SKUPriceID, price.Variant, price.ListUnitPrice)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "; ")
}

func TestTheScriptArrives(t *testing.T) {
	for _, c := range []struct {
		day  int
		list string
		keys []string
		want string
	}{
		{0, "server-images", []string{"***5847"}, "***5847 test-*** CREAT IN_SERVICE"},
		{12, "server-images", []string{"***5847"}, "***5847 test-*** CREAT FADE_OUT"},
		{26, "server-images", []string{"***5847"}, "***5847 test-*** CREAT RETIRED"},
		{29, "server-images", []string{"***5847"}, ""},
		{6, "server-images", []string{"104630229"}, "104630229 ubuntu-24.04-base INIT IN_SERVICE"},
		{33, "server-images", []string{"23214590"}, "23214590 ubuntu-22.04-base (2026) CREAT"},
		{0, "regions", []string{"KR", "SGN"}, "KR Korea"},
		{15, "regions", []string{"KR", "SGN"}, "KR Korea; SGN Singapore(New)"},
		{0, "product-prices", []string{"KR/SPSVRSTAND000006"}, "KR/SPSVRSTAND000006 [Standard] 8vCPU, 16GB Mem 20001/MTRAT=317 20002/FXSUM=228000"},
		{15, "product-prices", []string{"KR/SPSVRSTAND000006", "SGN/SPSVRSTAND000006"}, "KR/SPSVRSTAND000006 [Standard] 8vCPU, 16GB Mem 20001/MTRAT=330 20002/FXSUM=237000; SGN/SPSVRSTAND000006 [Standard] 8vCPU, 16GB Mem 30001/MTRAT=349 30002/FXSUM=251000"},
		{0, "product-prices", []string{"KR/SPSVRSTAND000056A"}, "KR/SPSVRSTAND000056A [Standard] 2vCPU, 4GB Mem 20003/MTRAT=0 20004/FXSUM=0"},
		{50, "product-prices", []string{"KR/SPCDNTRAFFIC0001"}, "KR/SPCDNTRAFFIC0001 Traffic 20051/MTRAT=125 20051/MTRAT=110 20051/MTRAT=90 20052/KR/MTRAT=9 20052/JP/MTRAT=75 20052/US/MTRAT=12.5"},
	} {
		if got := entries(t, c.day, c.list, c.keys...); got != c.want {
			t.Errorf("day %d, %s: got %s, want %s", c.day, c.list, got, c.want)
		}
	}
}

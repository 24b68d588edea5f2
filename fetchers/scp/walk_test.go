package scp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/scp"
	"syncer/simulate/fault"
	simulated "syncer/simulate/scp"
	"syncer/simulate/world"
	"syncer/snapshot"
)

// stage is a simulated platform whose clock is also its world's.
type stage struct {
	dialect  simulated.Dialect
	products int
	account  string
	faults   []string
	size     string
	requests map[string]int // by path, counted where the map is made
}

func (s stage) pages(t *testing.T, list string, at time.Time) ([]catalog.Page, *snapshot.Snapshot, error) {
	t.Helper()
	config := simulated.Config{
		AccessKey: "0123456789abcdef0123456789abcdef", SecretKey: "11111111-2222-3333-4444-555555555555", AccountID: "228cb9e4a7934f84853594c7f26f7a21",
		Dialect: s.dialect, Products: s.products, Contracts: s.products, Seed: 1, Now: func() time.Time { return at }, At: func() time.Time { return at },
	}
	for _, text := range s.faults {
		parsed, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		config.Faults = append(config.Faults, parsed)
	}
	api := simulated.New(config)
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.requests != nil {
			s.requests[r.URL.Path]++
		}
		api.ServeHTTP(w, r)
	}))
	defer listener.Close()
	account := source(t, listener.URL)
	account.Options["account_id"] = s.account
	if s.size != "" {
		account.Options["page_size"] = s.size
	}
	fetcher := pick(t, account, list, web.Options{Now: config.Now, Sleep: noWait})
	snapshot := snapshot.New(fetcher)
	var pages []catalog.Page
	for page, err := range fetcher.Pages(t.Context()) {
		if err != nil {
			return pages, snapshot, err
		}
		if err := snapshot.Add(page); err != nil {
			return pages, snapshot, err
		}
		pages = append(pages, page)
	}
	return pages, snapshot, snapshot.Complete()
}

func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func (s stage) entries(t *testing.T, list string, day int) map[string]catalog.Entry {
	t.Helper()
	_, snapshot, err := s.pages(t, list, world.Start().Add(time.Duration(day)*world.Day))
	if err != nil {
		t.Fatalf("%s on day %d: %v", list, day, err)
	}
	if unknown := snapshot.Unknown(); slices.ContainsFunc(unknown, func(u catalog.Unknown) bool { return u.Kind == "field" }) {
		t.Errorf("%s on day %d: unknown %v", list, day, unknown)
	}
	entries := make(map[string]catalog.Entry)
	for entry, err := range snapshot.Entries(func(string) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		entries[entry.Key] = entry
	}
	return entries
}

func TestWalkOfEveryListInBothDialects(t *testing.T) {
	for _, list := range scp.Provider().Lists {
		for _, day := range []int{0, 20, 63} {
			for _, size := range []string{"", "2"} {
				printed := stage{dialect: simulated.Documented, size: size}.entries(t, list, day)
				typed := stage{dialect: simulated.SDK, account: "228cb9e4a7934f84853594c7f26f7a21", size: size}.entries(t, list, day)
				if len(printed) == 0 || len(printed) != len(typed) {
					t.Errorf("%s on day %d: %d and %d entries", list, day, len(printed), len(typed))
				}
				for key, entry := range printed {
					if without, other := timeless(entry), timeless(typed[key]); without.Digest() != other.Digest() {
						t.Errorf("%s on day %d: %s differs:\n%s\n%s", list, day, key, show(catalog.Decoded{Entries: []catalog.Entry{without}}), show(catalog.Decoded{Entries: []catalog.Entry{other}}))
					}
				}
			}
		}
	}
}

// timeless is the entry without the two dates whose zone only one dialect
// states.
func timeless(entry catalog.Entry) catalog.Entry {
	text := string(entry.Attributes)
	for _, name := range []string{"created_at", "modified_at"} {
		if at := strings.Index(text, `"`+name+`":"`); at >= 0 {
			end := at + len(name) + 4
			end += strings.Index(text[end:], `"`) + 1
			text = text[:at] + text[end:]
		}
	}
	entry.Attributes = catalog.Attributes(text)
	return entry
}

func TestTheDocumentedWorldIsTheGoldenOne(t *testing.T) {
	entry := stage{}.entries(t, "planned-computes", 0)["5f3688a192094ddeb0c94166a3e88935"]
	golden := decode(t, "planned-computes", documented(t, "planned-computes")).Entries[0]
	if entry.Digest() != golden.Digest() {
		t.Errorf("got\n%swant\n%s", show(catalog.Decoded{Entries: []catalog.Entry{entry}}), show(catalog.Decoded{Entries: []catalog.Entry{golden}}))
	}
}

func TestNoNameOfAPersonIsKept(t *testing.T) {
	pages, _, err := stage{}.pages(t, "planned-computes", world.Start().Add(20*world.Day))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		for _, part := range page.Parts {
			if body := string(part.Body); strings.Contains(body, "user123") || strings.Contains(body, `"kim"`) {
				t.Errorf("%s: a name in %s", part.Request, body)
			}
		}
	}
}

// TestAnotherDayIsNoVersion is about contracts of which nothing changed: their
// figures move with the asked span, their content may not.
func TestAnotherDayIsNoVersion(t *testing.T) {
	before, after := stage{}.entries(t, "planned-computes", 0), stage{}.entries(t, "planned-computes", 3)
	for key, entry := range before {
		later := after[key]
		if entry.Digest() != later.Digest() {
			t.Errorf("%s: another day is a version", key)
		}
		if entry.Usage[0].From.Equal(later.Usage[0].From) {
			t.Errorf("%s: the asked span did not move", key)
		}
	}
}

// TestTheWorldShowsInEntries is the script as the fetcher sees it: an ended contract
// that is listed on, words nobody documented, a deletion, unit prices, a fee
// that falls by itself.
func TestTheWorldShowsInEntries(t *testing.T) {
	const web, shop, sample = "0b0c6a3cf8f94a0f9a1c0d5f6f6f1a01", "2e3f8c5ea0b16c2abc3e2f7b8b8b3c03", "5f3688a192094ddeb0c94166a3e88935"
	for _, c := range []struct {
		day       int
		key, want string
	}{
		{4, sample, "ACTIVE N unit 41.25 fee 100000"}, {18, sample, "EXPIRED N"}, {30, sample, "EXPIRED Y"}, {42, sample, "absent"},
		{6, web, "absent"}, {8, web, "ACTIVE N unit 82.5 fee 360360"}, {9, web, "ACTIVE N unit 82.5 fee 359370"},
		{33, web, "ACTIVE N unit 79 fee 321372"}, {46, web, "ACTIVE N unit 79 unit 79 fee 309048"},
		{38, shop, "CANCELLED N"}, {40, shop, "CANCELLED Y"}, {49, shop, "absent"},
	} {
		if got := shown(stage{}.entries(t, "planned-computes", c.day)[c.key]); got != c.want {
			t.Errorf("day %d, %.4s: %s, want %s", c.day, c.key, got, c.want)
		}
	}
}

func shown(entry catalog.Entry) string {
	if entry.Key == "" {
		return "absent"
	}
	text := *entry.Status + map[bool]string{true: " Y", false: " N"}[strings.Contains(string(entry.Attributes), `"delete_yn":"Y"`)]
	for _, price := range entry.Prices {
		switch {
		case price.Kind == catalog.PriceFee:
			text += " fee " + price.ListUnitPrice.String()
		case price.Currency == "KRW":
			text += " unit " + price.ListUnitPrice.String()
		}
	}
	return text
}

func TestServicesAreScopes(t *testing.T) {
	pages, snapshot, err := stage{}.pages(t, "contract-types", world.Start().Add(63*world.Day))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != 2 || snapshot.Len() != 6 {
		t.Errorf("%d pages, %d entries", len(pages), snapshot.Len())
	}
	for i, want := range []string{"VIRTUAL_SERVER", "DATABASE"} {
		if end := decode(t, "contract-types", pages[i]).End; end.Scope != want || end.Last != (i == 1) {
			t.Errorf("page %d: %+v", i+1, end)
		}
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"scp:page_cap:limit=3":              "",
		"scp:wrong_total:value=+5":          "provider states a total of 35",
		"scp:wrong_total:value=absent":      "",
		"scp:http500:list=instances":        "", // TestServicesThatDoNotAnswer
		"scp:code_error:list=instances":     "",
		"scp:html200:list=cancellation-fee": "",
		"scp:http401:list=instances":        "instances of VIRTUAL_SERVER/OPEN_SOURCE/s1v1m2: GET /v1/planned-computes/instances: status 401 (UNAUTHORIZED)",
		"scp:conflict":                      "", // that contract is set aside
		"scp:repeat":                        "page repeats earlier ones",
		"scp:http401":                       "HmacValidFail",
		"scp:redirect":                      "redirects are refused",
		"scp:code_error":                    "errors: the answer is an error",
		"scp:duplicate":                     "",
		"scp:shift":                         "total changed from 30 to 29",
		"scp:empty":                         "",
	} {
		s := stage{products: 29, size: "10", faults: []string{text}}
		_, snapshot, err := s.pages(t, "planned-computes", world.Start())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
		if err == nil && text != "scp:empty" && snapshot.Len() != 30 {
			t.Errorf("%s: %d contracts in silence", text, snapshot.Len())
		}
	}
}

// TestFaultsThatSetAside: one service that does not answer hides nothing that others
// say, and is named.
func TestFaultsThatSetAside(t *testing.T) {
	const status = ": status 500 (InternalServerError): Internal Server Error"
	for _, c := range []struct {
		list, fault, want string
		entries           int
	}{
		{"server-types", "scp:http500:list=server-types:about=DATABASE", "fields incomplete: service DATABASE: GET /v1/planned-computes/server-types" + status, 3},
		{"os-types", "scp:http400:list=os-types:about=DATABASE", "fields incomplete: service DATABASE: GET /v1/planned-computes/os-types: status 400 (", 2},
		{"planned-computes", "scp:http500:list=instances", "prices unread: instances of VIRTUAL_SERVER/OPEN_SOURCE/s1v1m2: GET /v1/planned-computes/instances" + status, 4},
		{"planned-computes", "scp:http500:list=instances:about=s1v2m4", "0b0c6a3cf8f94a0f9a1c0d5f6f6f1a01 prices incomplete: instances of VIRTUAL_SERVER/OPEN_SOURCE/s1v2m4: GET /v1/planned-computes/instances" + status, 4},
		{"planned-computes", "scp:html200:list=cancellation-fee", "prices unread: cancellation fee of 5f3688a192094ddeb0c94166a3e88935: POST /v1/planned-computes/cancellation-fee: the answer is an HTML page", 4},
		{"planned-computes", "scp:number_id", "fields unreadable: planned_computes[0].id: want a text that is not empty, got 12345678901234567890", 3},
	} {
		pages, _, _ := stage{faults: []string{c.fault}}.pages(t, c.list, world.Start().Add(16*world.Day)) // whole or not is for the snapshot to say
		var got []string
		entries := 0
		for _, page := range pages {
			decoded := decode(t, c.list, page)
			entries += len(decoded.Entries)
			if said := told(decoded); said != "" {
				got = append(got, said)
			}
		}
		if all := strings.Join(got, "\n"); !strings.HasPrefix(all, c.want) || strings.Contains(all, "\n") || entries != c.entries {
			t.Errorf("%s of %s: %d entries, set aside\n%s\nwant %d and\n%s", c.fault, c.list, entries, all, c.entries, c.want)
		}
	}
	if _, _, err := (stage{faults: []string{"scp:http500:list=server-types:about=VIRTUAL_SERVER"}}).pages(t, "server-types", world.Start().Add(16*world.Day)); err == nil || !strings.Contains(err.Error(), "page 1: fetch codes of VIRTUAL_SERVER: GET /v1/planned-computes/server-types"+status) {
		t.Errorf("the first service does not answer: %v", err)
	}
}

package iwinv

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/simulate/world"
)

func TestEveryMomentOfTheScriptShows(t *testing.T) {
	uris := []string{"/v1/flavors?page_size=100&max_gpu=9", "/v1/zones", "/v1/images?page_size=100", "/v1/block-storages/types"}
	show := func(at time.Time) string {
		api := newAPI(t, func(c *Config) { c.At = func() time.Time { return at } })
		var all strings.Builder
		for _, uri := range uris {
			all.WriteString(call(api, uri).Body.String())
		}
		return all.String()
	}
	for _, moment := range newAPI(t, nil).Moments() {
		if moment.Text == "" || moment.Provider != Name || moment.At.After(world.Start().Add(world.Weeks*7*world.Day)) {
			t.Errorf("moment %+v", moment)
		}
		if show(moment.At.Add(-time.Second)) == show(moment.At) {
			t.Errorf("%s: nothing changed", moment.Text)
		}
	}
}

func TestScript(t *testing.T) {
	listed := func(day int, id string) map[string]any {
		got := read(t, newAPI(t, func(c *Config) { c.At = moment(day) }), "/v1/flavors/"+id)
		if len(got.Result) == 0 {
			return nil
		}
		return got.Result[0]
	}
	for _, test := range []struct {
		id      string
		day     int
		present bool
	}{{"hpa_1.2_n", 15, true}, {"hpa_1.2_n", 16, false}, {"hpa_1.2_n", 17, true}, {"gna_1.2_n", 34, true}, {"gna_1.2_n", 55, false}, {"gna_1.2_n", 56, true}, {"gna_2.4_n", 84, false}, {"gna_4.8_n", 8, false}, {"gna_4.8_n", 9, true}} {
		if got := listed(test.day, test.id) != nil; got != test.present {
			t.Errorf("%s on day %d: listed %v", test.id, test.day, got)
		}
	}
	if got := listed(21, "soi_2.8_s")["status"]; got != "unavailable" {
		t.Errorf("soi_2.8_s: %v", got)
	}
	if got := listed(44, "vgna_2_n")["name"]; got != "vgna_2_n (2026)" {
		t.Errorf("vgna_2_n: %v", got)
	}
	full := listed(5, "vgna_1_n")["price"].(map[string]any)["full"]
	if diff := cmp.Diff(map[string]any{"type": "month", "KRW": map[string]any{"price": 5900.0, "vat": 590.0, "total": 6490.0}}, full); diff != "" {
		t.Error(diff)
	}
}

// TestSlips: an absurd price is put right, a wrong one too, an odd one stays.
func TestSlips(t *testing.T) {
	month := func(id string, day int, calm bool) any {
		got := read(t, newAPI(t, func(c *Config) { c.At, c.Calm = moment(day), calm }), "/v1/flavors/"+id)
		return got.Result[0]["price"].(map[string]any)["full"].(map[string]any)["KRW"].(map[string]any)["price"]
	}
	for _, test := range []struct {
		id             string
		day            int
		want, wantCalm float64
	}{
		{"hpa_2.4_n", 24, 32900, 32900}, {"hpa_2.4_n", 25, 329_000_000, 32900}, {"hpa_2.4_n", 27, 32900, 32900},
		{"gna_2.4_n", 31, 55600, 27800}, {"gna_2.4_n", 32, 27800, 27800},
		{"soi_2.8_s", 41, 45100, 45100}, {"soi_2.8_s", 42, 4200, 45100}, {"soi_2.8_s", 84, 4200, 45100},
	} {
		if got := month(test.id, test.day, false); got != test.want {
			t.Errorf("%s on day %d: %v, want %v", test.id, test.day, got, test.want)
		}
		if got := month(test.id, test.day, true); got != test.wantCalm {
			t.Errorf("%s on day %d of a calm world: %v, want %v", test.id, test.day, got, test.wantCalm)
		}
	}
}

func TestGeneratedWorldIsReproducible(t *testing.T) {
	show := func(seed int64, day int) string {
		api := newAPI(t, func(c *Config) { c.Seed, c.Products, c.At = seed, 200, moment(day) })
		return call(api, "/v1/flavors?page_size=1000").Body.String()
	}
	first := show(1, 50)
	if again := show(1, 50); first != again {
		t.Error("the same seed and moment gave two worlds")
	}
	if first == show(2, 50) {
		t.Error("two seeds gave the same world")
	}
	if first == show(1, 57) {
		t.Error("no week changed anything")
	}
}

func TestTheWorldMayGoBack(t *testing.T) {
	day := 84
	api := newAPI(t, func(c *Config) { c.At = func() time.Time { return moment(day)() } })
	late := call(api, "/v1/flavors").Body.String()
	day = 0
	if first := call(api, "/v1/flavors").Body.String(); first == late || first != call(newAPI(t, nil), "/v1/flavors").Body.String() {
		t.Error("the first catalog is not what it was")
	}
}

func TestRowFaults(t *testing.T) {
	for text, want := range map[string][]string{
		"iwinv:duplicate":           {"vgna_1_n", "vgna_1_n", "vgna_2_n"},
		"iwinv:empty_id":            {"", "vgna_2_n", "gna_1.2_n"},
		"iwinv:repeat":              {"vgna_1_n", "vgna_2_n", "gna_1.2_n"},
		"iwinv:page_cap:limit=1":    {"vgna_1_n"},
		"iwinv:empty":               nil,
		"iwinv:empty:list=images":   {"vgna_1_n", "vgna_2_n", "gna_1.2_n"},
		"iwinv:shrink:fraction=0.1": {"vgna_1_n"},
	} {
		api := newAPI(t, withFaults(t, text))
		if diff := cmp.Diff(want, ids(read(t, api, "/v1/flavors?page_size=3"), "flavor_id")); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestFaultsBetweenPages(t *testing.T) {
	for text, want := range map[string][]string{
		"iwinv:shift":              {"hpa_1.2_n", "hpa_2.4_n", "soi_2.8_s"},
		"iwinv:shift:value=insert": {"gna_1.2_n", "gna_2.4_n", "hpa_1.2_n"},
		"iwinv:repeat":             {"vgna_1_n", "vgna_2_n", "gna_1.2_n"},
	} {
		got := read(t, newAPI(t, withFaults(t, text)), "/v1/flavors?page_size=3&page_no=2")
		if diff := cmp.Diff(want, ids(got, "flavor_id")); diff != "" || got.PageNo != 2 {
			t.Errorf("%s: page %d %s", text, got.PageNo, diff)
		}
	}
}

func TestRowFaultsOfANamedPage(t *testing.T) {
	for text, want := range map[string][2][]string{
		"iwinv:duplicate:page=2": {{"vgna_1_n", "vgna_2_n"}, {"gna_1.2_n", "gna_1.2_n", "gna_2.4_n"}},
		"iwinv:conflict:page=2":  {{"vgna_1_n", "vgna_2_n"}, {"gna_1.2_n", "gna_1.2_n", "gna_2.4_n"}},
		"iwinv:empty_id:page=2":  {{"vgna_1_n", "vgna_2_n"}, {"", "gna_2.4_n"}},
		"iwinv:number_id:page=1": {{"1.2345678901234567e+19", "vgna_2_n"}, {"gna_1.2_n", "gna_2.4_n"}},
		"iwinv:bad_price:page=2": {{"vgna_1_n", "vgna_2_n"}, {"gna_1.2_n", "gna_2.4_n"}},
	} {
		api := newAPI(t, withFaults(t, text))
		for page, want := range want {
			uri := fmt.Sprintf("/v1/flavors?page_size=2&page_no=%d", page+1)
			got := read(t, api, uri)
			if diff := cmp.Diff(want, ids(got, "flavor_id")); diff != "" || *got.Total != 7 {
				t.Errorf("%s, page %d, total %d: %s", text, page+1, *got.Total, diff)
			}
			spoilt := strings.Contains(call(api, uri).Body.String(), `"5,600"`)
			if spoilt != (page == 1 && strings.Contains(text, "bad_price")) {
				t.Errorf("%s: page %d is spoilt: %t", text, page+1, spoilt)
			}
		}
	}
}

func TestRefusalFaults(t *testing.T) {
	for text, want := range map[string]string{
		"iwinv:http500:page=1":            `500 {"code":"0x99"`,
		"iwinv:http401":                   `401 {"code":"0x7"`,
		"iwinv:http403":                   `403 {"code":"0x9","error_code":"CHECK_IP"`,
		"iwinv:http429:retry_after=86400": `429 {"code":"0x17"`,
		"iwinv:code_error":                `200 {"code":"0x99"`,
		"iwinv:html200":                   `200 <!DOCTYPE html>`,
		"iwinv:http500:page=2":            `200 {"code":"0x00"`,
	} {
		answer := call(newAPI(t, withFaults(t, text)), "/v1/flavors")
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if strings.Contains(text, "retry_after") && answer.Header().Get("Retry-After") != "86400" {
			t.Errorf("Retry-After %q", answer.Header().Get("Retry-After"))
		}
	}
}

func TestRateIsKeptOnlyByItsFault(t *testing.T) {
	free, kept := newAPI(t, nil), newAPI(t, withFaults(t, "iwinv:rate"))
	for n := range 61 {
		if answer := call(free, "/v1/zones"); answer.Code != http.StatusOK {
			t.Fatalf("without the fault, request %d: %d", n+1, answer.Code)
		}
		want := map[bool]int{true: 200, false: 429}[n < 60]
		if answer := call(kept, "/v1/zones"); answer.Code != want {
			t.Fatalf("request %d: %d, want %d", n+1, answer.Code, want)
		}
	}
}

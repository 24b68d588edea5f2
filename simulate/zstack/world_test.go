package zstack

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/simulate/world"
)

func TestLongListsAreCutInSilence(t *testing.T) {
	api := newAPI(t, func(c *Config) { c.Products, c.Seed = 1100, 3 })
	if got := get(t, api, "instance-offerings"); len(got.Inventories) != 1000 || got.Total != nil {
		t.Errorf("%d rows", len(got.Inventories))
	}
	seen := map[string]bool{}
	for start := range 12 {
		for _, row := range get(t, api, fmt.Sprintf("instance-offerings?sort=%%2Buuid&limit=100&start=%d", start*100)).Inventories {
			seen[row["uuid"].(string)] = true
		}
	}
	if len(seen) != 1102 {
		t.Errorf("sorted by uuid, %d of 1102 seen", len(seen))
	}
}

func TestUnsortedPagesAreUnordered(t *testing.T) {
	show := func() [][]string {
		api := newAPI(t, func(c *Config) { c.Products = 50 })
		return [][]string{names(get(t, api, "instance-offerings")), names(get(t, api, "instance-offerings"))}
	}
	first := show()
	if slices.Equal(first[0], first[1]) {
		t.Error("two unsorted answers have the same order")
	}
	if diff := cmp.Diff(first, show()); diff != "" {
		t.Errorf("the same seed gave another order: %s", diff)
	}
}

func TestEveryMomentOfTheScriptShows(t *testing.T) {
	show := func(at time.Time) string {
		api := newAPI(t, func(c *Config) { c.At = func() time.Time { return at } })
		return fmt.Sprint(get(t, api, "instance-offerings?sort=uuid"), get(t, api, "disk-offerings?sort=uuid"), get(t, api, "instance-offerings/virtual-routers?sort=uuid"))
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
	for _, test := range []struct {
		day         int
		query, want string
	}{
		{7, "q=uuid%3D4f7e7eff5bb04f7cacc33a18006a0c72", "Enabled Jun 7, 2017 9:20:13 PM"},
		{8, "q=uuid%3D4f7e7eff5bb04f7cacc33a18006a0c72", "Disabled Jan 13, 2026 12:00:00 AM"},
		{15, "q=uuid%3D4f7e7eff5bb04f7cacc33a18006a0c72", "Enabled Jan 20, 2026 12:00:00 AM"},
		{19, "q=name%3Dsmall", "Enabled Jan 7, 2026 12:00:00 AM"},
		{20, "q=name%3Dsmall", "absent"},
		{21, "q=name%3Dsmall", "Enabled Jan 7, 2026 12:00:00 AM"},
		{26, "q=name%3Dmedium", "absent"},
		{47, "q=name%3Dmedium", "Enabled Jan 7, 2026 12:00:00 AM"},
		{84, "q=name%3Dlarge", "absent"},
	} {
		got := "absent"
		for _, row := range get(t, newAPI(t, onDay(test.day)), "instance-offerings?"+test.query).Inventories {
			got = fmt.Sprint(row["state"], " ", row["lastOpDate"])
		}
		if got != test.want {
			t.Errorf("day %d %s: %s, want %s", test.day, test.query, got, test.want)
		}
	}
}

func TestGeneratedOfferingsChangeEachWeek(t *testing.T) {
	show := func(seed int64, day int) string {
		api := newAPI(t, func(c *Config) { onDay(day)(c); c.Products, c.Seed = 100, seed })
		return fmt.Sprint(get(t, api, "instance-offerings?sort=uuid"))
	}
	first, again := show(1, 49), show(1, 49)
	if first != again || first == show(2, 49) || first == show(1, 47) {
		t.Error("the generated world is not a function of seed and week")
	}
}

func TestExpiry(t *testing.T) {
	api := newAPI(t, withFaults(t, "zstack:expire:after=2"))
	session := login(t, api)
	var got []int
	for n := range 4 {
		if n == 3 {
			session = login(t, api)
		}
		got = append(got, send(api, http.MethodGet, "/zstack/v1/disk-offerings", "", "Authorization", "OAuth "+session).Code)
	}
	if diff := cmp.Diff([]int{200, 200, 503, 200}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"zstack:code_error":                `200 {"error":{"code":"SYS.1000"`,
		"zstack:http500":                   "500 Internal Server Error",
		"zstack:http429:retry_after=2":     "429 Too Many Requests",
		"zstack:html200":                   "200 <!DOCTYPE html>",
		"zstack:empty":                     `200 {"inventories":[],"schema":{},"total":0}`,
		"zstack:empty_id":                  `200 {"inventories":[{"allocatorStrategy":"Mevoco","cpuNum":2.0`,
		"zstack:empty:list=disk-offerings": `200 {"inventories":[{"uuid":"4f7e`,
	} {
		api := newAPI(t, withFaults(t, text))
		answer := send(api, http.MethodGet, "/zstack/v1/instance-offerings?sort=uuid&replyWithCount=true", "", "Authorization", "OAuth "+login(t, api))
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestPagingFaults(t *testing.T) {
	const second = "instance-offerings?sort=%2BcpuNum&q=name!%3DinstanceOffering1&replyWithCount=true&limit=2&start=2"
	for text, want := range map[string]string{
		"zstack:repeat":              "[small medium] 4",
		"zstack:shift":               "[huge] 3",
		"zstack:shift:value=insert":  "[medium large] 5",
		"zstack:page_cap:limit=1":    "[large] 4",
		"zstack:wrong_total":         "[large huge] 9",
		"zstack:http500:page=1":      "[large huge] 4",
		"zstack:duplicate:page=2":    "[large large huge] 4",
		"zstack:conflict:page=2":     "[large large (other) huge] 4",
		"zstack:empty_id:page=3":     "[large huge] 4",
		"zstack:wrong_total:value=2": "[large huge] 2",
	} {
		got := get(t, newAPI(t, func(c *Config) { onDay(11)(c); withFaults(t, text)(c) }), second)
		if got := fmt.Sprint(names(got), " ", *got.Total); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

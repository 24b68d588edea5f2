package zstack

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/simulate/world"
)

func withBilling(c *Config) { c.Billing = true }

// priceOf is the price in force of a resource and how many have ended.
func priceOf(t *testing.T, api *API, table, resource string) (price string, ended int) {
	t.Helper()
	price = "none"
	for _, row := range get(t, api, "billings/prices?q=tableUuid%3D"+table+"&q=resourceName%3D"+resource).Inventories {
		if row["endDateInLong"] != nil {
			ended++
			continue
		}
		price = fmt.Sprintf("%v %v/%v", row["price"], row["resourceUnit"], row["timeUnit"])
	}
	return price, ended
}

func TestPriceTables(t *testing.T) {
	api := newAPI(t, withBilling)
	got := get(t, api, "billings/price-tables?sort=%2Buuid&replyWithCount=true")
	if diff := cmp.Diff([]string{"Standard"}, names(got)); diff != "" || *got.Total != 1 || got.Schema["inventories[0]"] != "org.zstack.billing.table.PriceTableInventory" {
		t.Errorf("%+v %s", got, diff)
	}
	if got := get(t, api, "billings/price-tables/"+standardTable); len(got.Inventories) != 1 || got.Inventories[0]["createDate"] != "Jul 1, 2025 12:00:00 AM" {
		t.Errorf("by uuid: %+v", got)
	}
	gpu := get(t, api, "billings/prices?q=resourceName%3Dgpu").Inventories
	if devices := gpu[0]["pciDeviceOfferings"].([]any); devices[0].(map[string]any)["pciDeviceOfferingUuid"] != deviceT4 {
		t.Errorf("gpu: %+v", gpu)
	}
	answer := send(api, http.MethodGet, "/zstack/v1/billings/prices?q=resourceName%3DrootVolume", "", "Authorization", "OAuth "+login(t, api))
	if !strings.Contains(answer.Body.String(), `"price":1.5E-7,"dateInLong":1751328000000,"tableUuid":`) {
		t.Errorf("numbers as Java writes them: %s", answer.Body)
	}
}

func TestBillingScript(t *testing.T) {
	for _, test := range []struct {
		day             int
		table, resource string
		want            string
		ended           int
	}{
		{9, standardTable, "cpu", "1.25e-05 1/s", 0}, {10, standardTable, "cpu", "1.2e-05 1/s", 1}, {66, standardTable, "cpu", "1.28e-05 1/s", 2},
		{51, standardTable, "snapShot", "8e-08 1G/s", 0}, {52, standardTable, "snapShot", "none", 1},
		{18, partnerTable, "cpu", "none", 0}, {19, partnerTable, "cpu", "1e-05 1/s", 0}, {80, partnerTable, "cpu", "none", 0},
	} {
		api := newAPI(t, func(c *Config) { onDay(test.day)(c); c.Billing = true })
		if got, ended := priceOf(t, api, test.table, test.resource); got != test.want || ended != test.ended {
			t.Errorf("day %d, %s: %s after %d, want %s after %d", test.day, test.resource, got, ended, test.want, test.ended)
		}
	}
}

func TestEveryMomentOfTheBillingScriptShows(t *testing.T) {
	show := func(at time.Time) string {
		api := newAPI(t, func(c *Config) { c.At, c.Billing = func() time.Time { return at }, true })
		return fmt.Sprint(get(t, api, "billings/price-tables?sort=uuid"), get(t, api, "billings/prices?sort=uuid"))
	}
	seen := 0
	for _, moment := range newAPI(t, withBilling).Moments() {
		if moment.List != "price-tables" {
			continue
		}
		if seen++; moment.At.After(world.Start().Add(world.Weeks*7*world.Day)) || show(moment.At.Add(-time.Second)) == show(moment.At) {
			t.Errorf("%s: nothing changed", moment.Text)
		}
	}
	if seen != len(billingScript()) || len(newAPI(t, nil).Moments()) != len(newAPI(t, withBilling).Moments())-seen {
		t.Errorf("%d moments of billing", seen)
	}
}

func TestTagsOfPrices(t *testing.T) {
	for day, want := range map[int]string{23: "", 24: "3.0e-07 open;", 54: "3.0e-07 ended;3.2e-07 open;"} {
		api := newAPI(t, func(c *Config) { onDay(day)(c); c.Billing = true })
		got := ""
		for _, tag := range get(t, api, "system-tags?q=resourceType%3DPriceVO&q=tag~%3DpriceUserConfig%3A%3A%25&sort=uuid").Inventories {
			if tag["tag"] != `priceUserConfig::{"priceUserConfig":{"priceKeyName":"highSpeedDisk"}}` {
				t.Errorf("tag %v", tag)
			}
			price := get(t, api, "billings/prices/"+tag["resourceUuid"].(string)).Inventories[0]
			got += fmt.Sprintf("%.1e %s;", price["price"], map[bool]string{true: "ended", false: "open"}[price["endDateInLong"] != nil])
		}
		if got != want {
			t.Errorf("day %d: %s, want %s", day, got, want)
		}
	}
	api := newAPI(t, func(c *Config) { onDay(24)(c); c.Billing = true })
	for query, rows := range map[string]int{"tag~%3D%25highSpeed%25": 1, "tag~%3D%25slow%25": 0, "tag~%3DpriceUserConfig": 0, "uuid~%3D%25": 1} {
		if got := get(t, api, "system-tags?q="+query).Inventories; len(got) != rows {
			t.Errorf("%s: %v", query, got)
		}
	}
}

// TestAPriceForALaterDay stands beside the one that it will end.
func TestAPriceForALaterDay(t *testing.T) {
	api := newAPI(t, func(c *Config) { onDay(60)(c); c.Billing = true })
	got := ""
	for _, row := range get(t, api, "billings/prices?q=resourceName%3DdataVolume&sort=dateInLong").Inventories {
		from := time.UnixMilli(int64(row["dateInLong"].(float64))).UTC()
		got += fmt.Sprintf("%v from %s, ends %t; ", row["price"], from.Format(time.DateOnly), row["endDateInLong"] != nil)
	}
	if want := "1.2e-07 from 2025-07-01, ends true; 1.3e-07 from 2026-03-19, ends false; "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVirtualRouterOfferings(t *testing.T) {
	for day, want := range map[int]string{0: "vrouter=true ", 36: "vrouter-large=false vrouter=true ", 57: "vrouter-large=true vrouter=false "} {
		got := ""
		for _, row := range get(t, newAPI(t, onDay(day)), "instance-offerings/virtual-routers?sort=uuid").Inventories {
			got += fmt.Sprintf("%v=%v ", row["name"], row["isDefault"])
		}
		if got != want {
			t.Errorf("day %d: %s, want %s", day, got, want)
		}
	}
}

func TestCommunityEditionKnowsNoPrices(t *testing.T) {
	api := newAPI(t, nil)
	for _, path := range []string{"/v1/billings/price-tables", "/v1/billings/prices"} {
		answer := send(api, http.MethodGet, "/zstack"+path, "", "Authorization", "OAuth "+login(t, api))
		if answer.Code != http.StatusNotFound || answer.Body.String() != "no api mapping to "+path {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
	}
}

func TestFaultsOfPrices(t *testing.T) {
	for text, want := range map[string]string{
		"zstack:http500:list=prices":     "500",
		"zstack:page_cap:list=prices":    "200 3",
		"zstack:empty:list=prices":       "200 0",
		"zstack:http500:list=no-such":    "200 7",
		"zstack:code_error:list=prices":  `200 0`,
		"zstack:expire:list=prices":      "503",
		"zstack:http429:list=prices":     "429",
		"zstack:shrink:list=prices":      "200 1",
		"zstack:unknown_field:page=9999": "200 7",
	} {
		api := newAPI(t, func(c *Config) { withBilling(c); withFaults(t, text)(c) })
		answer := send(api, http.MethodGet, "/zstack/v1/billings/prices", "", "Authorization", "OAuth "+login(t, api))
		got := fmt.Sprint(answer.Code)
		if answer.Code == http.StatusOK {
			got += fmt.Sprint(" ", strings.Count(answer.Body.String(), `"resourceName"`))
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestSessionsCanBeAskedFor(t *testing.T) {
	api := newAPI(t, nil)
	session := login(t, api)
	for uuid, want := range map[string]string{session: `{"valid":true}`, "none": `{"valid":false}`} {
		if answer := send(api, http.MethodGet, "/zstack/v1/accounts/sessions/"+uuid+"/valid", ""); answer.Code != http.StatusOK || answer.Body.String() != want {
			t.Errorf("%s: %d %s", uuid, answer.Code, answer.Body)
		}
	}
}

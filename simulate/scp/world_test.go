package scp

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"syncer/simulate/world"
)

// sdkContract is the SDK v3.3.2's PlannedComputeDTO.
type sdkContract struct {
	AccountID   string         `json:"account_id"`
	ContractID  *string        `json:"contract_id"`
	Type        string         `json:"contract_type"`
	CreatedAt   time.Time      `json:"created_at"`
	CreatedBy   *string        `json:"created_by"`
	DeleteYN    *string        `json:"delete_yn"`
	EndDate     string         `json:"end_date"`
	First       string         `json:"first_contract_start_at"`
	ID          *string        `json:"id"`
	ModifiedAt  time.Time      `json:"modified_at"`
	ModifiedBy  *string        `json:"modified_by"`
	NextType    *string        `json:"next_contract_type"`
	NextEnd     *string        `json:"next_end_date"`
	NextStart   *string        `json:"next_start_date"`
	OSName      string         `json:"os_name"`
	OSType      string         `json:"os_type"`
	Region      string         `json:"region"`
	Resource    *string        `json:"resource_name"`
	Kind        string         `json:"resource_type"`
	Server      string         `json:"server_type"`
	Description map[string]any `json:"server_type_description"`
	Service     string         `json:"service_id"`
	ServiceName string         `json:"service_name"`
	SRN         string         `json:"srn"`
	StartDate   string         `json:"start_date"`
	State       string         `json:"state"`
}

func everything(api *API) string {
	var all strings.Builder
	for _, uri := range []string{
		"/v1/planned-computes?limit=100", "/v1/planned-computes/service-types", "/v1/reports/prices?size=100",
		"/v1/planned-computes/contract-types", "/v1/planned-computes/os-types", "/v1/planned-computes/server-types?os_type=OPEN_SOURCE",
		"/v1/planned-computes/contract-types?service_id=DATABASE",
	} {
		all.WriteString(get(api, uri).Body.String())
	}
	for _, server := range []string{"s1v1m2", "s1v2m4", "s1v4m8"} {
		for _, os := range []string{"OPEN_SOURCE", "RHEL"} {
			all.WriteString(get(api, "/v1/planned-computes/instances?end_date=2026-02-01&os_type="+os+"&server_type="+server+"&service_id=VIRTUAL_SERVER&start_date=2026-01-01").Body.String())
		}
	}
	return all.String()
}

func TestEveryMomentOfTheScriptShows(t *testing.T) {
	show := func(at time.Time) string {
		return everything(newAPI(t, func(c *Config) { c.At = func() time.Time { return at } }))
	}
	seen := map[string]string{}
	for _, moment := range newAPI(t).Moments() {
		if moment.Text == "" || moment.Provider != Name || moment.At.After(world.Start().Add(world.Weeks*7*world.Day)) {
			t.Errorf("moment %+v", moment)
		}
		if show(moment.At.Add(-time.Second)) == show(moment.At) {
			t.Errorf("%s: nothing changed", moment.Text)
		}
		seen[moment.List] = moment.Text
	}
	if len(seen) != 6 {
		t.Errorf("changes in %v, want all six lists", seen)
	}
}

func TestScript(t *testing.T) {
	listed := func(day int, id string) string {
		answer := get(newAPI(t, onDay(day)), "/v1/planned-computes/"+id)
		if answer.Code != http.StatusOK {
			return "absent"
		}
		row := object(t, answer)["planned_compute"].(map[string]any)
		return fmt.Sprint(row["state"], " ", row["delete_yn"], " ", row["server_type"], " ", row["next_end_date"])
	}
	for _, c := range []struct {
		day      int
		id, want string
	}{
		{17, sample, "ACTIVE N s1v1m2 2024-08-31"}, {18, sample, "EXPIRED N s1v1m2 2024-08-31"},
		{30, sample, "EXPIRED Y s1v1m2 2024-08-31"}, {42, sample, "absent"},
		{6, web, "absent"}, {7, web, "ACTIVE N s1v2m4 <nil>"}, {21, web, "ACTIVE N s1v2m4 2028-01-11"},
		{27, batch, "ACTIVE N s1v4m8 <nil>"}, {28, batch, "ACTIVE N s1v2m4 <nil>"},
		{38, shop, "CANCELLED N s1v1m2 <nil>"}, {40, shop, "CANCELLED Y s1v1m2 <nil>"}, {49, shop, "absent"},
	} {
		if got := listed(c.day, c.id); got != c.want {
			t.Errorf("%.4s on day %d: %s, want %s", c.id, c.day, got, c.want)
		}
	}
}

func TestTheFeeFallsByItself(t *testing.T) {
	fee := func(day int, id string) string {
		return request(newAPI(t, onDay(day)), http.MethodPost, feeURI, `{"planned_compute_id":["`+id+`"]}`).Body.String()
	}
	for day, want := range map[int]string{
		8:  `{"bill_year_month":"2026-03","cancellation_fee":360360,"currency":{"code":"KRW","symbol":"₩"}}`,
		9:  `{"bill_year_month":"2026-03","cancellation_fee":359370,"currency":{"code":"KRW","symbol":"₩"}}`,
		27: `{"bill_year_month":"2026-04","cancellation_fee":341550,"currency":{"code":"KRW","symbol":"₩"}}`,
	} {
		if got := fee(day, web); got != want {
			t.Errorf("day %d: %s, want %s", day, got, want)
		}
	}
	if got := fee(17, sample); !strings.Contains(got, `"cancellation_fee":100000,`) {
		t.Errorf("sample: %s", got)
	}
	if got := fee(39, shop); !strings.Contains(got, "has ended") {
		t.Errorf("cancelled: %s", got)
	}
}

func TestGeneratedWorldIsReproducible(t *testing.T) {
	show := func(seed int64, day int) string {
		api := newAPI(t, func(c *Config) { c.Seed, c.Products, c.Contracts, c.At = seed, 200, 200, moment(day) })
		return get(api, "/v1/planned-computes?limit=1000").Body.String() + get(api, "/v1/reports/prices?size=1000").Body.String()
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
	late := everything(api)
	day = 0
	if first := everything(api); first == late || first != everything(newAPI(t)) {
		t.Error("the first catalog is not what it was")
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"scp:http500":                  `500 {"errors":[{"code":"InternalServerError"`,
		"scp:http401":                  `401 {"message":"Authentication failed : HmacValidFail"`,
		"scp:http403":                  `403 {"errors":[{"code":"Forbidden"`,
		"scp:http429:retry_after=3":    `429 {"errors":[{"code":"TooManyRequests"`,
		"scp:code_error":               `200 {"errors":[{"code":"InternalServerError"`,
		"scp:html200":                  `200 <!DOCTYPE html>`,
		"scp:empty":                    `200 {"planned_computes":[],"total_pages":"0","total_count":"0","current_page":"1"}`,
		"scp:empty_id":                 `200 {"planned_computes":[{"account_id"`,
		"scp:wrong_total:value=absent": `200 {"planned_computes":[{`,
		"scp:http500:list=instances":   `200 {"planned_computes":[{"start_date"`,
		"scp:http500:page=2":           `200 {"planned_computes":[{"start_date"`,
	} {
		answer := get(newAPI(t, withFaults(t, text)), "/v1/planned-computes")
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %.200s, want %s", text, got, want)
		}
	}
	if body := get(newAPI(t, withFaults(t, "scp:wrong_total:value=absent")), "/v1/planned-computes").Body.String(); strings.Contains(body, "total") {
		t.Errorf("a total in %s", body)
	}
	if body := get(newAPI(t, withFaults(t, "scp:wrong_total:value=+5")), "/v1/planned-computes").Body.String(); !strings.Contains(body, `"total_count":"6"`) {
		t.Errorf("no wrong total in %s", body)
	}
}

func TestOnlyRunningContractsCover(t *testing.T) {
	for day, want := range map[int]bool{37: true, 38: false, 40: false} {
		body := get(newAPI(t, onDay(day)), instancesURI).Body.String()
		if got := strings.Contains(body, `"resource_name":"shop-1"`); got != want {
			t.Errorf("day %d: shop-1 is covered: %t", day, got)
		}
	}
}

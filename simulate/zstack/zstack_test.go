package zstack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

const (
	testAccess = "zsAccessKeyId00000001"
	testSecret = "zsAccessKeySecret00000000000000000000001"
	// sha512 of "password".
	testHash = "b109f3bbbc244eb82441917ed06d618b9008dd09b3befd1b5e07394c706a8bb980b1d7785e5976ec049b46df5f1326af5a2ea6d103fd07c95385ffab0cacbc86"
)

func newAPI(t *testing.T, change func(*Config)) *API {
	t.Helper()
	config := Config{
		Account: "admin", Password: "password", AccessKey: testAccess, SecretKey: testSecret,
		Now: func() time.Time { return time.Unix(1700000000, 0) }, At: world.Start, Location: time.UTC,
	}
	if change != nil {
		change(&config)
	}
	return New(config)
}

func withFaults(t *testing.T, texts ...string) func(*Config) {
	t.Helper()
	var faults []fault.Fault
	for _, text := range texts {
		parsed, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, parsed)
	}
	return func(c *Config) { c.Faults = faults }
}

func onDay(day int) func(*Config) {
	return func(c *Config) { c.At = func() time.Time { return world.Start().Add(time.Duration(day) * world.Day) } }
}

func send(api *API, method, uri, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, uri, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)
	return answer
}

func login(t *testing.T, api *API) string {
	t.Helper()
	answer := send(api, http.MethodPut, "/zstack/v1/accounts/login", `{"logInByAccount":{"accountName":"admin","password":"`+testHash+`"}}`)
	var body struct{ Inventory struct{ UUID string } }
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || answer.Code != http.StatusOK || len(body.Inventory.UUID) != 32 {
		t.Fatalf("login: %d %s", answer.Code, answer.Body)
	}
	return body.Inventory.UUID
}

type reply struct {
	Inventories []map[string]any
	Schema      map[string]string
	Total       *int
}

// get logs in and asks.
func get(t *testing.T, api *API, uri string) reply {
	t.Helper()
	answer := send(api, http.MethodGet, "/zstack/v1/"+uri, "", "Authorization", "OAuth "+login(t, api))
	var body reply
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", uri, answer.Code, answer.Body)
	}
	return body
}

func names(r reply) []string {
	var names []string
	for _, row := range r.Inventories {
		names = append(names, fmt.Sprint(row["name"]))
	}
	return names
}

func TestTheDocumentedSampleIsServed(t *testing.T) {
	text, err := os.ReadFile("testdata/query.json")
	if err != nil {
		t.Fatal(err)
	}
	compact := strings.NewReplacer("\n", "", "  ", "", `": `, `":`).Replace(string(text))
	want := strings.TrimSuffix(strings.ReplaceAll(compact, " ]", "]"), "}")
	seoul := time.FixedZone("KST", 9*60*60)
	for _, location := range []*time.Location{time.UTC, seoul} {
		api := newAPI(t, func(c *Config) { c.Location = location })
		answer := send(api, http.MethodGet, "/zstack/v1/instance-offerings/4f7e7eff5bb04f7cacc33a18006a0c72", "", "Authorization", "OAuth "+login(t, api))
		if got := answer.Body.String(); !strings.HasPrefix(got, want) {
			t.Errorf("in %s: %s", location, cmp.Diff(want, got))
		}
	}
	got := get(t, newAPI(t, nil), "instance-offerings")
	if len(got.Inventories) != 2 || got.Schema["inventories[1]"] != "org.zstack.header.configuration.InstanceOfferingInventory" {
		t.Errorf("first catalog: %+v", got)
	}
}

func TestSignatureVectors(t *testing.T) {
	east := func(hours int) *time.Location { return time.FixedZone("", hours*60*60) }
	for _, test := range []struct {
		location             *time.Location
		date, uri, signature string
	}{
		{time.UTC, "Tue, 14 Nov 2023 22:13:20 UTC", "/v1/instance-offerings", "ATKfiFE02eoRXnN6v6yGqb9PoYQ="},
		{east(8), "Wed, 15 Nov 2023 06:13:20 CST", "/v1/instance-offerings", "kz3y3k0JADuLvG7lekP8flAacIw="},
		{east(8), "Wed, 15 Nov 2023 06:13:20 Asia/Shanghai", "/v1/instance-offerings", "lv4W62rQdH5qNZZ/50GtvTzDePY="},
		{east(9), "Wed, 15 Nov 2023 07:13:20 KST", "/v1/instance-offerings/b1c967830a5f4b198b291d7f22cc8a2f", "IGvJ1/bN14zVd7A4rRvfOMas6BQ="},
		{time.UTC, "Tue, 14 Nov 2023 22:13:20 UTC", "/v1/billings/prices", "3yce19tV8ztdSx/n/j/uFYIFhi8="},
	} {
		api := newAPI(t, func(c *Config) { c.Location, c.Billing = test.location, true })
		answer := send(api, http.MethodGet, "/zstack"+test.uri+"?limit=1", "", "Date", test.date, "Authorization", "ZStack "+testAccess+":"+test.signature)
		if answer.Code != http.StatusOK {
			t.Errorf("%s: %d %s", test.date, answer.Code, answer.Body)
		}
		answer = send(api, http.MethodGet, "/zstack"+test.uri, "", "Date", test.date, "Authorization", "ZStack "+testAccess+":x"+test.signature[1:])
		if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "ID.1000") {
			t.Errorf("%s with a wrong signature: %d %s", test.date, answer.Code, answer.Body)
		}
	}
}

func TestTheZoneOfDateIsNotLookedAt(t *testing.T) {
	const path = "/zstack/v1/instance-offerings"
	signed := "ZStack " + testAccess + ":ATKfiFE02eoRXnN6v6yGqb9PoYQ="
	seoul := newAPI(t, func(c *Config) { c.Location = time.FixedZone("KST", 9*60*60) })
	answer := send(seoul, http.MethodGet, path, "", "Date", "Tue, 14 Nov 2023 22:13:20 UTC", "Authorization", signed)
	if answer.Code != http.StatusForbidden || answer.Body.String() != "requestTimeTooSkewed" {
		t.Errorf("a right moment in another zone: %d %s", answer.Code, answer.Body)
	}
	for late, want := range map[time.Duration]int{15 * time.Minute: 200, -15 * time.Minute: 200, 15*time.Minute + time.Second: 403, -15*time.Minute - time.Second: 403} {
		api := newAPI(t, func(c *Config) { c.Now = func() time.Time { return time.Unix(1700000000, 0).Add(late) } })
		if answer := send(api, http.MethodGet, path, "", "Date", "Tue, 14 Nov 2023 22:13:20 UTC", "Authorization", signed); answer.Code != want {
			t.Errorf("%s late: %d, want %d", late, answer.Code, want)
		}
	}
}

func TestPlainTextRefusals(t *testing.T) {
	const path = "/zstack/v1/instance-offerings"
	api := newAPI(t, nil)
	session := "OAuth " + login(t, api)
	for _, test := range []struct {
		method, uri string
		headers     []string
		want        string
	}{
		{"GET", path, nil, "400 missing header 'Authorization'"},
		{"GET", path, []string{"Authorization", "Basic x"}, "400 the header 'Authorization'"},
		{"GET", path, []string{"Authorization", "ZStack a:b"}, "400 missing header 'Date'"},
		{"GET", path, []string{"Authorization", "ZStack a:b", "Date", "yesterday"}, "400 the header 'Date'"},
		{"GET", "/zstack/v1/billings/prices", []string{"Authorization", session}, "404 no api mapping to /v1/billings/prices"},
		{"GET", "/v1/instance-offerings", []string{"Authorization", session}, "404 no api mapping to"},
		{"POST", path, []string{"Authorization", session}, "405 "},
		{"GET", path + "?limit=many", []string{"Authorization", session}, "400 Invalid query parameter"},
		{"GET", path + "?start=1.5", []string{"Authorization", session}, "400 Invalid query parameter"},
		{"GET", path + "?q=name", []string{"Authorization", session}, "400 Invalid query parameter"},
		{"PUT", "/zstack/v1/accounts/login", nil, "400 the body has no logInByAccount"},
	} {
		answer := send(api, test.method, test.uri, "{}", test.headers...)
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, test.want) || !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s %s: %s, want %s", test.method, test.uri, got, test.want)
		}
	}
}

func TestLogin(t *testing.T) {
	api := newAPI(t, nil)
	for _, body := range []string{
		`{"logInByAccount":{"accountName":"admin","password":"password"}}`,
		`{"logInByAccount":{"accountName":"root","password":"` + testHash + `"}}`,
		`{"logInByAccount":{"accountName":"admin","password":"` + strings.ToUpper(testHash) + `"}}`,
	} {
		answer := send(api, http.MethodPut, "/zstack/v1/accounts/login", body)
		if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), `"code":"ID.1000"`) {
			t.Errorf("%s: %d %s", body, answer.Code, answer.Body)
		}
	}
}

func TestSessionsEndTwoHoursAfterLogin(t *testing.T) {
	now := time.Unix(1700000000, 0)
	api := newAPI(t, func(c *Config) { c.Now = func() time.Time { return now } })
	session := login(t, api)
	status := func() string {
		answer := send(api, http.MethodGet, "/zstack/v1/disk-offerings", "", "Authorization", "OAuth "+session)
		return fmt.Sprintf("%d %.30s", answer.Code, answer.Body)
	}
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{time.Hour, "200 "}, {time.Hour - time.Second, "200 "}, {time.Second, `503 {"error":{"code":"ID.1001"`}} {
		now = now.Add(step.after)
		if got := status(); !strings.HasPrefix(got, step.want) {
			t.Errorf("%s: %s", now, got)
		}
	}
}

func TestLogoutAndTheLimitOfSessions(t *testing.T) {
	api := newAPI(t, nil)
	session := login(t, api)
	for range 499 {
		login(t, api)
	}
	answer := send(api, http.MethodPut, "/zstack/v1/accounts/login", `{"logInByAccount":{"accountName":"admin","password":"`+testHash+`"}}`)
	if !strings.Contains(answer.Body.String(), `"code":"ID.1006"`) || api.OpenSessions() != 500 {
		t.Errorf("session 501: %d %s", answer.Code, answer.Body)
	}
	if answer := send(api, http.MethodDelete, "/zstack/v1/accounts/sessions/"+session, ""); answer.Code != http.StatusOK || answer.Body.String() != "{}" {
		t.Errorf("logout: %d %s", answer.Code, answer.Body)
	}
	answer = send(api, http.MethodGet, "/zstack/v1/disk-offerings", "", "Authorization", "OAuth "+session)
	if !strings.Contains(answer.Body.String(), "ID.1001") || api.OpenSessions() != 499 {
		t.Errorf("after logout: %d %s", answer.Code, answer.Body)
	}
}

func TestQueries(t *testing.T) {
	api := newAPI(t, onDay(11))
	for query, want := range map[string][]string{
		"q=name%3Dsmall": {"small"},
		"q=name!%3DinstanceOffering1&sort=-cpuNum":  {"huge", "large", "medium", "small"},
		"q=state%3DDisabled":                        {"instanceOffering1"},
		"q=type%3DUserVm&q=name%3Dhuge":             {"huge"},
		"q=cpuNum%3D4":                              {"large"},
		"sort=%2BmemorySize&start=2&limit=3":        {"small", "medium", "large"},
		"sort=+memorySize&start=5":                  {"huge"},
		"sort=uuid&limit=2":                         {"small", "medium"},
		"sort=uuid&start=99":                        nil,
		"limit=0":                                   nil,
		"q=name%3Dnone":                             nil,
		"sort=name&q=name!%3DinstanceOffering1&x=y": {"huge", "large", "medium", "small"},
	} {
		if diff := cmp.Diff(want, names(get(t, api, "instance-offerings?"+query))); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if got := get(t, api, "instance-offerings/none"); got.Inventories == nil || len(got.Inventories) != 0 {
		t.Errorf("unknown uuid: %+v", got)
	}
	answer := send(api, http.MethodGet, "/zstack/v1/instance-offerings?q="+url.QueryEscape("colour=red"), "", "Authorization", "OAuth "+login(t, api))
	if answer.Code != http.StatusServiceUnavailable {
		t.Errorf("unknown field: %d %s", answer.Code, answer.Body)
	}
}

func TestCounts(t *testing.T) {
	api := newAPI(t, onDay(11))
	answer := send(api, http.MethodGet, "/zstack/v1/instance-offerings?count=true", "", "Authorization", "OAuth "+login(t, api))
	if answer.Body.String() != `{"total":6}` {
		t.Errorf("count: %s", answer.Body)
	}
	if got := get(t, api, "instance-offerings?replyWithCount=true&limit=2"); *got.Total != 6 || len(got.Inventories) != 2 || len(got.Schema) != 2 {
		t.Errorf("replyWithCount: %+v", got)
	}
	if got := get(t, api, "instance-offerings"); got.Total != nil {
		t.Errorf("a total nobody asked for: %d", *got.Total)
	}
}

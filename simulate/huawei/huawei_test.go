package huawei

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

const (
	testAccess  = "HUAWEITESTAK00000001"
	testSecret  = "huaweiTestSk0000000000000000000000000001"
	testProject = "29dfe82ada564ac2b927e1ff036d9a9b"
	products    = "/v1/" + testProject + "/product"
)

func newAPI(t *testing.T, change func(*Config)) *API {
	t.Helper()
	config := Config{
		AccessKey: testAccess, SecretKey: testSecret, Domain: "domain", Username: "user", Password: "pass",
		ProjectID: testProject, DomainID: "d78cbac186b744899480f25bd022f468", UserID: "7116d09f88fa41908676fdd4b039e95b",
		Now: func() time.Time { return time.Unix(1700000000, 0) }, At: world.Start,
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

const (
	loginProject = `{"auth":{"identity":{"methods":["password"],"password":{"user":{"domain":{"name":"domain"},"name":"user","password":"pass"}}},"scope":{"project":{"id":"` + testProject + `"}}}}`
	loginDomain  = `{"auth":{"identity":{"methods":["password"],"password":{"user":{"domain":{"name":"domain"},"name":"user","password":"pass"}}},"scope":{"domain":{"name":"domain"}}}}`
)

func login(t *testing.T, api *API, question string) string {
	t.Helper()
	answer := send(api, http.MethodPost, "/v3/auth/tokens?nocatalog=true", question, "Content-Type", "application/json;charset=utf8")
	token := answer.Header().Get("X-Subject-Token")
	if answer.Code != http.StatusCreated || len(token) < 1000 {
		t.Fatalf("login: %d %s", answer.Code, answer.Body)
	}
	return token
}

// get asks for a list with a token of the project.
func get(t *testing.T, api *API, uri string) *httptest.ResponseRecorder {
	t.Helper()
	return send(api, http.MethodGet, uri, "", "X-Auth-Token", login(t, api, loginProject))
}

type listed struct {
	Products          []productRow `json:"products"`
	AvailabilityZones []zoneRow    `json:"availability_zones"`
	TotalCount        *int         `json:"total_count"`
	AvailabilityZone  *string      `json:"availability_zone"`
	OSType            *string      `json:"os_type"`
}

func read200(t *testing.T, api *API, uri string) listed {
	t.Helper()
	answer := get(t, api, uri)
	var body listed
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", uri, answer.Code, answer.Body)
	}
	return body
}

func ids(list listed) []string {
	var ids []string
	for _, row := range list.Products {
		ids = append(ids, row.ProductID)
	}
	return ids
}

func TestTheDocumentedSampleIsServed(t *testing.T) {
	text, err := os.ReadFile("testdata/products.json")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("\n", "", `" : `, `":`, "{ ", "{", "[ {", "[{", "} ]", "}]", "[ ]", "[]").Replace(string(text))
	answer := get(t, newAPI(t, nil), products)
	if diff := cmp.Diff(want, answer.Body.String()); diff != "" || answer.Code != http.StatusOK {
		t.Errorf("%d %s", answer.Code, diff)
	}
	if len(answer.Header().Get("X-Request-Id")) != 32 {
		t.Errorf("request id %q", answer.Header().Get("X-Request-Id"))
	}
}

func TestFilters(t *testing.T) {
	api := newAPI(t, onDay(58))
	for query, want := range map[string][]string{
		"":                                    {sample, small, graphics, monthly, large, dedicated},
		"product_id=" + small:                 {small},
		"flavor_id=s6.xlarge.2":               {monthly},
		"charge_mode=1":                       {monthly, dedicated},
		"package_type=dedicated":              {dedicated},
		"architecture=arm":                    nil,
		"os_type=Linux":                       nil,
		"os_type=Windows&product_id=" + large: {large},
		"availability_zone=cn-north-7d":       {large},
		"availability_zone=cn-north-7z":       nil,
		"charge_mode=":                        {sample, small, graphics, monthly, large, dedicated},
	} {
		if diff := cmp.Diff(want, ids(read200(t, api, products+"?"+query))); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if got := read200(t, api, products); got.AvailabilityZone != nil || got.OSType != nil {
		t.Error("filters that nobody asked for are echoed")
	}
	got := read200(t, api, products+"?availability_zone=cn-north-7a&os_type=Windows")
	if *got.AvailabilityZone != "cn-north-7a" || *got.OSType != "Windows" || len(got.Products) != 6 {
		t.Errorf("echoes: %+v", got)
	}
}

func TestAvailabilityZones(t *testing.T) {
	got := read200(t, newAPI(t, onDay(33)), "/v1/"+testProject+"/availability-zone")
	if *got.TotalCount != 4 || !got.AvailabilityZones[0].Default || got.AvailabilityZones[3].I18n["en_US"] != "AZ4" {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]string{small}, got.AvailabilityZones[1].SoldOut.Products); diff != "" {
		t.Error(diff)
	}
}

func TestLogin(t *testing.T) {
	api := newAPI(t, nil)
	for _, test := range []struct{ question, want string }{
		{loginProject, `201 {"token":{`},
		{strings.Replace(loginProject, `"id":"`+testProject, `"name":"cn-north-7`, 1), `201 {"token":{`},
		{strings.Replace(loginProject, `"pass"`, `"wrong"`, 1), `401 {"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}`},
		{strings.Replace(loginProject, `"name":"user"`, `"name":"other"`, 1), `401 {"error":`},
		{strings.Replace(loginProject, `"domain":{"name":"domain"}`, `"domain":{"name":"other"}`, 1), `401 {"error":`},
		{strings.Replace(loginProject, testProject, "other", 1), `401 {"error":`},
		{strings.Replace(loginDomain, `"scope":{"domain":{"name":"domain"}}`, `"scope":{"domain":{"name":"other"}}`, 1), `401 {"error":`},
		{strings.Replace(loginProject, `["password"]`, `["token"]`, 1), `400 {"error":{"code":400,`},
		{`{}`, `400 {"error":`}, {``, `400 {"error":`},
	} {
		answer := send(api, http.MethodPost, "/v3/auth/tokens", test.question)
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %s, want %s", test.question, got, test.want)
		}
	}
	var body struct{ Token map[string]json.RawMessage }
	answer := send(api, http.MethodPost, "/v3/auth/tokens?nocatalog=true", loginProject)
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if got := string(body.Token["expires_at"]); got != `"2023-11-15T22:13:20.000000Z"` || body.Token["catalog"] != nil || body.Token["project"] == nil {
		t.Errorf("token: %s", answer.Body)
	}
}

func TestTokensHaveAScopeAndAnEnd(t *testing.T) {
	now := time.Unix(1700000000, 0)
	api := newAPI(t, func(c *Config) { c.Now = func() time.Time { return now } })
	inProject, inDomain := login(t, api, loginProject), login(t, api, loginDomain)
	ask := func(method, uri, token string) string {
		answer := send(api, method, uri, "", "X-Auth-Token", token)
		return fmt.Sprintf("%d %s", answer.Code, answer.Body)
	}
	const ratings = "/v2/bills/ratings/on-demand-resources"
	for _, test := range []struct {
		method, uri, token string
		after              time.Duration
		want               string
	}{
		{"GET", products, inProject, 0, "200 "},
		{"GET", products, inDomain, 0, `403 {"error_code":"APIGW.0302"`},
		{"GET", "/v1/other/product", inProject, 0, "403 "},
		{"POST", ratings, inProject, 0, `403 {"error_code":"CBC.0151"`},
		{"POST", ratings, inDomain, 0, `400 {"error_code":"CBC.0100"`},
		{"GET", products, "made-up", 0, `401 {"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: decrypt token fail"}`},
		{"GET", products, "", 0, `401 {"error_code":"APIGW.0301"`},
		{"GET", products, inProject, 24*time.Hour - time.Second, "200 "},
		{"GET", products, inProject, time.Second, `401 {"error_code":"APIGW.0307","error_msg":"The token must be updated."}`},
	} {
		now = now.Add(test.after)
		if got := ask(test.method, test.uri, test.token); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s after %s: %s, want %s", test.uri, test.after, got, test.want)
		}
	}
}

func TestWhatDoesNotExist(t *testing.T) {
	api := newAPI(t, nil)
	for _, route := range []string{"GET /v1/x/products", "POST " + products, "GET /v2/x/products", "DELETE /v3/auth/tokens", "GET /", "GET " + products + "/"} {
		method, path, _ := strings.Cut(route, " ")
		if answer := send(api, method, path, "", "X-Auth-Token", "x"); answer.Code != http.StatusNotFound || !strings.Contains(answer.Body.String(), "APIGW.0101") {
			t.Errorf("%s: %d %s", route, answer.Code, answer.Body)
		}
	}
}

func TestProjectsAndDomains(t *testing.T) {
	api := newAPI(t, nil)
	for uri, want := range map[string]string{
		"/v3/projects?name=cn-north-7": `"id":"` + testProject + `"`,
		"/v3/projects":                 `"name":"cn-north-7"`,
		"/v3/projects?name=cn-north-4": `"projects":[]`,
		"/v3/auth/domains":             `"id":"d78cbac186b744899480f25bd022f468"`,
	} {
		if answer := get(t, api, uri); answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), want) {
			t.Errorf("%s: %d %s", uri, answer.Code, answer.Body)
		}
	}
}

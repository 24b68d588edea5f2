package iwinv

import (
	"crypto/hmac"
	"crypto/sha256"
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
	testAccess = "access"
	testSecret = "iwinvTestSecretKey0000000001"
)

func moment(day int) func() time.Time {
	return func() time.Time { return world.Start().Add(time.Duration(day) * world.Day) }
}

func newAPI(t *testing.T, change func(*Config)) *API {
	t.Helper()
	config := Config{
		AccessKey: testAccess, SecretKey: testSecret, At: moment(0),
		Now: func() time.Time { return time.Unix(1700000000, 0) },
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

// call signs as a client would, without the code under test.
func call(api *API, uri string) *httptest.ResponseRecorder {
	path, _, _ := strings.Cut(uri, "?")
	mac := hmac.New(sha256.New, []byte(testSecret))
	fmt.Fprintf(mac, "%d%s", 1700000000, path)
	return send(api, uri, testAccess, "1700000000", fmt.Sprintf("%x", mac.Sum(nil)))
}

func send(api *API, uri, access, stamp, signature string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodGet, uri, nil)
	for name, value := range map[string]string{"X-iwinv-Credential": access, "X-iwinv-Timestamp": stamp, "X-iwinv-Signature": signature} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)
	return answer
}

type envelope struct {
	Code      string           `json:"code"`
	ErrorCode string           `json:"error_code"`
	Result    []map[string]any `json:"result"`
	Count     int              `json:"count"`
	PageNo    int              `json:"page_no"`
	PageSize  int              `json:"page_size"`
	Total     *int             `json:"total"`
}

func read(t *testing.T, api *API, uri string) envelope {
	t.Helper()
	answer := call(api, uri)
	if answer.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", uri, answer.Code, answer.Body)
	}
	var got envelope
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		t.Fatalf("%s: %v in %s", uri, err, answer.Body)
	}
	return got
}

func ids(envelope envelope, member string) []string {
	var ids []string
	for _, row := range envelope.Result {
		ids = append(ids, fmt.Sprint(row[member]))
	}
	return ids
}

func TestTheDocumentedSampleIsServed(t *testing.T) {
	text, err := os.ReadFile("testdata/flavors.json")
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(call(newAPI(t, nil), "/v1/flavors").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if total := got["total"]; total != 7.0 {
		t.Errorf("total %v, want 7", total)
	}
	delete(got, "total") // seen live, not in the documents
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSignatureVectors(t *testing.T) {
	for path, signature := range map[string]string{
		"/v1/flavors":              "9600f267077538ce2a0fb932ba3a9275de676cf4fb444ca29f87b9ba6ef32fb5",
		"/v1/flavors/gna_1.2_n":    "1f87560c8be5357c61eb3a53bdeffa5d6b8ab0dd3d821a40a2b9d7ddbdc1d2fd",
		"/v1/zones":                "4f489d8465018250f835d07aada11b6396cb9aac147936bcda0abc6b7521fa8b",
		"/v1/images":               "9e16b1eef5f98c48970d9581c324fc0ca2bf179be88606fa1fbbcb22d6a07084",
		"/v1/block-storages/types": "5cc044df808bdbf986d2bfab3c9b52540f197cf0abd127596688c5571b83c659",
		"/v1/bill":                 "3d7e8985d3134f8a4a0827e9e66e0f281b72737a357ded4af381448ac71a07c1",
		"/v1/bill/live":            "985bc6092aab4dcd6e3ff5e2fb5f0210dea4a22c722badfef4aef663baf8640e",
	} {
		api := newAPI(t, nil)
		if answer := send(api, path+"?page_size=1", testAccess, "1700000000", signature); answer.Code == http.StatusUnauthorized {
			t.Errorf("%s: %s", path, answer.Body)
		}
		if answer := send(api, path, testAccess, "1700000000", "0"+signature[1:]); signature[0] != '0' && answer.Code != http.StatusUnauthorized {
			t.Errorf("%s: a wrong signature gave %d", path, answer.Code)
		}
	}
}

func TestThirdPartySignatureVector(t *testing.T) {
	api := newAPI(t, func(c *Config) {
		c.SecretKey = "synthetic-secret"
		c.Now = func() time.Time { return time.Unix(1710000000, 0) }
	})
	answer := send(api, "/v1/zones", testAccess, "1710000000", "dc173edadd25dbdd85193174137e90f73a82970b519cb74c09efe51b76715fb2")
	if answer.Code != http.StatusOK {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

func TestRefusals(t *testing.T) {
	const good = "9600f267077538ce2a0fb932ba3a9275de676cf4fb444ca29f87b9ba6ef32fb5"
	for name, test := range map[string]struct {
		access, stamp, signature string
		skew                     time.Duration
		want                     string
	}{
		"no headers":        {"", "", "", 0, "CHECK_CREDENTIAL"},
		"another key":       {"other", "1700000000", good, 0, "CHECK_CREDENTIAL"},
		"no signature":      {testAccess, "1700000000", "", 0, "CHECK_SIGNATURE"},
		"milliseconds":      {testAccess, "1700000000000", good, 0, "CHECK_SIGNATURE"},
		"old":               {testAccess, "1700000000", good, 5*time.Minute + time.Second, "CHECK_SIGNATURE"},
		"early":             {testAccess, "1700000000", good, -5*time.Minute - time.Second, "CHECK_SIGNATURE"},
		"upper case":        {testAccess, "1700000000", strings.ToUpper(good), 0, "INVALID_SIGNATURE"},
		"other path's":      {testAccess, "1700000000", strings.Repeat("0", 64), 0, "INVALID_SIGNATURE"},
		"just within limit": {testAccess, "1700000000", good, 5 * time.Minute, "SUCCESS"},
	} {
		api := newAPI(t, func(c *Config) { c.Now = func() time.Time { return time.Unix(1700000000, 0).Add(test.skew) } })
		answer := send(api, "/v1/flavors", test.access, test.stamp, test.signature)
		wantStatus := map[bool]int{true: 200, false: 401}[test.want == "SUCCESS"]
		if answer.Code != wantStatus || !strings.Contains(answer.Body.String(), `"error_code":"`+test.want+`"`) {
			t.Errorf("%s: %d %s, want %s", name, answer.Code, answer.Body, test.want)
		}
	}
}

func TestPages(t *testing.T) {
	api := newAPI(t, func(c *Config) { c.Products, c.Seed = 26, 4 })
	seen := map[string]bool{}
	for page, want := range []int{10, 10, 10, 3, 0} {
		got := read(t, api, fmt.Sprintf("/v1/flavors?page_no=%d", page+1))
		if got.Count != want || len(got.Result) != want || got.PageNo != page+1 || got.PageSize != 10 || *got.Total != 33 {
			t.Errorf("page %d: count %d rows %d echo %d/%d total %d", page+1, got.Count, len(got.Result), got.PageNo, got.PageSize, *got.Total)
		}
		for _, id := range ids(got, "flavor_id") {
			seen[id] = true
		}
	}
	if len(seen) != 33 {
		t.Errorf("%d distinct flavors, want 33", len(seen))
	}
	if got := read(t, api, "/v1/flavors?page_no=&page_size="); got.PageNo != 1 || got.PageSize != 10 {
		t.Errorf("empty values: %d/%d", got.PageNo, got.PageSize)
	}
	images := read(t, api, "/v1/images?page_no=2&page_size=10")
	if images.Total != nil || images.Count != 2 || images.PageNo != 2 {
		t.Errorf("images: %+v", images)
	}
}

func TestWholeLists(t *testing.T) {
	api := newAPI(t, nil)
	if got := read(t, api, "/v1/zones"); got.Count != 1 || got.PageNo != 0 || got.Result[0]["zone_id"] != "kr2-z01" {
		t.Errorf("zones: %+v", got)
	}
	got := read(t, api, "/v1/block-storages/types")
	want := []map[string]any{
		{"type": "ssd", "min": 10.0, "max": 2000.0, "zones": nil},
		{"type": "sata", "min": 10.0, "max": 20000.0, "zones": []any{"kr2-z01"}},
	}
	if diff := cmp.Diff(want, got.Result); diff != "" {
		t.Error(diff)
	}
}

func TestOneByID(t *testing.T) {
	api := newAPI(t, nil)
	if got := read(t, api, "/v1/flavors/gna_1.2_n"); got.Count != 1 || got.Result[0]["flavor_id"] != "gna_1.2_n" {
		t.Errorf("flavor: %+v", got)
	}
	if got := read(t, api, "/v1/flavors/none"); got.Count != 0 || got.Result == nil {
		t.Errorf("unknown flavor: %+v", got)
	}
	if got := read(t, api, "/v1/images/img-rocky-9"); got.Count != 1 {
		t.Errorf("image: %+v", got)
	}
}

func TestErrors(t *testing.T) {
	for uri, want := range map[string]string{
		"/v1/nothing":                          `404 {"code":"0x1","error_code":"NOT_FOUND","message":"Check request.","result":"error"}`,
		"/v1/flavors/":                         `200 {"code":"0x00"`,
		"/v1/images/none":                      `400 {"code":"0x16","error_code":"ID_INVALID"`,
		"/v1/flavors?page_no=0":                `400 {"code":"0xe","error_code":"CHECK_PARAM"`,
		"/v1/flavors?page_no=two":              `400 {"code":"0xe","error_code":"CHECK_PARAM"`,
		"/v1/images?page_size=-1":              `400 {"code":"0xe","error_code":"CHECK_PARAM"`,
		"/v1/flavors?min_vcpu=x":               `400 {"code":"0xe","error_code":"CHECK_PARAM"`,
		"/v1/flavors?type=SMALL":               `400 {"code":"0xf","error_code":"CHECK_PARAM_ENUM"`,
		"/v1/flavors?image_type=os_linux,os":   `400 {"code":"0xf","error_code":"CHECK_PARAM_ENUM"`,
		"/v1/block-storages/types?type=floppy": `400 {"code":"0xe","error_code":"CHECK_PARAM"`,
	} {
		answer := call(newAPI(t, nil), uri)
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}

func TestFilters(t *testing.T) {
	api := newAPI(t, func(c *Config) { c.At = moment(38) })
	for query, want := range map[string][]string{
		"type=HIGH,STORAGE":      {"hpa_2.4_n", "soi_2.8_s", "hpa_1.2_n"},
		"zone_id=kr2-z02":        {"hpa_2.4_n"},
		"image_type=vdi_windows": {"soi_2.8_s"},
		"image_id=img-windows-2022&max_vcpu=2&type=GENERAL": {"vgna_2_n", "gna_2.4_n"},
		"min_vcpu=4&max_memory=8192":                        {"gna_4.8_n"},
		"min_disk=100&max_disk=100":                         {"gna_4.8_n", "gpu_t4x1"},
		"type=GPU":                                          {"gpu_t4x1"},
		"type=GPU&max_gpu=8":                                {"gpu_t4x1", "gpu_t4x2"},
		"min_gpu=2&max_gpu=2":                               {"gpu_t4x2"},
		"image_id=none":                                     nil,
	} {
		if diff := cmp.Diff(want, ids(read(t, api, "/v1/flavors?"+query), "flavor_id")); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if got := read(t, api, "/v1/images?os=ubuntu&visibility=public"); got.Count != 2 {
		t.Errorf("ubuntu images: %d", got.Count)
	}
}

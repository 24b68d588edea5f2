package huawei

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The vectors were made with the vendor's own Go SDK.
func TestSignatureVectors(t *testing.T) {
	const host = "https://appstream.cn-north-4.myhuaweicloud.com"
	ours := []string{testAccess, testSecret, "20231114T221320Z"}
	theirs := []string{"AccessKey", "SecretKey", "20060102T150405Z"}
	for _, test := range []struct {
		keys              []string
		method, uri, body string
		headers           []string
		signed, want      string
	}{
		{ours, "GET", host + products, "", nil, "x-sdk-date",
			"b30c301dda94e5a202e0752cdd97c10e24f35222a8b20b67c28b3cb31ed407ff"},
		{ours, "GET", host + products + "?charge_mode=1&os_type=Windows&availability_zone=cn-north-4a", "", []string{"X-Project-Id", testProject}, "x-project-id;x-sdk-date",
			"978de82e8da85d0606910567cc1856c4f3aa7c71b629b5c5083ca15de8ba3493"},
		{ours, "GET", host + products + "?product_id=" + url.QueryEscape("a b/한+*~"), "", []string{"X-Project-Id", testProject}, "host;x-project-id;x-sdk-date",
			"4507f99e9dbe6334c6870e92e509cf20169f57ea040771743d955905c3f874d8"},
		{ours, "GET", host + "/v2/" + testProject + "/products?limit=100&offset=0", "", []string{"X-Project-Id", testProject, "X-Security-Token", "sts-token"}, "x-project-id;x-sdk-date;x-security-token",
			"9a63d1cc5f040c3e27d113af8c54d770ad338d5f7deded64cb2b38612016378a"},
		{ours, "POST", "https://bss.myhuaweicloud.com/v2/bills/ratings/on-demand-resources", "{\"project_id\":\"p1\"}\n", nil, "x-sdk-date",
			"c26e17f7958816940b76686cc3bc6ff2ff24aa153169fcde2e9b4dfcc67d5045"},
		{theirs, "GET", "https://example.huaweicloud.com/path?limit=1", "", nil, "x-sdk-date",
			"5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
		{theirs, "POST", "https://example.huaweicloud.com/path?key=value", "{\"Name\":\"test\",\"Id\":1}\n", []string{"Content-Type", "application/json", "TEST_UNDERSCORE", "x"}, "x-sdk-date",
			"cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"},
	} {
		request := httptest.NewRequest(test.method, test.uri, strings.NewReader(test.body))
		request.Header.Set("X-Sdk-Date", test.keys[2])
		for i := 0; i < len(test.headers); i += 2 {
			request.Header.Set(test.headers[i], test.headers[i+1])
		}
		if got := signature(test.keys[1], request, strings.Split(test.signed, ";"), []byte(test.body)); got != test.want {
			t.Errorf("%s %s: got %s, want %s", test.method, test.uri, got, test.want)
		}
	}
}

// signedBy is the headers of a request that signs x-sdk-date, in its own way.
func signedBy(api *API, method, uri, body string) []string {
	const date = "20231114T221320Z"
	request := httptest.NewRequest(method, uri, http.NoBody)
	request.Header.Set("X-Sdk-Date", date)
	mark := signature(api.config.SecretKey, request, []string{"x-sdk-date"}, []byte(body))
	return []string{"X-Sdk-Date", date, "Authorization", "SDK-HMAC-SHA256 Access=" + api.config.AccessKey + ", SignedHeaders=x-sdk-date, Signature=" + mark}
}

func TestSignedRequests(t *testing.T) {
	api := newAPI(t, nil)
	const vector = "SDK-HMAC-SHA256 Access=" + testAccess + ", SignedHeaders=x-sdk-date, Signature=b30c301dda94e5a202e0752cdd97c10e24f35222a8b20b67c28b3cb31ed407ff"
	for _, test := range []struct{ uri, date, header, want string }{
		{products, "20231114T221320Z", vector, "200 "},
		{products + "?charge_mode=0", "20231114T221320Z", vector, "401 verify aksk signature fail"},
		{products, "20231114T221321Z", vector, "401 verify aksk signature fail"},
		{products, "20231114T221320Z", strings.Replace(vector, "b30c", "b30d", 1), "401 verify aksk signature fail"},
		{products, "20231114T221320Z", strings.Replace(vector, "00001,", "00002,", 1), "401 verify aksk signature fail, unknown access key"},
		{products, "20231114T221320Z", strings.Replace(vector, "x-sdk-date", "host", 1), "401 verify aksk signature fail, x-sdk-date is to be signed"},
		{products, "yesterday", vector, "401 verify aksk signature fail, x-sdk-date is to be signed"},
		{products, "20231114T221320Z", "Basic x", "401 verify aksk signature fail, wrong authorization header"},
		{"/v1/other/product", "20231114T221320Z", vector, "401 verify aksk signature fail"},
	} {
		answer := send(api, "GET", test.uri, "", "X-Sdk-Date", test.date, "Authorization", test.header)
		status, why, _ := strings.Cut(test.want, " ")
		if fmt.Sprint(answer.Code) != status || why != "" && !strings.Contains(answer.Body.String(), `information: `+why+`"`) {
			t.Errorf("%s %s %s: %d %s, want %s", test.uri, test.date, test.header, answer.Code, answer.Body, test.want)
		}
	}
	if answer := send(api, "GET", "/v1/other/product", "", signedBy(api, "GET", "/v1/other/product", "")...); answer.Code != http.StatusForbidden {
		t.Errorf("another project: %d %s", answer.Code, answer.Body)
	}
}

func TestTheClockOfSignatures(t *testing.T) {
	for late, want := range map[time.Duration]int{15 * time.Minute: 200, -15 * time.Minute: 200, 15*time.Minute + time.Second: 401, -15*time.Minute - time.Second: 401} {
		api := newAPI(t, func(c *Config) { c.Now = func() time.Time { return time.Unix(1700000000, 0).Add(late) } })
		if answer := send(api, "GET", products, "", signedBy(api, "GET", products, "")...); answer.Code != want {
			t.Errorf("%s late: %d, want %d", late, answer.Code, want)
		}
	}
}

func TestTheBodyIsSigned(t *testing.T) {
	api := newAPI(t, nil)
	const uri = "/v2/bills/ratings/on-demand-resources"
	headers := signedBy(api, "POST", uri, "{\"project_id\":\"p1\"}\n")
	for body, want := range map[string]int{"{\"project_id\":\"p1\"}\n": 400, "{\"project_id\":\"p1\"}": 401} {
		if answer := send(api, "POST", uri, body, headers...); answer.Code != want {
			t.Errorf("%q: %d %s, want %d", body, answer.Code, answer.Body, want)
		}
	}
}

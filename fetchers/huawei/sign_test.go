package huawei

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
)

// The vectors were made with the vendor's own Go SDK.
func TestSignature(t *testing.T) {
	const (
		project  = "29dfe82ada564ac2b927e1ff036d9a9b"
		host     = "https://appstream.cn-north-4.myhuaweicloud.com"
		products = host + "/v1/" + project + "/product"
	)
	ours := []string{"HUAWEITESTAK00000001", "huaweiTestSk0000000000000000000000000001", "20231114T221320Z"}
	theirs := []string{"AccessKey", "SecretKey", "20060102T150405Z"}
	for _, c := range []struct {
		keys              []string
		method, url, body string
		headers           map[string]string
		signed, want      string
	}{
		{ours, "GET", products, "", nil, "x-sdk-date", "b30c301dda94e5a202e0752cdd97c10e24f35222a8b20b67c28b3cb31ed407ff"},
		{ours, "GET", products + "?charge_mode=1&os_type=Windows&availability_zone=cn-north-4a", "", map[string]string{"X-Project-Id": project}, "x-project-id;x-sdk-date", "978de82e8da85d0606910567cc1856c4f3aa7c71b629b5c5083ca15de8ba3493"},
		{ours, "GET", products + "?" + url.Values{"product_id": {"a b/한+*~"}}.Encode(), "", map[string]string{"X-Project-Id": project}, "host;x-project-id;x-sdk-date", "4507f99e9dbe6334c6870e92e509cf20169f57ea040771743d955905c3f874d8"},
		{ours, "GET", host + "/v2/" + project + "/products?limit=100&offset=0", "", map[string]string{"X-Project-Id": project, "X-Security-Token": "sts-token"}, "x-project-id;x-sdk-date;x-security-token", "9a63d1cc5f040c3e27d113af8c54d770ad338d5f7deded64cb2b38612016378a"},
		{ours, "POST", "https://bss.myhuaweicloud.com/v2/bills/ratings/on-demand-resources", "{\"project_id\":\"p1\"}\n", nil, "x-sdk-date", "c26e17f7958816940b76686cc3bc6ff2ff24aa153169fcde2e9b4dfcc67d5045"},
		{theirs, "GET", "https://example.huaweicloud.com/path?limit=1", "", nil, "x-sdk-date", "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
		{theirs, "POST", "https://example.huaweicloud.com/path?key=value", "{\"Name\":\"test\",\"Id\":1}\n", map[string]string{"Content-Type": "application/json", "TEST_UNDERSCORE": "x"}, "x-sdk-date", "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"},
	} {
		request, err := http.NewRequestWithContext(t.Context(), c.method, c.url, bytes.NewReader([]byte(c.body)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set(dateHeader, c.keys[2])
		for name, value := range c.headers {
			request.Header.Set(name, value)
		}
		got, err := authorize(request, strings.Split(c.signed, ";"), c.keys[0], c.keys[1])
		want := "SDK-HMAC-SHA256 Access=" + c.keys[0] + ", SignedHeaders=" + c.signed + ", Signature=" + c.want
		if err != nil || got != want {
			t.Errorf("%s %s: got  %s, %v\nwant %s", c.method, c.url, got, err, want)
		}
	}
}

func TestAccessKeySignsTheProject(t *testing.T) {
	key := &accessKey{
		now: func() time.Time { return time.Unix(1700000000, 0).In(time.FixedZone("KST", 9*3600)) }, project: "29dfe82ada564ac2b927e1ff036d9a9b",
		source: catalog.Source{Credentials: map[string]catalog.Secret{
			"access_key": catalog.NewSecret("HUAWEITESTAK00000001"), "secret_key": catalog.NewSecret("huaweiTestSk0000000000000000000000000001"),
		}},
	}
	request := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:1/v1/29dfe82ada564ac2b927e1ff036d9a9b/product?charge_mode=1&os_type=Windows&availability_zone=cn-north-4a", http.NoBody)
	if err := key.sign(request); err != nil {
		t.Fatal(err)
	}
	if got := request.Header.Get("X-Sdk-Date") + " " + request.Header.Get("X-Project-Id"); got != "20231114T221320Z 29dfe82ada564ac2b927e1ff036d9a9b" {
		t.Errorf("got %s", got)
	}
	if got := request.Header.Get("Authorization"); !strings.HasSuffix(got, "SignedHeaders=x-project-id;x-sdk-date, Signature=978de82e8da85d0606910567cc1856c4f3aa7c71b629b5c5083ca15de8ba3493") {
		t.Errorf("got %s", got)
	}
}

package web

import (
	"testing"

	"syncer/catalog"
)

func TestRedact(t *testing.T) {
	for given, want := range map[string]string{
		`{"requestId":"a1","rows":[{"created_by" : "kim", "id":"requestId"}]}` + "\n": `{"requestId":"","rows":[{"created_by" : "", "id":"requestId"}]}` + "\n",
		`{"requestId":{"a":[1]},"x":1}`:                                               `{"requestId":null,"x":1}`,
		`{"requestId":12, "created_by":null}`:                                         `{"requestId":null, "created_by":null}`,
		`["requestId","created_by"]`:                                                  `["requestId","created_by"]`,
		`{"requestId":"a"`:                                                            `{"requestId":"a"`,
		"<?xml version=\"1.0\"?>\n<a>\r\n<requestId>b&amp;c</requestId><x requestId='1'>requestId</x></a>\n": "<?xml version=\"1.0\"?>\n<a>\r\n<requestId></requestId><x requestId='1'>requestId</x></a>\n",
		`<a><requestId/><created_by><id>kim</id><requestId>1</requestId></created_by></a>`:                   `<a><requestId/><created_by></created_by></a>`,
		`<a><requestId>1</requestId>`: `<a><requestId>1</requestId>`,
	} {
		if got := redact(mediaType([]byte(given)), []byte(given), []string{"requestId", "created_by"}); string(got) != want {
			t.Errorf("%s: got %s, want %s", given, got, want)
		}
	}
}

func TestPlainHTTPOnlyToThisMachine(t *testing.T) {
	for address, want := range map[string]bool{
		"http://127.0.0.1:80": true, "http://localhost": true, "http://[::1]:8080": true, "https://api.example.com": true,
		"http://api.example.com": false, "http://10.0.0.1": false, "http://127.0.0.1.example.com": false, "http://0.0.0.0": false,
	} {
		if _, err := parseBase(catalog.Source{BaseURL: address}); (err == nil) != want {
			t.Errorf("%s: got %v", address, err)
		}
		if _, err := parseBase(catalog.Source{BaseURL: address, InsecureHTTP: true}); err != nil {
			t.Errorf("%s, insecure_http: got %v", address, err)
		}
	}
}

package ncp

import (
	"net/http"
	"testing"

	"syncer/fetchers/internal/web"
)

func TestExplain(t *testing.T) {
	for body, want := range map[string]web.Fault{
		`{"error":{"errorCode":"200","message":"Authentication Failed","details":"Invalid authentication information."}}`:                     {Code: "200", Message: "Authentication Failed: Invalid authentication information."},
		`{"error":{"errorCode":210,"message":"Permission Denied","details":"Permission Denied"}}`:                                             {Code: "210", Message: "Permission Denied", Then: web.Final},
		"{\n  \"responseError\": {\n    \"returnCode\": \"1401\",\n    \"returnMessage\": \"Not found\"\n  }\n}":                              {Code: "1401", Message: "Not found"},
		"<?xml version=\"1.0\"?>\n<responseError>\n  <returnCode>1007009</returnCode>\n  <returnMessage>no</returnMessage>\n</responseError>": {Code: "1007009", Message: "no"},
		`<error><errorCode>420</errorCode><message>Rate Limited</message><details/></error>`:                                                  {Code: "420", Message: "Rate Limited"},
		`upstream connect error`:  {Message: "upstream connect error"},
		`{"error":"unavailable"}`: {Message: `{"error":"unavailable"}`},
		`[]`:                      {Message: `[]`},
		``:                        {},
	} {
		if got := explain(http.StatusUnauthorized, []byte(body)); got != want {
			t.Errorf("%s: got %+v, want %+v", body, got, want)
		}
	}
}

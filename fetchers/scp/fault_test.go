package scp

import (
	"testing"

	"syncer/fetchers/internal/web"
)

func TestExplain(t *testing.T) {
	const hint = "this platform answers 404 also when signature headers are missing or lost on the way"
	for body, c := range map[string]struct {
		status int
		want   web.Fault
	}{
		`{"errors":[{"code":"ValidationError","detail":"['Field required']","status":400,"title":"ValidationError"}]}`: {400, web.Fault{Code: "ValidationError", Message: "['Field required']"}},
		`{"errors":[{"code":"ValidationError","detail":["a","b"]}]}`:                                                   {400, web.Fault{Code: "ValidationError", Message: "[a b]"}},
		`{"errors":[{"code":"X","detail":null,"title":"Title"}]}`:                                                      {403, web.Fault{Code: "X", Message: "Title"}},
		`{"timestamp":1,"path":"/v1","status":404,"error":"Not Found","requestId":"1"}`:                                {404, web.Fault{Message: "Not Found; " + hint}},
		`{"status":"UNAUTHORIZED","name":"Request was rejected by gateway","message":"x HmacValidFail"}`:               {401, web.Fault{Code: "UNAUTHORIZED", Message: "Request was rejected by gateway: x HmacValidFail"}},
		`{"status":"UNAUTHORIZED","message":"Service Account catalog has not target's endpoint"}`:                      {401, web.Fault{Code: "UNAUTHORIZED", Message: "Service Account catalog has not target's endpoint", Then: web.Final}},
		`bad gateway`: {502, web.Fault{Message: "bad gateway"}},
		``:            {404, web.Fault{Message: hint}},
		`{}`:          {404, web.Fault{Message: hint}},
	} {
		if got := explain(c.status, []byte(body)); got != c.want {
			t.Errorf("%s: got %+v, want %+v", body, got, c.want)
		}
	}
}

package iwinv

import (
	"testing"

	"syncer/fetchers/internal/web"
)

func TestExplain(t *testing.T) {
	for body, want := range map[string]web.Fault{
		`{"code":"0x7","error_code":"CHECK_SIGNATURE","message":"Check request.","result":"error"}`: {Code: "CHECK_SIGNATURE 0x7", Message: "Check request."},
		`{"code":"0x9","error_code":"CHECK_IP","message":{"ip":"denied"},"result":{}}`:              {Code: "CHECK_IP 0x9", Message: "map[ip:denied]"},
		`{"code":9,"message":null}`: {Code: "9"},
		`{"message":"The given data was invalid.","errors":{"page_size":["must be a number"],"fields":["no"]}}`: {Message: "The given data was invalid. (fields: no; page_size: must be a number)"},
		`{"errors":["x"]}`: {},
		`Bad gateway`:      {Message: "Bad gateway"},
	} {
		if got := explain(422, []byte(body)); got != want {
			t.Errorf("%s: got %+v, want %+v", body, got, want)
		}
	}
}

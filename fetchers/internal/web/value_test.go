package web

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

func TestFlagAndDigits(t *testing.T) {
	document, err := ParseJSON([]byte(`{"t":true,"ts":"true","f":false,"fs":"false","n":null,"one":1,"text":"0001"}`))
	if err != nil {
		t.Fatal(err)
	}
	object := document.Root().Object()
	for name, want := range map[string]string{"t": "true", "ts": "true", "f": "false", "fs": "false"} {
		if got := object.Get(name).Flag(); got == nil || fmt.Sprint(*got) != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if object.Get("n").Flag() != nil || object.Get("none").Flag() != nil {
		t.Error("null is a flag")
	}
	if got := object.Get("one").Digits() + object.Get("text").Digits(); got != "10001" {
		t.Errorf("got %q", got)
	}
	if document.Err() != nil {
		t.Error(document.Err())
	}
	object.Get("one").Flag()
	if err := document.Err(); err == nil || err.Error() != "one: want true or false, got 1" {
		t.Errorf("got %v", err)
	}
}

func TestUnknownWord(t *testing.T) {
	document, err := ParseJSON([]byte(`{"rows":[{"az":"a(x),b(y)"},{"az":"c(x)"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range document.Root().Object().Get("rows").Rows() {
		row.Object().Get("az").UnknownWord("x")
	}
	if diff := cmp.Diff([]catalog.Unknown{{Kind: "word", Path: "rows[].az", Seen: "x"}}, document.Unknown()); diff != "" {
		t.Error(diff)
	}
}

// TestMap takes the [] that PHP writes for an empty map, and no other list.
func TestMap(t *testing.T) {
	for body, want := range map[string]string{
		`{"spec":[]}`: "", `{"spec":{"a":1}}`: "", `{"spec":[1]}`: "spec: want an object, got a list", `{}`: "spec: want an object, got nothing",
	} {
		document, err := ParseJSON([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		object := document.Root().Object().Get("spec").Map()
		object.Get("a")
		object.Done()
		got := ""
		if err := document.Err(); err != nil {
			got = err.Error()
		}
		if got != want || len(document.Unknown()) != 0 {
			t.Errorf("%s: got %q, %v, want %q", body, got, document.Unknown(), want)
		}
	}
}

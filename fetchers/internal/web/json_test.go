package web

import (
	"strings"
	"testing"
)

func TestGettersNameThePath(t *testing.T) {
	for want, read := range map[string]func(Object){
		`a[1].b: want a number, got "x"`:                 func(o Object) { o.Get("a").Rows()[1].Object().Get("b").Number() },
		`a[0]: want an object, got 1`:                    func(o Object) { o.Get("a").Rows()[0].Object() },
		`c: want a text, got nothing`:                    func(o Object) { o.Get("c").Text() },
		`n: want a text that is not empty, got null`:     func(o Object) { o.Get("n").Key() },
		`f: want a count of at least 0, got 1.5`:         func(o Object) { o.Get("f").Count() },
		`a: want a text, got a list`:                     func(o Object) { o.Get("a").Text(); o.Get("c").Text() },
		`o.d: want a list, got an object`:                func(o Object) { o.Get("o").Object().Get("d").Rows() },
		`h: want a count of at least 0, got 99999999999`: func(o Object) { o.Get("h").Count() },
	} {
		document, err := ParseJSON([]byte(`{"a":[1,{"b":"x"}],"n":null,"f":1.5,"o":{"d":{}},"h":99999999999}`))
		if err != nil {
			t.Fatal(err)
		}
		read(document.Root().Object())
		if document.Err() == nil || document.Err().Error() != want {
			t.Errorf("got %v, want %s", document.Err(), want)
		}
	}
}

func TestStrictJSON(t *testing.T) {
	for text, want := range map[string]string{
		"": "empty", "{} {}": "nothing after", "[1,]": "want JSON", "{\"a\":1,\"a\":1}": "duplicate",
		"\"\xff\"": "UTF-8", `"\ud800"`: "surrogate", "01": "want", "NaN": "want JSON", "{": "want JSON",
		"nul": "want JSON", strings.Repeat("[", 20_000): "depth",
	} {
		_, err := ParseJSON([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %q", text, err, want)
		}
	}
	for _, text := range []string{"{}", " [1e400, -0.10] \n", `"\u0000"`, "null"} {
		if _, err := ParseJSON([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestNULIsAWarningAboutItsEntry(t *testing.T) {
	document, err := ParseJSON([]byte(`{"name":"a\u0000b"}`))
	if err != nil {
		t.Fatal(err)
	}
	document.About("key1")
	document.Root().Object().Get("name").Text()
	if warnings := document.Warnings(); len(warnings) != 1 || warnings[0].Key != "key1" {
		t.Errorf("got %v", warnings)
	}
}

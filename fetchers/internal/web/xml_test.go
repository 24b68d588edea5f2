package web

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func namedList(name string) bool { return strings.HasSuffix(name, "List") }

func TestXMLHasTheShapeOfItsJSONTwin(t *testing.T) {
	for text, want := range map[string]string{
		`<a/>`:                                 `{"a":""}`,
		`<?xml version="1.0"?><a> x &lt; </a>`: `{"a":" x < "}`,
		"<a>\n <b>1</b>\n <c></c><!-- x -->\n</a>\n<!-- y -->\n": `{"a":{"b":"1","c":""}}`,
		`<a><bList><b><c>1</c></b></bList></a>`:                  `{"a":{"bList":[{"c":"1"}]}}`,
		`<a><bList><b>1</b> <b/></bList><cList/></a>`:            `{"a":{"bList":["1",""],"cList":[]}}`,
		`<a><b><![CDATA[<x>]]></b></a>`:                          `{"a":{"b":"<x>"}}`,
		`<a xmlns="u" xmlns:p="v"><p:b>1</p:b></a>`:              `{"a":{"b":"1"}}`,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><a>한</a>":     `{"a":"한"}`,
	} {
		document, err := ParseXML([]byte(text), namedList)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var twin any
		if err := json.Unmarshal([]byte(want), &twin); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(twin, document.Root().Raw()); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
		if len(document.Unknown()) != 0 || len(document.Warnings()) != 0 {
			t.Errorf("%s: %v %v", text, document.Unknown(), document.Warnings())
		}
	}
}

func TestStrictXML(t *testing.T) {
	for text, want := range map[string]string{
		"": "want XML: got an empty answer", " \n": "got an empty answer", "x": "text between elements", "<a>": "unexpected EOF",
		"<a></b>": "closed by </b>", "<a/><b/>": "nothing after the XML document", "<a/>x": "nothing after", "<a/><?x y?>": "nothing after",
		"\ufeff<a/>": "text between elements", "<a>\xff</a>": "invalid UTF-8", "<a>&x;</a>": "invalid character entity",
		`<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`:                      "document types",
		`<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>`:                "document types",
		`<?xml version="1.0" encoding="EUC-KR"?><a/>`:                   "EUC-KR",
		`<?xml-stylesheet href="x"?><a/>`:                               "processing instructions",
		`<a><?x y?></a>`:                                                "a: document types and processing instructions",
		`<a><b>1</b><b>2</b></a>`:                                       "a: duplicate element b with another content",
		`<a><b><c>1</c></b><b><c>1</c><d/></b></a>`:                     "a: duplicate element b",
		`<a>x<b/></a>`:                                                  "a: text between elements",
		`<aList>x</aList>`:                                              "aList: text between elements",
		`<aList><b/><c/></aList>`:                                       "aList: a list of b holds c",
		`<a><bList><b><c>1</c><c>2</c></b></bList></a>`:                 "a.bList[]: duplicate element c",
		strings.Repeat("<a>", 101) + strings.Repeat("</a>", 101):        "more than 100 levels",
		strings.Repeat("<a>", 200_000) + strings.Repeat("</a>", 200000): "more than 100 levels",
	} {
		if _, err := ParseXML([]byte(text), namedList); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %v, want %q", text, err, want)
		}
	}
}

func TestXMLReportsAttributesAndTwins(t *testing.T) {
	document, err := ParseXML([]byte(`<a x="1"><bList><b y="2">1</b><b y="3">2</b></bList><c><d/></c><c><d/></c></a>`), namedList)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, unknown := range document.Unknown() {
		got = append(got, unknown.Kind+" "+unknown.Path+" "+unknown.Seen)
	}
	if diff := cmp.Diff([]string{"field a.@x 1", "field a.bList[].@y 2"}, got); diff != "" {
		t.Error(diff)
	}
	if warnings := document.Warnings(); len(warnings) != 1 || warnings[0].Text != "a.c: the element stands twice" {
		t.Errorf("got %v", warnings)
	}
}

func FuzzParseXML(f *testing.F) {
	for _, seed := range []string{`<a><bList><b>1</b></bList></a>`, `<?xml version="1.0"?><a x="1">&amp;</a>`, `<a><b/><b/></a>`, `<a`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		document, err := ParseXML([]byte(body), namedList)
		if (err == nil) != (document != nil) {
			t.Fatalf("got %v and %v", document, err)
		}
		before := redact("xml", []byte(body), nil)
		if after := redact("xml", []byte(body), []string{"a"}); len(after) > len(before) {
			t.Errorf("blanking made %q of %q", after, before)
		}
	})
}

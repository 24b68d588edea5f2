package catalog_test

import (
	"testing"

	"syncer/catalog"
)

func TestAttributesWithout(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		attributes string
		paths      []string
		want       string
	}{
		"nothing":                   {`{"a":1}`, nil, `{"a":1}`},
		"one":                       {`{"a":1,"b":2}`, []string{"a"}, `{"b":2}`},
		"all":                       {`{"a":1}`, []string{"a"}, `{}`},
		"what is not there":         {`{"a":1}`, []string{"b", "a.b"}, `{"a":1}`},
		"below":                     {`{"a":{"b":1,"c":1.0}}`, []string{"a.b"}, `{"a":{"c":1}}`},
		"in each of an array":       {`{"a":[{"b":1,"c":1},{"b":2},3]}`, []string{"a.b"}, `{"a":[{"c":1},{},3]}`},
		"a name with a dot":         {`{"a.b":1,"a":{"b":2}}`, []string{"a.b"}, `{"a":{"b":2}}`},
		"below a name with a dot":   {`{"a.b":{"c":1,"d":1}}`, []string{"a.b.c"}, `{"a.b":{"d":1}}`},
		"no attributes":             {``, []string{"a"}, ``},
		"a number keeps its digits": {`{"a":1,"b":12345678901234567890.10}`, []string{"a"}, `{"b":12345678901234567890.1}`},
	} {
		got, err := catalog.Attributes(test.attributes).Without(test.paths)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, test.want)
		}
	}
	if _, err := catalog.Attributes(`[`).Without([]string{"a"}); err == nil {
		t.Error("what is no object is no error")
	}
}

func TestReadByNamesDecoderAndWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	for text, list := range map[string]catalog.List{
		"3":                        {DecoderVersion: 3},
		`12 without ["a","b \"c"]`: {DecoderVersion: 12, Ignored: []string{"a", `b "c`}},
	} {
		if got := list.ReadBy(); got != text || catalog.DecoderOf(got) != list.DecoderVersion {
			t.Errorf("got %s, decoder %d, want %s", got, catalog.DecoderOf(got), text)
		}
		over := catalog.TakenOver(text)
		if over == text || catalog.TakenOver(over) != over || catalog.DecoderOf(over) != list.DecoderVersion {
			t.Errorf("taken over: got %s, decoder %d", over, catalog.DecoderOf(over))
		}
	}
	if catalog.DecoderOf("described sha256:00") <= 1<<30 {
		t.Error("what a newer syncer wrote counts as old")
	}
}

package fault

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Fault{
		"iwinv:http500:page=3:times=2":                {Provider: "iwinv", Kind: HTTP500, Page: 3, Times: 2},
		"iwinv:truncate":                              {Provider: "iwinv", Kind: Truncate, Value: "full"},
		"zstack:expire:after=2":                       {Provider: "zstack", Kind: Expire, After: 2, Times: 1},
		"iwinv:http429:retry_after=-1":                {Provider: "iwinv", Kind: HTTP429, Value: "-1"},
		"iwinv:redirect:to=http://127.0.0.1:9:page=2": {Provider: "iwinv", Kind: Redirect, Value: "http://127.0.0.1:9", Page: 2},
		"ncp:http400:about=25495367":                  {Provider: "ncp", Kind: HTTP400, About: "25495367"},
		"zstack:empty:list=disk-offerings":            {Provider: "zstack", Kind: Empty, List: "disk-offerings"},
	} {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "want PROVIDER:KIND",
		"iwinv":                        "want PROVIDER:KIND",
		":empty":                       "want PROVIDER:KIND",
		"iwinv:htp500":                 `unknown kind "htp500", want one of http500, `,
		"iwinv:http500:page=x":         `option "page=x": want a number of at least 0`,
		"iwinv:http500:when=3":         `unknown option "when=3", http500 takes page, times, after, list`,
		"iwinv:http500:=3":             "unknown option",
		"iwinv:shrink:fraction=1.5":    "want a fraction in [0, 1)",
		"iwinv:shrink:fraction=NaN":    "want a fraction in [0, 1)",
		"iwinv:bad_price:value=purple": "want one of text, NaN, ",
		"iwinv:wrong_total:value=":     "want +N, -N, N, text or absent",
		"iwinv:rate:limit=0":           "want a number of at least 1",
		"iwinv:flaky:percent=101":      "want a number from 0 to 100",
		"iwinv:expire":                 "expire is a fault of zstack only",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "fault ") {
			t.Errorf("%q: got %v, want %q in it", text, err, want)
		}
	}
}

func TestEveryKnownFaultParsesWithItsDefault(t *testing.T) {
	for _, spec := range Specs() {
		text := "p:" + string(spec.Kind)
		if spec.Provider != "" {
			text = spec.Provider + ":" + string(spec.Kind)
		}
		if spec.Option != "" {
			text += ":" + spec.Option + "=" + spec.Default
		}
		if _, err := Parse(text); err != nil {
			t.Error(err)
		}
		if line := spec.String(); !strings.HasPrefix(line, string(spec.Kind)) || !strings.Contains(line, spec.Text) {
			t.Errorf("help line %q", line)
		}
	}
}

func TestTakeCounts(t *testing.T) {
	now := time.Unix(0, 0)
	set := NewSet("a", []Fault{
		{Provider: "a", Kind: HTTP500, List: "x", Page: 2, After: 1, Times: 2},
		{Provider: "b", Kind: Hang},
	}, func() time.Time { return now })
	var got []bool
	for range 5 {
		got = append(got, set.Take("x", 2).Has(HTTP500))
	}
	if diff := cmp.Diff([]bool{false, true, true, false, false}, got); diff != "" {
		t.Error(diff)
	}
	if len(set.Take("x", 1)) != 0 || len(set.Take("y", 2)) != 0 {
		t.Error("a fault struck another page or list")
	}
}

func TestTakeLooksAtWhatIsNamed(t *testing.T) {
	set := NewSet("a", []Fault{{Provider: "a", Kind: HTTP400, About: "x"}}, time.Now)
	if !set.Take("list", 1, "y", "x").Has(HTTP400) || set.Take("list", 1, "y").Has(HTTP400) || set.Take("list", 1).Has(HTTP400) {
		t.Error("a fault about one thing struck another, or spared it")
	}
}

func TestRateForgetsAfterAMinute(t *testing.T) {
	now := time.Unix(0, 0)
	set := NewSet("a", []Fault{{Provider: "a", Kind: Rate, Value: "2"}}, func() time.Time { return now })
	got := []bool{set.Take("x", 1).Has(Rate), set.Take("x", 1).Has(Rate), set.Take("x", 1).Has(Rate)}
	now = now.Add(time.Minute)
	got = append(got, set.Take("x", 1).Has(Rate))
	if diff := cmp.Diff([]bool{false, false, true, false}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlakyIsChanceThatRepeats(t *testing.T) {
	draw := func(percent string) (lots string, hit int) {
		set := NewSet("a", []Fault{{Provider: "a", Kind: Flaky, Value: percent}}, time.Now)
		for range 1000 {
			if set.Take("x", 1).Has(Flaky) {
				lots, hit = lots+"x", hit+1
			} else {
				lots += "."
			}
		}
		return lots, hit
	}
	first, hit := draw("40")
	if again, _ := draw("40"); first != again || hit < 350 || hit > 450 || !strings.Contains(first, "xxx") {
		t.Errorf("%d of 1000 hit: %.60s", hit, first)
	}
	for percent, want := range map[string]int{"0": 0, "100": 1000} {
		if _, hit := draw(percent); hit != want {
			t.Errorf("%s percent: %d of 1000 hit", percent, hit)
		}
	}
}

func TestSessionsAreSparedUnlessNamed(t *testing.T) {
	set := NewSet("a", []Fault{{Provider: "a", Kind: Hang}, {Provider: "a", Kind: Empty, List: Session}}, time.Now)
	active := set.Take(Session, 1)
	if active.Has(Hang) || !active.Has(Empty) {
		t.Errorf("struck: %v", active)
	}
}

func TestPicksAndTotal(t *testing.T) {
	type seen struct {
		Index []int
		Total string
	}
	for text, want := range map[string]seen{
		"a:hang":                     {[]int{0, 1, 2, 3}, "4"},
		"a:empty":                    {nil, "0"},
		"a:shrink:fraction=0.5":      {[]int{0, 1}, "2"},
		"a:shrink:fraction=0":        {[]int{}, "0"},
		"a:shift":                    {[]int{1, 2, 3}, "3"},
		"a:shift:value=insert":       {[]int{0, 0, 1, 2, 3}, "5"},
		"a:duplicate":                {[]int{0, 0, 1, 2, 3}, "4"},
		"a:duplicate:total=twice":    {[]int{0, 0, 1, 2, 3}, "5"},
		"a:conflict":                 {[]int{0, 0, 1, 2, 3}, "4"},
		"a:wrong_total":              {[]int{0, 1, 2, 3}, "9"},
		"a:wrong_total:value=-5":     {[]int{0, 1, 2, 3}, "-1"},
		"a:wrong_total:value=0":      {[]int{0, 1, 2, 3}, "0"},
		"a:wrong_total:value=text":   {[]int{0, 1, 2, 3}, `"4"`},
		"a:wrong_total:value=absent": {[]int{0, 1, 2, 3}, ""},
	} {
		fault, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		picks := Active{fault}.Picks(4, 2)
		var got seen
		for _, pick := range picks {
			got.Index = append(got.Index, pick.Index)
		}
		got.Total = string(Active{fault}.Total(picks))
		if len(want.Index) == 0 {
			want.Index = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestRow(t *testing.T) {
	row := map[string]any{"id": "a", "name": "A", "price": map[string]any{"full": map[string]any{"KRW": map[string]any{"price": 5600, "vat": 560}}}}
	shape := Shape{ID: "id", Name: "name", Price: "price", Currency: "KRW"}
	tail := `"price":{"full":{"KRW":{"price":5600,"vat":560}}}}`
	for text, want := range map[string]string{
		"iwinv:hang":                     `{"id":"a","name":"A",` + tail,
		"iwinv:empty_id":                 `{"id":"","name":"A",` + tail,
		"iwinv:number_id":                `{"id":12345678901234567890,"name":"A",` + tail,
		"iwinv:unknown_field":            `{"brand_new_member":{"since":"today"},"id":"a","name":"A",` + tail,
		"iwinv:bare_price":               `{"id":"a","name":"A","price":{"full":{"KRW":5600}}}`,
		"iwinv:bad_price":                `{"id":"a","name":"A","price":{"full":{"KRW":{"price":"5,600","vat":560}}}}`,
		"iwinv:bad_price:value=NaN":      `{"id":"a","name":"A","price":{"full":{"KRW":{"price":NaN,"vat":560}}}}`,
		"iwinv:bad_price:value=negative": `{"id":"a","name":"A","price":{"full":{"KRW":{"price":-5600,"vat":560}}}}`,
		"iwinv:bad_price:value=null":     `{"id":"a","name":"A","price":{"full":{"KRW":{"price":null,"vat":560}}}}`,
		"iwinv:bad_price:value=absent":   `{"id":"a","name":"A","price":{"full":{"KRW":{"vat":560}}}}`,
		"iwinv:bad_price:value=empty":    `{"id":"a","name":"A","price":{"full":{"KRW":{"price":"","vat":560}}}}`,
		"iwinv:bad_price:value=manifold": `{"id":"a","name":"A","price":{"full":{"KRW":{"price":56000000,"vat":5600000}}}}`,
		"iwinv:bad_price:value=huge":     `{"id":"a","name":"A","price":{"full":{"KRW":{"price":1e400,"vat":560}}}}`,
	} {
		fault, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Active{fault}.Row(Pick{}, row, shape)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestCopies(t *testing.T) {
	shape := Shape{ID: "id", Name: "name"}
	for kind, want := range map[Kind]string{
		Duplicate: `{"id":"a","name":"A"}`,
		Conflict:  `{"id":"a","name":"A (other)"}`,
		Shift:     `{"id":"a_inserted","name":"A"}`,
	} {
		got, err := Active{}.Row(Pick{copy: kind}, map[string]any{"id": "a", "name": "A"}, shape)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

func TestRowsLetSpoiltTextThrough(t *testing.T) {
	got := Rows([]json.RawMessage{[]byte(`{"a":NaN}`), []byte(`{}`)})
	if string(got) != `[{"a":NaN},{}]` || string(Rows(nil)) != "[]" {
		t.Errorf("got %s", got)
	}
}

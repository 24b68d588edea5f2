package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what goes wrong; Specs describes them all.
type Kind string

// The kinds of faults.
const (
	HTTP500      Kind = "http500"
	HTTP400      Kind = "http400"
	HTTP401      Kind = "http401"
	HTTP403      Kind = "http403"
	HTTP429      Kind = "http429"
	Rate         Kind = "rate"
	Flaky        Kind = "flaky"
	CodeError    Kind = "code_error"
	Truncate     Kind = "truncate"
	HTML200      Kind = "html200"
	Redirect     Kind = "redirect"
	Gzip         Kind = "gzip"
	Endless      Kind = "endless"
	Hang         Kind = "hang"
	Reset        Kind = "reset"
	Slow         Kind = "slow"
	Random       Kind = "random"
	Unruly       Kind = "unruly"
	Expire       Kind = "expire"
	ExpireToken  Kind = "expire_token"
	BadPrice     Kind = "bad_price"
	BarePrice    Kind = "bare_price"
	Conflict     Kind = "conflict"
	Duplicate    Kind = "duplicate"
	EmptyID      Kind = "empty_id"
	NumberID     Kind = "number_id"
	UnknownField Kind = "unknown_field"
	Repeat       Kind = "repeat"
	PageCap      Kind = "page_cap"
	WrongTotal   Kind = "wrong_total"
	Empty        Kind = "empty"
	Shrink       Kind = "shrink"
	Shift        Kind = "shift"
	SDKDialect   Kind = "sdk_dialect"
)

// Spec describes one kind of fault for a help text.
type Spec struct {
	Kind Kind
	// Text describes what happens.
	Text string
	// Provider is the only one that can have it; empty: any.
	Provider string
	// Option is the name of the kind's own option and Default its value when
	// it is not given; Values are the only ones allowed, empty: any.
	Option, Default string
	Values          []string
	// Times and Page are the defaults of those options.
	Times, Page int
}

// Specs describes every kind of fault.
func Specs() []Spec {
	return slices.Concat(wireFaults(), rowFaults())
}

func wireFaults() []Spec {
	return []Spec{
		{Kind: HTTP500, Text: "the provider's own 500"},
		{Kind: HTTP400, Text: "400 in the provider's words, as of a thing that it does not know"},
		{Kind: HTTP401, Text: "401 in the provider's words"},
		{Kind: HTTP403, Text: "403 in the provider's words"},
		{Kind: HTTP429, Text: "429 with a Retry-After as given", Option: "retry_after", Default: "1"},
		{Kind: Rate, Text: "429 for more than limit requests a minute", Option: "limit", Default: "60"},
		{Kind: Flaky, Text: "503 for so many percent of the requests, by chance but each time the same", Option: "percent", Default: "40"},
		{Kind: CodeError, Text: "200 whose body holds an error and no rows"},
		{Kind: Truncate, Text: "half a body; length says full (broken) or half (agreeing)", Option: "length", Default: "full", Values: []string{"full", "half"}},
		{Kind: HTML200, Text: "a maintenance page in HTML with status 200"},
		{Kind: Redirect, Text: "302 to another host", Option: "to", Default: "http://redirect.invalid"},
		{Kind: Gzip, Text: "a gzip body with a wrong checksum"},
		{Kind: Endless, Text: "a body that never ends"},
		{Kind: Hang, Text: "no answer until the client gives up"},
		{Kind: Reset, Text: "the connection is cut before any answer"},
		{Kind: Slow, Text: "the answer comes late", Option: "for", Default: "500ms"},
		{Kind: Random, Text: "at this rate a fault that passes: http500, http429, truncate, reset, gzip, slow, expire; without PROVIDER at all of them", Option: "rate", Default: "0.1"},
		{Kind: Unruly, Text: "at this rate a fault that a reader must refuse or see through: half and foreign bodies, refusals, short pages, rows that move or repeat, wrong totals; without PROVIDER at all of them", Option: "rate", Default: "0.02"},
		{Kind: Expire, Text: "every session ends (times=1 unless given)", Provider: "zstack", Times: 1},
		{Kind: SDKDialect, Text: "answers as the vendor's SDK can read them, not as the documents' samples are", Provider: "scp"},
		{Kind: ExpireToken, Text: "every token ends (times=1 unless given)", Provider: "huawei", Times: 1},
	}
}

func rowFaults() []Spec {
	return []Spec{
		{Kind: BadPrice, Text: "the first row's price is not one, or ten thousand times what it is (manifold)", Provider: "iwinv", Option: "value", Default: "text", Values: []string{"text", "NaN", "negative", "null", "absent", "empty", "huge", "manifold"}},
		{Kind: BarePrice, Text: "KRW is a bare number without VAT, the other shape third parties read", Provider: "iwinv"},
		{Kind: Conflict, Text: "the first row twice, with another name"},
		{Kind: Duplicate, Text: "the first row twice, identical; the total counts it", Option: "total", Default: "once", Values: []string{"once", "twice"}},
		{Kind: EmptyID, Text: "the first row has an empty id"},
		{Kind: NumberID, Text: "the first row's id is the number 12345678901234567890"},
		{Kind: UnknownField, Text: "a new member on every row"},
		{Kind: Repeat, Text: "page 1 whatever page is asked for, for ever"},
		{Kind: PageCap, Text: "no more than limit rows a page, whatever is asked for", Option: "limit", Default: "3"},
		{Kind: WrongTotal, Text: "the total is off by +N or -N, is N, text or absent", Option: "value", Default: "+5"},
		{Kind: Empty, Text: "a list without rows"},
		{Kind: Shrink, Text: "only a fraction of the rows", Option: "fraction", Default: "0.1"},
		{Kind: Shift, Text: "a row is inserted at or deleted from the top before page 2", Option: "value", Default: "delete", Values: []string{"delete", "insert"}},
	}
}

// String returns one line of help: the kind, its option and what it does.
func (s Spec) String() string {
	option := ""
	if s.Option != "" {
		option = ":" + s.Option + "=" + s.Default
	}
	return fmt.Sprintf("%-28s %s", string(s.Kind)+option, s.describe())
}

func (s Spec) describe() string {
	text := s.Text
	if len(s.Values) > 0 {
		text += " (" + strings.Join(s.Values, ", ") + ")"
	}
	if s.Provider != "" {
		text += ", " + s.Provider + " only"
	}
	return text
}

// allows reports whether a provider can have the kind.
func (s Spec) allows(provider string) bool { return s.Provider == "" || s.Provider == provider }

func (s Spec) optionNames() string {
	if s.Option == "" {
		return "page, times, after, list, about"
	}
	return "page, times, after, list, about, " + s.Option
}

func (s Spec) check(value string) error {
	if len(s.Values) > 0 && !slices.Contains(s.Values, value) {
		return fmt.Errorf("want one of %s", strings.Join(s.Values, ", "))
	}
	switch s.Option {
	case "limit":
		if n, err := strconv.Atoi(value); err != nil || n < 1 {
			return fmt.Errorf("want a number of at least 1")
		}
	case "percent":
		if n, err := strconv.Atoi(value); err != nil || n < 0 || n > 100 {
			return fmt.Errorf("want a number from 0 to 100")
		}
	case "for":
		if d, err := time.ParseDuration(value); err != nil || d < 0 {
			return fmt.Errorf("want a duration such as 500ms")
		}
	case "rate":
		if f, err := strconv.ParseFloat(value, 64); err != nil || !(f >= 0 && f <= 1) {
			return fmt.Errorf("want a rate in [0, 1]")
		}
	case "fraction":
		if f, err := strconv.ParseFloat(value, 64); err != nil || !(f >= 0 && f < 1) {
			return fmt.Errorf("want a fraction in [0, 1)")
		}
	}
	if s.Kind == WrongTotal && value != "text" && value != "absent" {
		if _, err := strconv.Atoi(value); err != nil {
			return fmt.Errorf("want +N, -N, N, text or absent")
		}
	}
	return nil
}

func find(kind Kind) (Spec, bool) {
	all := Specs()
	at := slices.IndexFunc(all, func(s Spec) bool { return s.Kind == kind })
	if at < 0 {
		return Spec{}, false
	}
	return all[at], true
}

func kinds() string {
	var names []string
	for _, spec := range Specs() {
		names = append(names, string(spec.Kind))
	}
	return strings.Join(names, ", ")
}

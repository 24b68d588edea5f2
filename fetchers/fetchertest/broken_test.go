package fetchertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// breakage names the rule that the shop breaks; empty: none.
const breakage = "FETCHERTEST_BREAKAGE"

// TestContractGoesRed breaks one rule after another, each in a process of its
// own, and wants the contract to say so.
func TestContractGoesRed(t *testing.T) {
	if os.Getenv(breakage) != "" {
		t.Fatal("a broken shop must not break shops")
	}
	for rule, want := range map[string]string{
		"stops early":            "TestListOfPages/walk/all_pages,_each_asked_for_once_and_in_order",
		"asks ahead":             "TestListOfPages/walk/no_request_after_break",
		"asks at once":           "TestListOfPages/walk/nothing_is_asked_before_a_page_is_taken",
		"goes on when cancelled": "TestListOfPages/walk/cancelling_ends_the_walk_with_an_error",
		"hangs when cancelled":   "TestListOfPages/retry/cancelling_ends_a_wait",
		"swallows errors":        "TestListOfPages/refuse/404_is_final",
		"shows the token":        "TestListOfPages/secrets/in_a_500_that_echoes_the_request",
		"keeps the token":        "TestListOfPages/secrets/in_pages_and_settings",
		"forgets the total":      "TestListOfPages/moving/the_total_is_stated",
		"never ends":             "TestListOfPages/decode/only_the_last_page_is_the_last",
		"changes the page":       "TestListOfPages/decode/at_once_is_equal,_and_leaves_the_page_as_it_is",
		"remembers":              "TestListOfPages/decode/twice_is_equal",
		"takes null for zero":    "TestListOfPages/decode/null_is_absence",
		"panics":                 "TestListOfPages/decode/strange_values_never_panic",
		"tracks the unknown":     "TestListOfPages/decode/an_unknown_field_is_reported_and_changes_nothing",
		"decodes the beginning":  "TestListOfPages/decode/an_answer_cut_short_is_never_decoded",
		"asks by itself":         "TestListOfPages/refuse/Found_to_another_host_is_not_followed",
		"asks without limits":    "TestListOfPages/bodies/too_large",
		"takes what comes":       "TestListOfPages/bodies/duplicate_names",
		"never repeats":          "TestListOfPages/retry/5xx_passes",
		"signs once":             "TestListOfPages/retry/each_attempt_is_signed_afresh",
		"lacks a part":           "TestOnePageOfParts/parts/Not_Found_sets_aside",
		"waits for prices":       "TestOnePageOfParts/parts/Forbidden_sets_aside",
		"takes none for gone":    "TestOnePageOfParts/parts/Internal_Server_Error_sets_aside",
		"hides the reason":       "TestOnePageOfParts/parts/a_redirect_fails_the_walk_or_sets_aside",
		"goes on without end":    "TestOnePageOfParts/parts/cancelling_ends_the_walk",
		"fails with a detail":    "TestOnePageOfParts/set_aside/one_field_of_one_answer_about_a_row",
		"reads no amount":        "TestOnePageOfParts/set_aside/one_field_of_one_answer_about_a_row",
		"fails with a row":       "TestListOfPages/set_aside/one_field_of_one_row",
		"takes odd for none":     "TestListOfPages/set_aside/one_field_of_one_row",
		"drops the row":          "TestListOfPages/set_aside/one_field_of_one_row",
		"drops other rows":       "TestListOfPages/set_aside/one_field_of_one_row",
		"forgets the key":        "TestListOfPages/set_aside/one_field_of_one_row",
		"forgets the field":      "TestListOfPages/set_aside/one_field_of_one_row",
		"sets aside whole":       "TestListOfPages/set_aside/one_field_of_one_row",
		"says it twice":          "TestListOfPages/set_aside/one_field_of_one_row",
	} {
		t.Run(rule, func(t *testing.T) { mustGoRed(t, rule, want) })
	}
}

func mustGoRed(t *testing.T, rule, want string) {
	t.Parallel()
	pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(want), "/", "$/^") + "$"
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run", pattern)
	command.Env = append(os.Environ(), breakage+"="+rule)
	out, err := command.CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); !failed || !bytes.Contains(out, []byte("--- FAIL: "+want+" (")) {
		t.Errorf("got %v, want %s to fail:\n%s", err, want, out)
	}
}

// broken is the shop with the rule broken that the environment names.
func broken(s *shop) catalog.Fetcher {
	rule := os.Getenv(breakage)
	if rule == "" {
		return s
	}
	return &brokenShop{shop: s, rule: rule}
}

type brokenShop struct {
	*shop
	rule    string
	decoded int
	header  string
}

func (b *brokenShop) List() catalog.List {
	list := b.shop.List()
	if b.rule == "keeps the token" {
		list.Settings["token"] = b.source.Credentials["token"].Reveal()
	}
	return list
}

func (b *brokenShop) Pages(ctx context.Context) iter.Seq2[catalog.Page, error] {
	switch b.rule {
	case "asks by itself", "asks without limits", "takes what comes", "never repeats", "signs once":
		return b.naive(ctx)
	case "goes on when cancelled", "hangs when cancelled":
		ctx = context.WithoutCancel(ctx)
	case "asks at once":
		_, _ = b.client.Do(ctx, b.ask("/things", nil))
	}
	return func(yield func(catalog.Page, error) bool) {
		var held *catalog.Page
		for page, err := range b.shop.Pages(ctx) {
			switch {
			case b.rule == "stops early" && page.Number == len(things().Pages):
				return
			case b.rule == "swallows errors" && err != nil:
				return
			case b.rule == "lacks a part" && err == nil:
				page.Parts = page.Parts[:1]
			case b.rule == "waits for prices" && err == nil && refused(page):
				err = fmt.Errorf("src/rooms: page 1: refused")
			case b.rule == "goes on without end" && err != nil:
				err = nil
			case b.rule == "shows the token" && err != nil:
				err = fmt.Errorf("%w with %s", err, b.source.Credentials["token"].Reveal())
			case b.rule == "asks ahead":
				if held != nil && !yield(*held, nil) {
					return
				}
				held = &page
				continue
			}
			if !yield(page, err) {
				return
			}
		}
		if held != nil {
			yield(*held, nil)
		}
	}
}

// naive is what a first try with net/http looks like.
func (b *brokenShop) naive(ctx context.Context) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		for number := 1; number <= len(things().Pages); number++ {
			body, err := b.naively(ctx, fmt.Sprintf("/things?page=%d", number))
			for again := 0; err != nil && again < 3 && b.rule != "never repeats"; again++ {
				_ = sleepHour(b)
				body, err = b.naively(ctx, fmt.Sprintf("/things?page=%d", number))
			}
			if !yield(catalog.Page{Number: number, Parts: []catalog.Part{{Request: "GET /things", Body: body}}}, err) || err != nil {
				return
			}
		}
	}
}

func sleepHour(b *brokenShop) error {
	_, err := b.client.Do(context.Background(), b.ask("/pause", nil))
	return err
}

func (b *brokenShop) naively(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.source.BaseURL+path, nil)
	if err != nil {
		return nil, err
	}
	if b.header == "" || b.rule != "signs once" {
		b.header = fmt.Sprint(b.client.Now().Unix(), " ", b.source.Credentials["token"].Reveal())
	}
	request.Header.Set("X-Shop", b.header)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("src/things: status %d", answer.StatusCode)
	}
	return io.ReadAll(answer.Body)
}

func (b *brokenShop) Decode(page catalog.Page) (catalog.Decoded, error) {
	switch b.rule {
	case "changes the page":
		page.Parts[0].Body[0] = ' '
		page.Parts[0].Body[0] = '{'
		page.Parts[0].Request += "!"
	case "panics":
		var answer map[string]any
		if json.Unmarshal(page.Parts[0].Body, &answer) == nil {
			_ = answer["total"].(float64)
		}
	case "takes what comes", "decodes the beginning":
		return b.leniently(page)
	}
	decoded, err := b.shop.Decode(page)
	b.spoil(&decoded, page)
	if len(decoded.SetAside) > 0 && (b.rule == "fails with a row" || b.rule == "fails with a detail") {
		return catalog.Decoded{}, errors.New(decoded.SetAside[0].Detail)
	}
	b.setAside(&decoded)
	return decoded, err
}

// refused reports whether a part of the page was not to be had.
func refused(page catalog.Page) bool {
	for _, part := range page.Parts {
		if _, refused := web.RefusalIn(part); refused {
			return true
		}
	}
	return false
}

// setAside breaks the rules of what is set aside.
func (b *brokenShop) setAside(decoded *catalog.Decoded) {
	if len(decoded.SetAside) == 0 {
		return
	}
	first := &decoded.SetAside[0]
	at := slices.IndexFunc(decoded.Entries, func(e catalog.Entry) bool { return e.Key == first.Key })
	switch b.rule {
	case "lacks a part", "takes none for gone", "reads no amount", "takes odd for none":
		decoded.SetAside = nil // the entries have no price
	case "hides the reason":
		for i := range decoded.SetAside {
			decoded.SetAside[i].Detail = "something is wrong"
		}
	case "drops the row":
		if at >= 0 {
			decoded.Entries = slices.Delete(decoded.Entries, at, at+1)
		}
	case "drops other rows":
		decoded.Entries = decoded.Entries[:max(at, 0)]
	case "forgets the key":
		first.Key = ""
	case "forgets the field":
		first.Detail = "the row is odd"
	case "sets aside whole":
		if at >= 0 {
			decoded.Entries = slices.Delete(decoded.Entries, at, at+1)
			decoded.SetAside = catalog.Whole(first.Key, first.Reason, first.Detail)
		}
	case "says it twice":
		decoded.SetAside = append(decoded.SetAside, catalog.Whole(first.Key, first.Reason, first.Detail)...)
	}
}

func (b *brokenShop) spoil(decoded *catalog.Decoded, page catalog.Page) {
	b.decoded++
	switch b.rule {
	case "forgets the total":
		decoded.End.Total = nil
	case "never ends":
		decoded.End.Last = false
	case "remembers":
		for i := range decoded.Entries {
			decoded.Entries[i].Name = fmt.Sprint(b.decoded)
		}
	case "takes null for zero":
		if bytes.Contains(page.Parts[0].Body, []byte(`"name":null`)) {
			for i := range decoded.Entries {
				decoded.Entries[i].Name = "0"
			}
		}
	case "tracks the unknown":
		for i := range decoded.Entries {
			decoded.Entries[i].Name = string(page.Parts[0].Body)
		}
	}
}

// leniently decodes as encoding/json does, or even less.
func (b *brokenShop) leniently(page catalog.Page) (catalog.Decoded, error) {
	var answer struct {
		Rows  []struct{ ID, Name string }
		Total int
	}
	err := json.NewDecoder(bytes.NewReader(page.Parts[0].Body)).Decode(&answer)
	if err != nil && b.rule == "takes what comes" {
		return catalog.Decoded{}, err
	}
	decoded := catalog.Decoded{End: catalog.End{Total: &answer.Total, Last: page.Number*2 >= answer.Total}}
	for _, row := range answer.Rows {
		decoded.Entries = append(decoded.Entries, catalog.Entry{Key: row.ID, Name: row.Name})
	}
	return decoded, nil
}

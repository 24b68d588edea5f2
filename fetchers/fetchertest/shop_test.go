package fetchertest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"syncer/catalog"
	"syncer/fetchers/fetchertest"
	"syncer/fetchers/internal/web"
)

// A shop is a provider that is made up to try the contract itself: things in
// pages, and rooms in one page with a further answer for each.
func shopProvider() web.Provider {
	return web.Provider{
		Name: "shop", Lists: []string{"things", "rooms"}, Credentials: [][]string{{"token"}}, New: newShop,
	}
}

func newShop(source catalog.Source, options web.Options) ([]catalog.Fetcher, error) {
	if _, err := web.ChooseCredentials(source, [][]string{{"token"}}); err != nil {
		return nil, err
	}
	client, err := web.New(source, web.API{}, options)
	if err != nil {
		return nil, err
	}
	things, rooms := &shop{name: "things", source: source, client: client}, &shop{name: "rooms", source: source, client: client}
	return []catalog.Fetcher{broken(things), broken(rooms)}, nil
}

type shop struct {
	name   string
	source catalog.Source
	client *web.Client
}

func (s *shop) List() catalog.List {
	return catalog.List{
		ID: catalog.ListID{Source: s.source.Name, Name: s.name}, Provider: "shop", Kind: catalog.Products, DecoderVersion: 1,
		Settings: map[string]string{"base_url": s.source.BaseURL},
	}
}

func (s *shop) Pages(ctx context.Context) iter.Seq2[catalog.Page, error] {
	fetch := func(number, _ int) (catalog.Page, error) {
		page, err := s.client.Page(ctx, number, s.ask("/"+s.name, url.Values{"page": {strconv.Itoa(number)}}))
		if err != nil || s.name == "things" {
			return page, err
		}
		return s.withParts(ctx, page)
	}
	return web.Walk(s.List().ID, fetch, s.Decode)
}

func (s *shop) ask(path string, query url.Values) web.Request {
	return web.Request{Method: http.MethodGet, Path: path, Query: query, Sign: func(request *http.Request) error {
		request.Header.Set("X-Shop", fmt.Sprint(s.client.Now().Unix(), " ", s.source.Credentials["token"].Reveal()))
		return nil
	}}
}

func (s *shop) withParts(ctx context.Context, page catalog.Page) (catalog.Page, error) {
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return page, err
	}
	rows := web.NewRows(document)
	for _, value := range document.Root().Object().Get("rows").Rows() {
		row := rows.Add(func() string { return value.Object().Get("id").Key() })
		if row == nil {
			continue
		}
		question := s.ask("/room", url.Values{"id": {row.Entry.Key}})
		part, err := s.client.Part(ctx, question)
		if err != nil {
			part, err = web.RefusedPart(ctx, question.Line(), err)
		}
		if err != nil {
			return page, err
		}
		page.Parts = append(page.Parts, part)
	}
	return page, nil
}

func (s *shop) Decode(page catalog.Page) (catalog.Decoded, error) {
	if len(page.Parts) == 0 {
		return catalog.Decoded{}, errors.New("want a page with parts")
	}
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	envelope := document.Root().Object()
	rows := envelope.Get("rows").Rows()
	total := envelope.Get("total").Count()
	decoded := catalog.Decoded{End: catalog.End{Total: total, Last: total == nil || len(rows) == 0 || page.Number*2 >= *total}}
	envelope.Done()
	if err := document.Err(); err != nil {
		return catalog.Decoded{}, err
	}
	read := web.NewRows(document)
	for _, value := range rows {
		var object web.Object
		row := read.Add(func() string {
			object = value.Object()
			return object.Get("id").Key()
		})
		if row == nil {
			continue
		}
		row.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
			if name := object.Get("name").OptionalText(); name != nil {
				entry.Name = *name
			}
			entry.DiskGiB = object.Get("size").OptionalAmount()
		})
		row.Read(catalog.PricesPart, func(entry *catalog.Entry) { entry.Prices = price(entry.Key, object.Get("price")) })
		object.Done()
	}
	if s.name == "rooms" {
		rates(read, page.Parts[1:])
	}
	read.Into(&decoded)
	decoded.Unknown = document.Unknown()
	return decoded, nil
}

// rates gives each room the price that a further answer states.
func rates(rows *web.Rows, parts []catalog.Part) {
	for _, row := range rows.All() {
		at := slices.IndexFunc(parts, func(part catalog.Part) bool { return part.Request == "GET /room?id="+row.Entry.Key })
		if at < 0 {
			row.SetAside(catalog.PricesPart, catalog.Incomplete, "no part is about the room")
			continue
		}
		if refusal, refused := web.RefusalIn(parts[at]); refused {
			row.SetAside(catalog.PricesPart, catalog.Incomplete, refusal.Text)
			continue
		}
		document, err := web.ParseJSON(parts[at].Body)
		if err != nil {
			row.SetAside(catalog.PricesPart, catalog.Unreadable, err.Error())
			continue
		}
		rows.Join(document, fmt.Sprintf("part %d", at+2))
		row.Read(catalog.PricesPart, func(entry *catalog.Entry) { entry.Prices = price(entry.Key, document.Root().Object().Get("rate")) })
	}
}

func price(key string, value web.Value) []catalog.Price {
	amount := value.OptionalAmount()
	if amount == nil {
		return nil
	}
	return []catalog.Price{{
		SKUPriceID: key + "/", Kind: catalog.PriceList, Unit: "month", Currency: "KRW", ListUnitPrice: *amount, TaxBasis: catalog.TaxUnknown,
	}}
}

func things() fetchertest.Case {
	return fetchertest.Case{
		Provider: shopProvider(), List: "things", Path: "/things", Credentials: map[string]string{"token": "canary-token-71d0"},
		Pages: []string{
			`{"rows":[{"id":"a","name":"A","price":5600},{"id":"b","name":"B"}],"total":5}`,
			`{"rows":[{"id":"c","name":"C"},{"id":"d","name":"D"}],"total":5}`,
			`{"rows":[{"id":"e","name":"E"}],"total":5}`,
		},
		PageOf: func(r *http.Request) int {
			number, _ := strconv.Atoi(r.URL.Query().Get("page")) // 0 is no page
			return number
		},
	}
}

func rooms() fetchertest.Case {
	c := things()
	c.List, c.Path = "rooms", "/rooms"
	c.Pages = []string{`{"rows":[{"id":"a"},{"id":"b","size":2}]}`}
	c.Part = func(r *http.Request) string {
		if r.URL.Path != "/room" {
			return ""
		}
		return `{"id":"` + r.URL.Query().Get("id") + `","rate":2}`
	}
	return c
}

func TestListOfPages(t *testing.T) { fetchertest.Run(t, things()) }

func TestOnePageOfParts(t *testing.T) { fetchertest.Run(t, rooms()) }

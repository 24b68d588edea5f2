// Package zstack reads the offerings and price tables of a ZStack Cloud
// installation, as its RestServer serves them.
package zstack

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	provider = "zstack"
	// standardLimit is the server's own default, also its silent truncation.
	standardLimit = 1000
	mostLimit     = 1000
)

// Provider returns ZStack's line in the index.
func Provider() web.Provider {
	return web.Provider{
		Name:  provider,
		Lists: []string{"instance-offerings", "disk-offerings", "price-tables", "virtual-router-offerings"},
		Schedules: map[string]string{
			"instance-offerings": "0 */6 * * *", "disk-offerings": "10 */6 * * *", "price-tables": "20 */6 * * *",
			"virtual-router-offerings": "30 */6 * * *",
		},
		Credentials: [][]string{{"account", "password"}, {"access_key", "secret_key"}},
		Plain:       []string{"account"},
		Options:     []string{optionCurrency},
		Examples: map[string]string{
			"base_url":     "https://zstack.example.com:8080/zstack   # of your installation; plain http takes insecure_http: true",
			"timezone":     "Asia/Shanghai   # of the management server, whose dates have none; without it report_timezone",
			optionCurrency: "CNY   # of the price tables, which state none; without it XXX",
		},
		New: New,
	}
}

// New returns the fetchers of one installation, whose base URL ends in
// /zstack. Source.Location is the time zone of its management server: dates
// come without one, and access keys are checked against its wall clock. The
// option page_size (1 to 1000, the default) is the limit of one query; the
// option currency is what the prices of its tables are in.
func New(source catalog.Source, options web.Options) ([]catalog.Fetcher, error) {
	credentials, err := web.ChooseCredentials(source, Provider().Credentials)
	if err != nil {
		return nil, err
	}
	if source.Location == nil {
		return nil, fmt.Errorf("source %q: want the time zone of the management server", source.Name)
	}
	limit, err := web.PageSize(source, standardLimit, mostLimit)
	if err != nil {
		return nil, err
	}
	currency, err := currencyOf(source)
	if err != nil {
		return nil, err
	}
	client, err := web.New(source, web.API{Explain: explain, Private: true}, options)
	if err != nil {
		return nil, err
	}
	byPassword := credentials[0] == "account"
	var fetchers []catalog.Fetcher
	for _, list := range lists() {
		fetchers = append(fetchers, &fetcher{
			list: list, source: source, client: client, limit: limit, byPassword: byPassword, currency: currency,
		})
	}
	return fetchers, nil
}

// list is what differs between the lists.
type list struct {
	name string
	path string
	// priced is true where each row has prices, which are further parts.
	priced bool
	// fields reads one inventory.
	fields func(f *fetcher, row web.Object, entry *catalog.Entry)
	// decoderVersion grows whenever Decode gives another answer.
	decoderVersion int
}

func lists() []list {
	return []list{
		{name: "instance-offerings", path: "/v1/instance-offerings", fields: instanceOffering, decoderVersion: 2},
		{name: "disk-offerings", path: "/v1/disk-offerings", fields: diskOffering, decoderVersion: 2},
		{name: "price-tables", path: "/v1/billings/price-tables", priced: true, fields: priceTable, decoderVersion: 2},
		{name: "virtual-router-offerings", path: "/v1/instance-offerings/virtual-routers", fields: virtualRouterOffering, decoderVersion: 1},
	}
}

type fetcher struct {
	list       list
	source     catalog.Source
	client     *web.Client
	limit      int
	byPassword bool
	currency   string
}

// List describes the list.
func (f *fetcher) List() catalog.List {
	settings := map[string]string{"base_url": f.source.BaseURL, "timezone": f.source.Location.String()}
	if f.list.priced {
		settings[optionCurrency] = f.currency
	}
	return catalog.List{
		ID: catalog.ListID{Source: f.source.Name, Name: f.list.name}, Provider: provider,
		Kind: catalog.Products, DecoderVersion: f.list.decoderVersion, Settings: settings,
	}
}

// Pages walks the list in a session of its own, which is released however the
// walk ends.
func (f *fetcher) Pages(ctx context.Context) iter.Seq2[catalog.Page, error] {
	ctx = web.Walking(ctx)
	return func(yield func(catalog.Page, error) bool) {
		auth := f.newAuth()
		defer auth.release(ctx)
		fetch := func(number, rows int) (catalog.Page, error) {
			if err := auth.acquire(ctx); err != nil {
				return catalog.Page{}, fmt.Errorf("log in: %w", err)
			}
			page, err := f.page(ctx, auth, number, rows)
			if err != nil {
				return catalog.Page{}, fmt.Errorf("fetch: %w", explained(err))
			}
			return page, nil
		}
		web.WalkToEnd(f.List().ID, fetch, f.Decode)(yield)
	}
}

// page is one answer of the list and, where rows have prices, the answers that
// hold them.
func (f *fetcher) page(ctx context.Context, auth auth, number, start int) (catalog.Page, error) {
	page, err := f.client.Page(ctx, number, f.request(auth, f.list.path, start, nil))
	if err != nil || !f.list.priced {
		return page, err
	}
	prices, err := f.prices(ctx, auth, page.Parts[0])
	page.Parts = append(page.Parts, prices...)
	if err != nil || len(prices) == 0 {
		return page, err
	}
	tags, err := f.answers(ctx, auth, tagsPath, tagsOfPrices())
	page.Parts = append(page.Parts, tags...)
	return page, err
}

// request sorts by uuid, because paging without an order is unstable here, and
// starts after the rows already seen, so that a server that serves fewer than
// asked loses none.
func (f *fetcher) request(auth auth, path string, start int, conditions []string) web.Request {
	query := url.Values{
		"sort": {"+uuid"}, "replyWithCount": {"true"},
		"start": {strconv.Itoa(start)}, "limit": {strconv.Itoa(f.limit)},
	}
	if len(conditions) > 0 {
		query["q"] = conditions
	}
	return web.Request{
		Method: http.MethodGet, Path: path, Query: query,
		Sign: auth.sign, Renew: auth.renew, Secrets: auth.secrets,
	}
}

func (f *fetcher) newAuth() auth {
	if f.byPassword {
		return &session{client: f.client, source: f.source}
	}
	return &accessKey{client: f.client, source: f.source}
}

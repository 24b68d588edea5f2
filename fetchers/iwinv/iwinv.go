// Package iwinv reads the public IaaS catalog of iwinv (api-kr.iwinv.kr):
// flavors with their prices, zones, images and block storage types.
package iwinv

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
	provider = "iwinv"
	// requestsPerMinute is the documented limit; its scope (key, account or
	// address) is not.
	requestsPerMinute = 60
	// standardPageSize is asked for. The documented default is 10, the
	// greatest is unpublished; a smaller one in the answer's echo is heeded.
	standardPageSize = 100
	mostPageSize     = 1000
)

// Provider returns iwinv's line in the index.
func Provider() web.Provider {
	return web.Provider{
		Name:  provider,
		Lists: []string{"flavors", "zones", "images", "block-storage-types"},
		Schedules: map[string]string{
			"flavors": "0 */6 * * *", "zones": "20 3 * * *",
			"images": "30 3 * * *", "block-storage-types": "40 3 * * *",
		},
		Credentials:    [][]string{{"access_key", "secret_key"}},
		Options:        []string{},
		Timezone:       "Asia/Seoul",
		DefaultBaseURL: "https://api-kr.iwinv.kr",
		New:            New,
	}
}

// New returns the fetchers of one source. The source's option page_size (1 to
// 1000, default 100) is for servers that serve fewer rows.
func New(source catalog.Source, options web.Options) ([]catalog.Fetcher, error) {
	if _, err := web.ChooseCredentials(source, Provider().Credentials); err != nil {
		return nil, err
	}
	size, err := web.PageSize(source, standardPageSize, mostPageSize)
	if err != nil {
		return nil, err
	}
	client, err := web.New(source, web.API{RequestsPerMinute: requestsPerMinute, Explain: explain}, options)
	if err != nil {
		return nil, err
	}
	var fetchers []catalog.Fetcher
	for _, list := range lists() {
		fetchers = append(fetchers, &fetcher{list: list, source: source, client: client, pageSize: size})
	}
	return fetchers, nil
}

// list is what differs between the lists.
type list struct {
	name  string
	path  string
	query url.Values
	paged bool
	// key is the member of a row that identifies it.
	key string
	// fields and prices read those parts of a row; prices is nil where there are
	// none.
	fields, prices func(row web.Object, entry *catalog.Entry)
	// decoderVersion grows whenever they give another answer.
	decoderVersion int
}

func lists() []list {
	return []list{
		// max_gpu is sent because the documented default of 1 may hide the
		// flavors with more.
		{name: "flavors", path: "/v1/flavors", query: url.Values{"max_gpu": {"1000"}}, paged: true, key: "flavor_id", fields: flavor, prices: prices, decoderVersion: 2},
		{name: "zones", path: "/v1/zones", key: "zone_id", fields: zone, decoderVersion: 2},
		{name: "images", path: "/v1/images", paged: true, key: "image_id", fields: image, decoderVersion: 1},
		{name: "block-storage-types", path: "/v1/block-storages/types", key: "type", fields: blockStorageType, decoderVersion: 1},
	}
}

type fetcher struct {
	list     list
	source   catalog.Source
	client   *web.Client
	pageSize int
}

// List describes the list.
func (f *fetcher) List() catalog.List {
	return catalog.List{
		ID: catalog.ListID{Source: f.source.Name, Name: f.list.name}, Provider: provider,
		Kind: catalog.Products, DecoderVersion: f.list.decoderVersion,
		Settings: map[string]string{"base_url": f.source.BaseURL},
	}
}

// Pages walks the list. Images state no total.
func (f *fetcher) Pages(ctx context.Context) iter.Seq2[catalog.Page, error] {
	ctx = web.Walking(ctx)
	fetch := func(number, _ int) (catalog.Page, error) {
		page, err := f.client.Page(ctx, number, f.request(number))
		if err != nil {
			return catalog.Page{}, fmt.Errorf("fetch: %w", err)
		}
		return page, nil
	}
	if f.list.paged {
		return web.WalkToEnd(f.List().ID, fetch, f.Decode)
	}
	return web.Walk(f.List().ID, fetch, f.Decode)
}

func (f *fetcher) request(number int) web.Request {
	query := url.Values{}
	for name, values := range f.list.query {
		query[name] = values
	}
	if f.list.paged {
		query.Set("page_no", strconv.Itoa(number))
		query.Set("page_size", strconv.Itoa(f.pageSize))
	}
	return web.Request{Method: http.MethodGet, Path: f.list.path, Query: query, Sign: f.sign}
}

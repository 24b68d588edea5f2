// Package huawei reads what Huawei Cloud Workspace APP offers: its products
// with their status in each availability zone and, where BSS is configured,
// their list prices; and its availability zones.
package huawei

import (
	"context"
	"fmt"
	"iter"
	"net/http"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	provider = "huawei"
	// enquiriesPerMinute is the limit of BSS: 10 a second for each API, source
	// address and account (support.huaweicloud.com, api-oce, fci_00002). The
	// limit of Workspace APP is not published; its gateway answers 429.
	enquiriesPerMinute = 600
)

// Provider returns Huawei Cloud's line in the index.
func Provider() web.Provider {
	return web.Provider{
		Name:        provider,
		Lists:       []string{"products", "availability-zones"},
		Schedules:   map[string]string{"products": "25 */6 * * *", "availability-zones": "35 3 * * *"},
		Credentials: [][]string{{"access_key", "secret_key"}, {"domain", "username", "password"}},
		Plain:       []string{"domain", "username"},
		Options:     []string{"project_id", "region", "bss_url", "iam_url"},
		Examples: map[string]string{
			"project_id": "29dfe82ada564ac2b927e1ff036d9a9b   # without it, the project that is named as the region",
			"region":     "cn-north-4   # without it, that of base_url; with it, base_url may be left out",
			"bss_url":    "https://bss.myhuaweicloud.com   # prices; bss-intl.myhuaweicloud.com outside of China; without it there are none",
			"iam_url":    "https://iam.cn-north-4.myhuaweicloud.com   # without it, that of the region",
		},
		DefaultBaseURL: defaultBaseURL,
		New:            New,
	}
}

// New returns the fetchers of one project. The options, all of which may be
// absent:
//
//	project_id  the project to read; without it, the one that is named as the region
//	region      cn-north-4...; without it, that of base_url
//	iam_url     where tokens are had; without it, IAM of the region
//	bss_url     where prices are asked for; without it none are, because which
//	            of the three BSS sites sells to an account is in no list
func New(source catalog.Source, options web.Options) ([]catalog.Fetcher, error) {
	account, err := newAccount(source, options)
	if err != nil {
		return nil, err
	}
	var fetchers []catalog.Fetcher
	for _, list := range lists() {
		fetchers = append(fetchers, &fetcher{list: list, account: account})
	}
	return fetchers, nil
}

// list is what differs between the lists.
type list struct {
	name string
	// path follows /v1/{project_id}; member holds the rows of the answer.
	path, member string
	// count is the member with the number of rows; "" where there is none.
	count string
	// echoes are members that repeat the filters of a request.
	echoes []string
	// priced lists are followed by price enquiries.
	priced bool
	// key is the member of a row that identifies it.
	key string
	// fields reads that part of a row.
	fields func(row web.Object, entry *catalog.Entry)
	// decoderVersion grows whenever Decode gives another answer.
	decoderVersion int
}

func lists() []list {
	return []list{
		{
			name: "products", path: "/product", member: "products", echoes: []string{"availability_zone", "os_type"},
			priced: true, key: "product_id", fields: product, decoderVersion: 2,
		},
		{
			name: "availability-zones", path: "/availability-zone", member: "availability_zones", count: "total_count",
			key: "availability_zone", fields: availabilityZone, decoderVersion: 1,
		},
	}
}

type fetcher struct {
	list    list
	account *account
}

// List describes the list.
func (f *fetcher) List() catalog.List {
	return catalog.List{
		ID: catalog.ListID{Source: f.account.source.Name, Name: f.list.name}, Provider: provider,
		Kind: catalog.Products, DecoderVersion: f.list.decoderVersion, Settings: f.account.settings(),
	}
}

// Pages yields the list's one page: Workspace APP has no paging.
func (f *fetcher) Pages(ctx context.Context) iter.Seq2[catalog.Page, error] {
	ctx = web.Walking(ctx)
	fetch := func(number, _ int) (catalog.Page, error) {
		page, err := f.page(ctx, number)
		if err != nil {
			return catalog.Page{}, fmt.Errorf("fetch: %w", err)
		}
		return page, nil
	}
	return web.Walk(f.List().ID, fetch, f.Decode)
}

func (f *fetcher) page(ctx context.Context, number int) (catalog.Page, error) {
	auth := f.account.projectAuth()
	project, err := auth.acquire(ctx)
	if err != nil {
		return catalog.Page{}, err
	}
	page, err := f.account.app.Page(ctx, number, web.Request{
		Method: http.MethodGet, Path: "/v1/" + project + f.list.path,
		Sign: auth.sign, Renew: auth.renew, Secrets: auth.secrets,
	})
	if err != nil || !f.list.priced || f.account.bss == nil {
		return page, err
	}
	list, err := f.readList(page.Parts[0])
	if err != nil {
		return page, nil //nolint:nilerr // the walk decodes the page again and says what is wrong with it
	}
	answers, err := f.account.enquire(ctx, project, list.offers())
	page.Parts = append(page.Parts, answers...)
	return page, err
}

// Package scp reads Samsung Cloud Platform v2: the contracts of BillingPlan
// 1.0 (planned computes) with their unit prices and cancellation fees, its code
// lists, and the catalogue prices of the pricing service. It asks what ending a
// contract would cost, and never ends one.
package scp

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	provider = "scp"
	// standardPageSize is asked for: no default of BillingPlan is published,
	// that of the pricing service is 20. Nor is a greatest.
	standardPageSize = 100
	mostPageSize     = 1000
)

// Provider returns Samsung Cloud Platform's line in the index.
func Provider() web.Provider {
	return web.Provider{
		Name:  provider,
		Lists: []string{"planned-computes", "contract-types", "os-types", "server-types", "service-types", "prices"},
		Schedules: map[string]string{
			"planned-computes": "15 */6 * * *", "contract-types": "20 4 * * *", "os-types": "25 4 * * *",
			"server-types": "30 4 * * *", "service-types": "35 4 * * *", "prices": "40 */12 * * *",
		},
		Credentials: [][]string{{"access_key", "secret_key"}},
		Options:     []string{"account_id", "pricing_url"},
		Examples: map[string]string{
			"account_id":  "228cb9e4a7934f84853594c7f26f7a21   # goes into the signatures, as the vendor's SDK does; not needed",
			"pricing_url": "https://pricing.e.samsungsdscloud.com   # of the catalogue prices; without it the one beside base_url",
		},
		Timezone:       "Asia/Seoul",
		DefaultBaseURL: "https://billingplan.e.samsungsdscloud.com",
		New:            New,
	}
}

// New returns the fetchers of one source. Its option account_id goes into each
// signature, as the vendor's SDK does; without it the documented scheme is
// used. pricing_url is the address of the pricing service, by default the one
// beside the base URL. page_size is 1 to 1000, by default 100.
// Source.Location is the zone of dates without one.
func New(source catalog.Source, options web.Options) ([]catalog.Fetcher, error) {
	if _, err := web.ChooseCredentials(source, Provider().Credentials); err != nil {
		return nil, err
	}
	if source.Location == nil {
		return nil, fmt.Errorf("source %q: want the time zone of the provider's dates", source.Name)
	}
	size, err := web.PageSize(source, standardPageSize, mostPageSize)
	if err != nil {
		return nil, err
	}
	billing, err := newService("billingplan 1.0", source, options)
	if err != nil {
		return nil, err
	}
	pricing, err := newService("pricing 1.0", web.Elsewhere(source, pricingURL(source)), options)
	if err != nil {
		return nil, fmt.Errorf("pricing_url: %w", err)
	}
	var fetchers []catalog.Fetcher
	for _, list := range lists() {
		service := billing
		if list.priced {
			service = pricing
		}
		fetchers = append(fetchers, &fetcher{list: list, service: service, pageSize: size})
	}
	return fetchers, nil
}

// pricingURL is the option, or the host of the pricing service in the same
// environment (billingplan.e... and pricing.e...), or, where all services have
// one address, the base URL itself.
func pricingURL(source catalog.Source) string {
	if address := source.Options["pricing_url"]; address != "" {
		return address
	}
	base, err := url.Parse(source.BaseURL)
	if err != nil {
		return source.BaseURL // refused by web.New, which never quotes it
	}
	if rest, found := strings.CutPrefix(base.Host, "billingplan."); found {
		base.Host = "pricing." + rest
	}
	return base.String()
}

// list is what differs between the lists.
type list struct {
	name   string
	kind   catalog.EntryKind
	priced bool // served by the pricing service
	// decoderVersion grows whenever decode gives another answer.
	decoderVersion int
	walk           func(*fetcher, context.Context) iter.Seq2[catalog.Page, error]
	decode         func(*fetcher, catalog.Page) (catalog.Decoded, error)
}

func lists() []list {
	return []list{
		{name: "planned-computes", kind: catalog.Contracts, decoderVersion: 1, walk: (*fetcher).walkContracts, decode: (*fetcher).decodeContracts},
		codeList("contract-types", contractTypes),
		codeList("os-types", osTypes),
		codeList("server-types", serverTypes),
		{name: "service-types", kind: catalog.Products, decoderVersion: 1, walk: (*fetcher).walkServices, decode: (*fetcher).decodeServices},
		{name: "prices", kind: catalog.Products, priced: true, decoderVersion: 2, walk: (*fetcher).walkPrices, decode: (*fetcher).decodePrices},
	}
}

type fetcher struct {
	*service
	list     list
	pageSize int
}

// List describes the list.
func (f *fetcher) List() catalog.List {
	settings := map[string]string{"base_url": f.source.BaseURL, "timezone": f.source.Location.String()}
	if account := f.source.Options["account_id"]; account != "" {
		settings["account_id"] = account
	}
	return catalog.List{
		ID: catalog.ListID{Source: f.source.Name, Name: f.list.name}, Provider: provider,
		Kind: f.list.kind, DecoderVersion: f.list.decoderVersion, Settings: settings,
	}
}

// Pages walks the list.
func (f *fetcher) Pages(ctx context.Context) iter.Seq2[catalog.Page, error] {
	return f.list.walk(f, web.Walking(ctx))
}

// Decode reads one page.
func (f *fetcher) Decode(page catalog.Page) (catalog.Decoded, error) {
	if len(page.Parts) == 0 {
		return catalog.Decoded{}, fmt.Errorf("want a page of at least one part")
	}
	return f.list.decode(f, page)
}

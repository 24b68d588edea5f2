// Package ncp reads the public catalog of NAVER Cloud Platform: regions, server
// images and server specs of its VPC servers, and the list prices of all
// products from its billing service.
package ncp

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const (
	provider = "ncp"
	// defaultBaseURL is the gateway of the public cloud.
	defaultBaseURL = "https://ncloud.apigw.ntruss.com"
	mostPageSize   = 1000 // documented for images and prices
)

// Provider returns NAVER Cloud's line in the index.
func Provider() web.Provider {
	return web.Provider{
		Name:  provider,
		Lists: []string{"regions", "server-images", "server-specs", "product-prices"},
		Schedules: map[string]string{
			"regions": "50 3 * * *", "server-images": "0 */6 * * *",
			"server-specs": "10 */6 * * *", "product-prices": "20 */6 * * *",
		},
		Credentials: [][]string{{"access_key", "secret_key"}},
		Options:     []string{"regions", "billing_url", "currency", "format"},
		Examples: map[string]string{
			"regions":     "[KR, SGN]   # only these; without it all that getRegionList names",
			"currency":    "USD   # or JPY, of the price list; without it KRW",
			"billing_url": "https://billingapi.apigw.ntruss.com   # of the price list; without it the one of base_url's cloud",
			"format":      "xml   # or json, which is the default; entries are the same",
		},
		Timezone:       "Asia/Seoul",
		DefaultBaseURL: defaultBaseURL,
		New:            New,
	}
}

// New returns the fetchers of one source, whose base URL is the gateway, with
// or without /vserver/v2. Its options: regions is a comma list of region codes,
// all that getRegionList names unless given; billing_url is the gateway of the
// price list, with or without /billing/v1; currency is KRW (the default), USD or
// JPY, of the price list; format is json (the default) or xml; page_size is 1 to
// 1000.
func New(source catalog.Source, options web.Options) ([]catalog.Fetcher, error) {
	if _, err := web.ChooseCredentials(source, Provider().Credentials); err != nil {
		return nil, err
	}
	shared, err := newAccount(source, options)
	if err != nil {
		return nil, err
	}
	var fetchers []catalog.Fetcher
	for _, list := range lists() {
		size, err := web.PageSize(source, list.pageSize, mostPageSize)
		if err != nil {
			return nil, err
		}
		fetchers = append(fetchers, &fetcher{account: shared, list: list, pageSize: size})
	}
	return fetchers, nil
}

// account is what the lists of one source share.
type account struct {
	source           catalog.Source
	vserver, billing service
	format           string   // json or xml
	currency         string   // of the price list
	regions          []string // of the option, in its order; nil is all
}

// service is one of the provider's gateways.
type service struct {
	client *web.Client
	prefix string // the path between base URL and action
}

func newAccount(source catalog.Source, options web.Options) (account, error) {
	format, err := formatOf(source)
	if err != nil {
		return account{}, err
	}
	currency, err := currencyOf(source)
	if err != nil {
		return account{}, err
	}
	regions, err := regionsOf(source)
	if err != nil {
		return account{}, err
	}
	vserver, err := newService(source, "/vserver/v2", options)
	if err != nil {
		return account{}, err
	}
	billing, err := newService(web.Elsewhere(source, billingURL(source)), "/billing/v1", options)
	if err != nil {
		return account{}, fmt.Errorf("billing_url: %w", err)
	}
	return account{source: source, vserver: vserver, billing: billing, format: format, currency: currency, regions: regions}, nil
}

// api: 30 to 40 % of all calls have been seen to fail with 503 for a moment. Twelve
// attempts of one call, a minute at most, outlast that in walks of hundreds of calls:
// one in 60,000 calls would fail. What is redacted: requestId is new in each answer,
// sharedLoginIdList names persons.
func api() web.API {
	return web.API{
		Explain: explain, Redacted: []string{"requestId", "sharedLoginIdList"},
		Attempts: 12, LongestWait: 8 * time.Second,
	}
}

// newService takes a base URL with the service's path at its end as well: the
// documents call both "API URL".
func newService(source catalog.Source, path string, options web.Options) (service, error) {
	client, err := web.New(source, api(), options)
	if err != nil {
		return service{}, err
	}
	if strings.HasSuffix(client.BasePath(), path) {
		path = ""
	}
	return service{client: client, prefix: path}, nil
}

// billingURL is where prices are asked for. The public and the government
// cloud have a gateway of their own for them; any other address is taken to
// serve both, and credentials of one cloud never go to another.
func billingURL(source catalog.Source) string {
	if configured := source.Options["billing_url"]; configured != "" {
		return configured
	}
	base, err := url.Parse(source.BaseURL)
	if err != nil {
		return source.BaseURL // New has refused it, or does now
	}
	switch base.Host {
	case "ncloud.apigw.ntruss.com":
		return "https://billingapi.apigw.ntruss.com"
	case "ncloud.apigw.gov-ntruss.com":
		return "https://billingapi.apigw.gov-ntruss.com"
	}
	return strings.TrimSuffix(strings.TrimRight(source.BaseURL, "/"), "/vserver/v2")
}

// formatOf is json unless the option says xml: the API's default is xml, but
// JSON is what is proved live, and half as long.
func formatOf(source catalog.Source) (string, error) {
	switch format := source.Options["format"]; format {
	case "", "json":
		return "json", nil
	case "xml":
		return "xml", nil
	default:
		return "", fmt.Errorf("source %q: format: want json or xml, got %.40q", source.Name, format)
	}
}

// currencyOf is KRW unless the option says otherwise: the documented ones are all
// that the price list is kept in.
func currencyOf(source catalog.Source) (string, error) {
	switch currency := source.Options["currency"]; currency {
	case "":
		return "KRW", nil
	case "KRW", "USD", "JPY":
		return currency, nil
	default:
		return "", fmt.Errorf("source %q: currency: want KRW, USD or JPY, got %.40q", source.Name, currency)
	}
}

// regionsOf reads the option regions.
func regionsOf(source catalog.Source) ([]string, error) {
	text := source.Options["regions"]
	if text == "" {
		return nil, nil
	}
	var regions []string
	seen := make(map[string]bool)
	for code := range strings.SplitSeq(text, ",") {
		code = strings.TrimSpace(code)
		if code == "" || seen[code] {
			return nil, fmt.Errorf("source %q: regions: want region codes, each once, such as KR,SGN, got %.60q", source.Name, text)
		}
		seen[code] = true
		regions = append(regions, code)
	}
	return regions, nil
}

package scp_test

import (
	"testing"

	"syncer/catalog"
	"syncer/fetchers/scp"
)

// FuzzDecode gives every decoder every page of two parts.
func FuzzDecode(f *testing.F) {
	for _, list := range scp.Provider().Lists {
		seed := documented(f, list)
		for _, more := range seed.Parts {
			f.Add(seed.Parts[0].Request, string(seed.Parts[0].Body), more.Request, string(more.Body))
		}
	}
	f.Add("%zz?%zz", `{"planned_computes":[{"id":"a","start_date":"9999-99-99","server_type_description":[null]}],"total_count":1e3}`, feeLine, `{"cancellation_fee":{"krw":[]}}`)
	f.Add("", `{"services":[],"errors":{}}`, "GET /v1/planned-computes/service-types", `{"services":[{"service_id":"a"}]}`)
	f.Add("GET /?size=-1", `{"prices":[{"billing_item_id":"a","attributes":{"a":1e300},"prices":[{},{"range_start":"1"}]}]}`, instancesLine, `{"coverages":[{"unit_price":0}],"amount":{"used":-1}}`)
	var fetchers []catalog.Fetcher
	for _, list := range scp.Provider().Lists {
		fetchers = append(fetchers, fetcher(f, list))
	}
	f.Fuzz(func(t *testing.T, firstRequest, firstBody, secondRequest, secondBody string) {
		for _, fetcher := range fetchers {
			for _, page := range []catalog.Page{page(part(firstRequest, firstBody)), page(part(firstRequest, firstBody), part(secondRequest, secondBody))} {
				decoded, err := fetcher.Decode(page)
				for i := range decoded.Entries {
					if entry := &decoded.Entries[i]; err == nil && entry.Key == "" {
						t.Errorf("%s: an empty key in %q", fetcher.List().ID, firstBody)
					}
					decoded.Entries[i].Digest()
				}
				for _, entry := range decoded.Entries {
					for _, usage := range entry.Usage {
						if !usage.From.Before(usage.To) {
							t.Errorf("a figure from %s to %s", usage.From, usage.To)
						}
					}
				}
			}
		}
	})
}

package ncp

import (
	"strings"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// list is what differs between the lists.
type list struct {
	name   string
	action string // the last part of the path
	rows   string // the member that holds the rows
	// billed lists are of the billing service.
	billed bool
	// regional lists are asked for by region.
	regional bool
	// pageSize is asked for; 0 where the action has no pages.
	pageSize int
	// detail is the action that completes each row; "" for none.
	detail string
	// key is what makes a row's key: a code of one region in each region's lists,
	// or of all.
	key func(at place, row *row) string
	// keyed lists have the region in their keys.
	keyed bool
	// entry reads one row of a region, completed by its detail, part by part.
	entry func(at place, row *row, into *web.Row)
	// decoderVersion grows whenever entry gives another answer.
	decoderVersion int
}

// place is where a row stands: the region that was asked for, "" where none
// was, the currency, and the zone of dates that state none.
type place struct {
	region   string
	currency string
	zone     *time.Location
}

func (p place) regionID() *string {
	if p.region == "" {
		return nil
	}
	return &p.region
}

func lists() []list {
	return []list{
		{name: "regions", action: regionsAction, rows: "regionList", key: alone("regionCode"), entry: region, decoderVersion: 1},
		{
			name: "server-images", action: "getServerImageList", rows: "serverImageList", regional: true,
			pageSize: 100, detail: "getServerImageDetail", key: alone(imageNumber), entry: serverImage, decoderVersion: 2,
		},
		{
			name: "server-specs", action: "getServerSpecList", rows: "serverSpecList", regional: true,
			key: inRegion("serverSpecCode"), keyed: true, entry: serverSpec, decoderVersion: 1,
		},
		{
			name: "product-prices", action: "getProductPriceList", rows: "productPriceList", regional: true, billed: true,
			pageSize: mostPageSize, key: inRegion("productCode"), keyed: true, entry: productPrice, decoderVersion: 2,
		},
	}
}

// regionsAction names the regions, at both services.
const regionsAction = "getRegionList"

// alone is a key that one field states.
func alone(field string) func(place, *row) string {
	return func(_ place, row *row) string { return row.get(field).Key() }
}

// inRegion is region and code, KR/c2-g3, where a code alone names something in
// every region.
func inRegion(field string) func(place, *row) string {
	return func(at place, row *row) string { return at.region + "/" + row.get(field).Key() }
}

type fetcher struct {
	account
	list     list
	pageSize int
}

// List describes the list.
func (f *fetcher) List() catalog.List {
	settings := map[string]string{"base_url": f.source.BaseURL}
	if f.list.regional {
		settings["regions"] = strings.Join(f.regions, ",")
	}
	if f.list.billed {
		settings["billing_url"], settings["currency"] = billingURL(f.source), f.currency
	}
	return catalog.List{
		ID: catalog.ListID{Source: f.source.Name, Name: f.list.name}, Provider: provider,
		Kind: catalog.Products, DecoderVersion: f.list.decoderVersion, Settings: settings,
	}
}

// row is a line of a list and the same line of its detail answer, if any: what
// the detail states counts, for it is the later and the fuller of the two.
type row struct {
	document *web.Document // takes the warnings about the row
	value    web.Value     // the line
	number   string        // of an image
	detail   *web.Value    // the same line of its detail; nil where there is none
	// reason and why say what keeps the row from being read; "" for nothing.
	reason catalog.SetAsideReason
	why    string

	line, more web.Object // value and detail, once they are opened
}

// open is the first thing that is done to a row.
func (r *row) open() {
	r.line = r.value.Object()
	if r.detail != nil {
		r.more = r.detail.Object()
	}
}

// get asks both for a field.
func (r *row) get(name string) web.Value {
	line := r.line.Get(name)
	if r.detail == nil {
		return line
	}
	if detail := r.more.Get(name); given(detail) {
		return detail
	}
	return line
}

// either asks for a field that goes by two names: some samples of the documents
// print productCode where answers hold serverImageProductCode.
func (r *row) either(name, other string) web.Value {
	first, second := r.get(name), r.get(other)
	if given(first) {
		return first
	}
	return second
}

func (r *row) ignore(names ...string) {
	r.line.Ignore(names...)
	if r.detail != nil {
		r.more.Ignore(names...)
	}
}

func (r *row) done() {
	r.line.Done()
	if r.detail != nil {
		r.more.Done()
	}
}

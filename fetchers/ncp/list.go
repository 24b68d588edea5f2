package ncp

import (
	"strings"

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
	// entry reads one row of a region, completed by its detail.
	entry func(at place, row row) catalog.Entry
	// decoderVersion grows whenever entry gives another answer.
	decoderVersion int
}

// place is where a row stands: the region that was asked for, "" where none
// was, and the currency.
type place struct {
	region   string
	currency string
}

func lists() []list {
	return []list{
		{name: "regions", action: "getRegionList", rows: "regionList", entry: region, decoderVersion: 1},
		{
			name: "server-images", action: "getServerImageList", rows: "serverImageList", regional: true,
			pageSize: 100, detail: "getServerImageDetail", entry: serverImage, decoderVersion: 1,
		},
		{
			name: "server-specs", action: "getServerSpecList", rows: "serverSpecList", regional: true,
			entry: serverSpec, decoderVersion: 1,
		},
		{
			name: "product-prices", action: "getProductPriceList", rows: "productPriceList", regional: true, billed: true,
			pageSize: mostPageSize, entry: productPrice, decoderVersion: 1,
		},
	}
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
		settings["billing_url"] = billingURL(f.source)
	}
	return catalog.List{
		ID: catalog.ListID{Source: f.source.Name, Name: f.list.name}, Provider: provider,
		Kind: catalog.Products, DecoderVersion: f.list.decoderVersion, Settings: settings,
	}
}

// row is a line of a list and the same line of its detail answer, if any: what
// the detail states counts, for it is the later and the fuller of the two.
type row struct {
	document     *web.Document // takes the warnings about the row
	line, detail web.Object
	detailed     bool
}

// get asks both for a field.
func (r row) get(name string) web.Value {
	line := r.line.Get(name)
	if !r.detailed {
		return line
	}
	if detail := r.detail.Get(name); given(detail) {
		return detail
	}
	return line
}

// either asks for a field that goes by two names: some samples of the documents
// print productCode where answers hold serverImageProductCode.
func (r row) either(name, other string) web.Value {
	first, second := r.get(name), r.get(other)
	if given(first) {
		return first
	}
	return second
}

func (r row) ignore(names ...string) {
	r.line.Ignore(names...)
	if r.detailed {
		r.detail.Ignore(names...)
	}
}

func (r row) done() {
	r.line.Done()
	if r.detailed {
		r.detail.Done()
	}
}

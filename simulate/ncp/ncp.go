// Package ncp simulates the reading part of the NAVER Cloud Platform API that
// the catalogs come from: regions, server images and server specs of
// https://api.ncloud-docs.com/docs/compute-vserver and the price list of
// https://api.ncloud-docs.com/docs/platform-listprice, on one address.
package ncp

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

// Name is the provider's name in configurations and faults.
const Name = "ncp"

// Config configures the simulated API.
type Config struct {
	// AccessKey and SecretKey are the only pair that is let in.
	AccessKey, SecretKey string
	// Seed and Products shape the generated rows: Products of them join the
	// documented products, and a tenth as many the images.
	Seed     int64
	Products int
	// Now is the wall clock for signatures; At is the world's own date.
	Now, At func() time.Time
	// Calm leaves out of the script what goes wrong in it.
	Calm   bool
	Faults []fault.Fault
}

// An API answers as ncloud.apigw.ntruss.com and billingapi.apigw.ntruss.com do.
type API struct {
	config Config
	world  *world.World[catalog]
	faults *fault.Set

	mutex  sync.Mutex
	random *rand.Rand // of request ids
}

// New returns a simulated NAVER Cloud.
func New(config Config) *API {
	return &API{
		config: config,
		world:  newWorld(config),
		faults: fault.NewSet(Name, config.Faults, config.Now),
		random: rand.New(rand.NewPCG(uint64(config.Seed), 11)),
	}
}

// Moments returns the script of the world.
func (a *API) Moments() []world.Moment { return a.world.Moments(Name) }

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route := routeOf(r.URL.EscapedPath())
	call, bad := a.newCall(r, route)
	call.active.Send(w, r, dialect{call.format}, a.answer(call, route, bad))
}

// A call is one request with the world and the faults it meets.
type call struct {
	*http.Request
	params  params
	format  format
	catalog *catalog
	active  fault.Active
	id      string // a new requestId
}

// newCall reads the parameters of a GET's query or a POST's form; lists come
// as name.1=a&name.2=b in both.
func (a *API) newCall(r *http.Request, route route) (call, bool) {
	err := r.ParseForm()
	params := params(r.Form)
	format, known := formatOf(params.Get("responseFormatType"))
	page, _, bad := params.paging(route.pages)
	return call{
		Request: r, params: params, format: format, id: a.requestID(),
		catalog: a.world.At(a.config.At()),
		active:  a.faults.Take(route.list, page, params.Get("regionCode"), params.Get("serverImageNo")),
	}, err != nil || bad || !known
}

func (a *API) answer(c call, route route, bad bool) fault.Answer {
	if refusal := a.authenticate(c, route); refusal != nil {
		return *refusal
	}
	switch {
	case route.serve == nil, c.Method != http.MethodGet && (route.billed || c.Method != http.MethodPost):
		return gateway(c.format, http.StatusNotFound)
	case bad:
		return gateway(c.format, http.StatusBadRequest)
	}
	return route.serve(c)
}

// A route is one action. list is its name for faults.
type route struct {
	list   string
	billed bool // of the billing service: GET and signature v2 only
	pages  pages
	serve  func(call) fault.Answer
}

func routeOf(path string) route {
	switch path {
	case "/vserver/v2/getRegionList":
		return route{list: "regions", serve: regions}
	case "/vserver/v2/getZoneList":
		return route{list: "zones", serve: zones}
	case "/vserver/v2/getServerImageList":
		return route{list: "server-images", pages: conditional, serve: serverImages}
	case "/vserver/v2/getServerImageDetail":
		return route{list: "server-image-details", serve: serverImage}
	case "/vserver/v2/getServerSpecList":
		return route{list: "server-specs", serve: serverSpecs}
	case "/vserver/v2/getServerSpecDetail":
		return route{list: "server-spec-details", serve: serverSpec}
	case "/billing/v1/region/getRegionList":
		return route{list: "billing-regions", billed: true, serve: billingRegions}
	case "/billing/v1/product/getProductPriceList":
		return route{list: "product-prices", billed: true, pages: always, serve: productPrices}
	}
	return route{}
}

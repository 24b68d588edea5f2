// Package scp simulates the reading part of Samsung Cloud Platform v2:
// BillingPlan 1.0 (https://billingplan.{env}.samsungsdscloud.com) and, at the
// same address, the price list of the pricing service. It sells nothing.
package scp

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

// Name is the provider's name in configurations and faults.
const Name = "scp"

// Config configures the simulated API.
type Config struct {
	// AccessKey and SecretKey are the only pair that is let in; AccountID
	// owns the contracts, and may stand in a signature.
	AccessKey, SecretKey, AccountID string
	// Dialect is how answers are spelled; "" is Documented. The fault
	// sdk_dialect changes it too.
	Dialect Dialect
	// Seed, Products and Contracts shape the generated rows: so many prices
	// and so many contracts beside the documented ones.
	Seed                int64
	Products, Contracts int
	// Now is the wall clock for signatures; At is the world's own date.
	Now, At func() time.Time
	Faults  []fault.Fault
}

// An API answers as the platform's gateway and services do.
type API struct {
	config Config
	world  *world.World[catalog]
	faults *fault.Set
}

// New returns a simulated platform.
func New(config Config) *API {
	return &API{
		config: config, world: newWorld(config),
		faults: fault.NewSet(Name, config.Faults, config.Now),
	}
}

// Moments returns the script of the world.
func (a *API) Moments() []world.Moment { return a.world.Moments(Name) }

// A call is one request with the world and the faults it meets.
type call struct {
	*http.Request
	config  Config
	catalog *catalog
	at      time.Time
	active  fault.Active
	spell   Dialect
	asked   int // the page asked for, from 1; 0: the request has none
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to := route(r.Method, r.URL.EscapedPath())
	call := call{Request: r, config: a.config, at: a.config.At(), spell: a.config.Dialect}
	call.catalog = a.world.At(call.at)
	if to.page != nil {
		call.asked = to.page(r.URL.Query())
	}
	query := r.URL.Query()
	call.active = a.faults.Take(to.list, call.asked, query.Get("service_id"), query.Get("server_type"))
	if call.active.Has(fault.SDKDialect) {
		call.spell = SDK
	}
	call.active.Send(w, r, refusals{}, a.answer(call, to))
}

// answer is open to everybody for the versions of the API only.
func (a *API) answer(c call, to destination) fault.Answer {
	if !to.open {
		if refusal := a.authenticate(c.Request); refusal != nil {
			return *refusal
		}
	}
	if to.serve == nil {
		return unknownPath(c.Request, a.config.Now())
	}
	return to.serve(c)
}

// destination is where a request goes; list is its name for faults.
type destination struct {
	list  string
	open  bool
	page  func(url.Values) int
	serve func(call) fault.Answer
}

func route(method, path string) destination {
	name, isContract := strings.CutPrefix(path, "/v1/planned-computes")
	switch {
	case method == http.MethodGet && (path == "/" || path == ""):
		return destination{list: "versions", open: true, serve: versions}
	case method == http.MethodGet && path == "/v1/endpoints":
		return destination{list: "endpoints", serve: endpoints}
	case method == http.MethodGet && path == "/v1/reports/prices":
		return destination{list: "prices", page: pricesPage, serve: prices}
	case method == http.MethodGet && path == "/v1/reports/offerings":
		return destination{list: "offerings", serve: offerings}
	case method == http.MethodGet && path == "/v1/reports/billing-item-ids":
		return destination{list: "billing-item-ids", serve: billingItems}
	case !isContract:
		return destination{}
	case method == http.MethodPost && name == "/cancellation-fee":
		return destination{list: "cancellation-fee", serve: cancellationFee}
	case method != http.MethodGet:
		return destination{serve: sellsNothing}
	}
	return contractRoute(name)
}

func contractRoute(name string) destination {
	switch name {
	case "":
		return destination{list: "planned-computes", page: contractsPage, serve: contracts}
	case "/instances":
		return destination{list: "instances", serve: instances}
	case "/contract-types":
		return destination{list: "contract-types", serve: contractTypes}
	case "/os-types":
		return destination{list: "os-types", serve: osTypes}
	case "/server-types":
		return destination{list: "server-types", serve: serverTypes}
	case "/service-types":
		return destination{list: "service-types", serve: serviceTypes}
	}
	id, below := strings.CutPrefix(name, "/")
	if !below || id == "" || strings.Contains(id, "/") {
		return destination{}
	}
	return destination{list: "planned-computes", serve: func(c call) fault.Answer { return contract(c, id) }}
}

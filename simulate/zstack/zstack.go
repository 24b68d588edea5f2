// Package zstack simulates the reading part of the ZStack Cloud REST API v1:
// sessions, access keys, offerings of instances, disks and virtual routers, tags
// and, where the edition has the billing module, price tables.
package zstack

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

// Name is the provider's name in configurations and faults.
const Name = "zstack"

// Context is the path under which the management server is mounted.
const Context = "/zstack"

// Config configures the simulated API.
type Config struct {
	// Account and Password log in; AccessKey and SecretKey sign.
	Account, Password, AccessKey, SecretKey string
	// Seed and Products shape the generated offerings and the order of lists
	// that are asked for without a sort.
	Seed     int64
	Products int
	// Now is the wall clock for sessions and signatures; At is the world's
	// own date.
	Now, At func() time.Time
	// Location is the management server's time zone.
	Location *time.Location
	// Billing is true for a commercial edition, whose billing module serves
	// price tables; a community build knows no such path.
	Billing bool
	Faults  []fault.Fault
}

// An API answers as a ZStack management server does.
type API struct {
	config   Config
	world    *world.World[catalog]
	faults   *fault.Set
	sessions *sessions

	mutex  sync.Mutex
	random *rand.Rand // the order of rows of an unsorted query
}

// New returns a simulated ZStack.
func New(config Config) *API {
	return &API{
		config:   config,
		world:    newWorld(config),
		faults:   fault.NewSet(Name, config.Faults, config.Now),
		sessions: newSessions(config.Seed, config.Now),
		random:   rand.New(rand.NewPCG(uint64(config.Seed), 7)),
	}
}

// Moments returns the script of the world.
func (a *API) Moments() []world.Moment { return a.world.Moments(Name) }

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	uri, mounted := strings.CutPrefix(r.URL.EscapedPath(), Context)
	route := a.route(uri)
	if !mounted || route.serve == nil {
		fault.Active{}.Send(w, r, dialect{}, text(http.StatusNotFound, "no api mapping to "+uri))
		return
	}
	query, bad := newQuery(r.URL.Query())
	call := call{Request: r, uri: uri, id: route.id, query: query, active: a.faults.Take(route.list, query.page())}
	if call.active.Has(fault.Expire) {
		a.sessions.expireAll()
	}
	call.active.Send(w, r, dialect{}, a.answer(route, call, bad))
}

// A call is one request with the faults it meets. uri is its path without the
// context.
type call struct {
	*http.Request
	uri    string
	id     string
	query  query
	active fault.Active
}

func (a *API) answer(route route, c call, bad string) fault.Answer {
	if c.Method != route.method {
		return text(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	if route.list == fault.Session {
		return route.serve(c)
	}
	if refusal := a.authenticate(c); refusal != nil {
		return *refusal
	}
	if bad != "" {
		return text(http.StatusBadRequest, bad)
	}
	return route.serve(c)
}

type route struct {
	list, method, id string
	serve            func(call) fault.Answer
}

func (a *API) route(uri string) route {
	if uri == "/v1/accounts/login" {
		return route{fault.Session, http.MethodPut, "", a.login}
	}
	if id, ok := strings.CutPrefix(uri, "/v1/accounts/sessions/"); ok {
		if id, asksFor := strings.CutSuffix(id, "/valid"); asksFor {
			return route{fault.Session, http.MethodGet, id, a.validSession}
		}
		return route{fault.Session, http.MethodDelete, id, a.logout}
	}
	for _, list := range a.lists() {
		rest, ok := strings.CutPrefix(uri, list.path)
		id, byID := strings.CutPrefix(rest, "/")
		if ok && byID == (id != "") && (byID || rest == "") {
			return route{list.name, http.MethodGet, id, list.serve}
		}
	}
	return route{}
}

type list struct {
	name, path string
	serve      func(call) fault.Answer
}

// lists are those of the edition.
func (a *API) lists() []list {
	lists := []list{
		{"virtual-router-offerings", "/v1/instance-offerings/virtual-routers", a.routerOfferings}, // before the path that it begins with
		{"instance-offerings", "/v1/instance-offerings", a.instanceOfferings},
		{"disk-offerings", "/v1/disk-offerings", a.diskOfferings},
		{"tags", "/v1/system-tags", a.tags},
	}
	if !a.config.Billing {
		return lists
	}
	return append(lists,
		list{"price-tables", "/v1/billings/price-tables", a.priceTables},
		list{"prices", "/v1/billings/prices", a.prices})
}

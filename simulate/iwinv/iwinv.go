// Package iwinv simulates the reading part of the iwinv IaaS API v1
// (https://api-kr.iwinv.kr): flavors with prices, zones, images and block
// storage types.
package iwinv

import (
	"net/http"
	"strings"
	"time"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

// Name is the provider's name in configurations and faults.
const Name = "iwinv"

// Config configures the simulated API.
type Config struct {
	// AccessKey and SecretKey are the only pair that is let in.
	AccessKey, SecretKey string
	// Seed and Products shape the generated flavors: Products of them join
	// the documented ones, the same for the same Seed.
	Seed     int64
	Products int
	// Now is the wall clock for signatures; At is the world's own date.
	Now, At func() time.Time
	// Calm leaves out of the script what goes wrong in it.
	Calm   bool
	Faults []fault.Fault
}

// An API answers as api-kr.iwinv.kr does.
type API struct {
	config Config
	world  *world.World[catalog]
	faults *fault.Set
}

// New returns a simulated iwinv.
func New(config Config) *API {
	return &API{
		config: config,
		world:  newWorld(config),
		faults: fault.NewSet(Name, config.Faults, config.Now),
	}
}

// Moments returns the script of the world.
func (a *API) Moments() []world.Moment { return a.world.Moments(Name) }

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request := request{Request: r, catalog: a.world.At(a.config.At())}
	list, serve := route(r.URL.EscapedPath())
	request.asked, request.bad = pageNumber(r.URL.Query())
	request.active = a.faults.Take(list, request.asked)
	request.active.Send(w, r, dialect{}, a.answer(request, serve))
}

// A request is one call with the world and the faults it meets.
type request struct {
	*http.Request
	catalog *catalog
	active  fault.Active
	asked   int  // the page asked for, from 1
	bad     bool // the page asked for is not a page
}

func (a *API) answer(r request, serve func(request) fault.Answer) fault.Answer {
	switch refusal := a.authenticate(r.Request); {
	case refusal != nil:
		return *refusal
	case serve == nil:
		return failure(http.StatusNotFound, notFound)
	case r.Method != http.MethodGet:
		return failure(http.StatusMethodNotAllowed, notFound)
	}
	return serve(r)
}

func route(path string) (list string, serve func(request) fault.Answer) {
	switch path {
	case "/v1/flavors":
		return "flavors", flavors
	case "/v1/zones":
		return "zones", zones
	case "/v1/images":
		return "images", images
	case "/v1/block-storages/types":
		return "block-storage-types", storageTypes
	}
	if id, ok := strings.CutPrefix(path, "/v1/flavors/"); ok {
		return "flavors", func(r request) fault.Answer { return flavor(r, id) }
	}
	if id, ok := strings.CutPrefix(path, "/v1/images/"); ok {
		return "images", func(r request) fault.Answer { return image(r, id) }
	}
	return "", nil
}

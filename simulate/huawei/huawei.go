// Package huawei simulates what a reader of Huawei Cloud Workspace APP meets:
// IAM, which hands out tokens and lists projects, the two lists of Workspace
// APP, and the price enquiries of BSS. All answer on one address, by path.
package huawei

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"sync"
	"time"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

// Name is the provider's name in configurations and faults.
const Name = "huawei"

// Enquiries is the list name of price enquiries in faults.
const Enquiries = "enquiries"

// Region is the only region: that of the documents' sample.
const Region = "cn-north-7"

// Config configures the simulated API.
type Config struct {
	// AccessKey and SecretKey sign; Domain, Username and Password log in.
	AccessKey, SecretKey        string
	Domain, Username, Password  string
	ProjectID, DomainID, UserID string
	// Seed and Products shape the generated products and the tokens.
	Seed     int64
	Products int
	// Now is the wall clock for tokens and signatures; At is the world's own
	// date.
	Now, At func() time.Time
	Faults  []fault.Fault
}

// An API answers as Huawei Cloud's gateway and the services behind it do.
type API struct {
	config Config
	world  *world.World[catalog]
	faults *fault.Set
	tokens *tokens

	mutex  sync.Mutex
	random *rand.Rand // request ids
}

// New returns a simulated Huawei Cloud.
func New(config Config) *API {
	return &API{
		config: config,
		world:  newWorld(config),
		faults: fault.NewSet(Name, config.Faults, config.Now),
		tokens: newTokens(config.Seed, config.Now),
		random: rand.New(rand.NewPCG(uint64(config.Seed), 17)),
	}
}

// Moments returns the script of the world.
func (a *API) Moments() []world.Moment { return a.world.Moments(Name) }

// mostBody is far above any question.
const mostBody = 4 << 20

// ServeHTTP answers one request. Every answer has a request id.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Request-Id", a.requestID())
	route := a.route(r)
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBody))
	if err != nil {
		fault.Active{}.Send(w, r, route.service, failure(http.StatusBadRequest, "APIGW.0106", "Unable to read the request body"))
		return
	}
	call := call{Request: r, body: body, header: w.Header(), route: route, active: a.faults.Take(route.list, 1), catalog: a.world.At(a.config.At())}
	if call.active.Has(fault.ExpireToken) {
		a.tokens.expireAll()
	}
	call.active.Send(w, r, route.service, a.answer(call))
}

// A call is one request with its route and the faults it meets; header is that
// of the answer.
type call struct {
	*http.Request
	body    []byte
	header  http.Header
	route   route
	active  fault.Active
	catalog *catalog
}

func (a *API) answer(c call) fault.Answer {
	if c.route.serve == nil {
		return failure(http.StatusNotFound, "APIGW.0101", "The API does not exist or has not been published in the environment")
	}
	if c.route.open {
		return c.route.serve(c)
	}
	if refusal := a.authenticate(c); refusal != nil {
		return *refusal
	}
	return c.route.serve(c)
}

// A route is one operation. open ones are asked without credentials.
type route struct {
	list    string
	service service
	project string
	open    bool
	serve   func(call) fault.Answer
}

var appPath = regexp.MustCompile(`^/v1/([0-9A-Za-z_-]+)/(product|availability-zone)$`)

func (a *API) route(r *http.Request) route {
	if found := appPath.FindStringSubmatch(r.URL.Path); found != nil && r.Method == http.MethodGet {
		if found[2] == "product" {
			return route{list: "products", service: workspace, project: found[1], serve: a.products}
		}
		return route{list: "availability-zones", service: workspace, project: found[1], serve: a.availabilityZones}
	}
	switch r.Method + " " + r.URL.Path {
	case "POST /v3/auth/tokens":
		return route{list: fault.Session, service: iam, open: true, serve: a.login}
	case "GET /v3/projects":
		return route{list: fault.Session, service: iam, serve: a.projects}
	case "GET /v3/auth/domains":
		return route{list: fault.Session, service: iam, serve: a.domains}
	case "POST /v2/bills/ratings/on-demand-resources":
		return route{list: Enquiries, service: bss, serve: a.onDemandRatings}
	case "POST /v2/bills/ratings/period-resources/subscribe-rate":
		return route{list: Enquiries, service: bss, serve: a.periodRatings}
	}
	return route{service: gateway}
}

func (a *API) requestID() string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return fmt.Sprintf("%016x%016x", a.random.Uint64(), a.random.Uint64())
}

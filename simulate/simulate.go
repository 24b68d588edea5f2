// Package simulate serves the APIs of cloud providers on localhost, faithful
// to their documents, with catalogs that change over weeks and with faults.
// It knows nothing of the code that reads those APIs: it is written from the
// providers' documents alone, so that it can contradict a wrong reader.
//
// A provider is one folder and one line in providers.go.
package simulate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

// A Fault is one thing that goes wrong at one provider.
type Fault = fault.Fault

// A Moment is one line of the world's script.
type Moment = world.Moment

// WorldStart returns when the world's script begins: before it, the providers
// show their documents' own samples.
func WorldStart() time.Time { return world.Start() }

// WorldEnd returns when the script is over and nothing changes any more.
func WorldEnd() time.Time { return world.Start().Add(world.Weeks * 7 * world.Day) }

// ParseFault reads a fault written PROVIDER:KIND[:OPTION=VALUE...], such as
// iwinv:http500:page=3, zstack:expire:after=2 or iwinv:shrink:fraction=0.1.
// Every kind takes page, times, after, list and about: what a request must name,
// as in ncp:http400:list=server-image-details:about=25495367. "random" and
// "unruly" alone, or with a rate (random:rate=0.2), strike every provider.
func ParseFault(text string) (Fault, error) { return fault.Parse(text) }

// KnownFaults describes every kind of fault, each by a line of help.
func KnownFaults() []fault.Spec { return fault.Specs() }

// Options shape a simulation.
type Options struct {
	// Seed makes generated products, sessions and orders reproducible.
	Seed int64
	// Products is how many generated products join each provider's
	// documented and scripted ones.
	Products int
	// Now is the wall clock that signatures and sessions are judged by.
	Now func() time.Time
	// At is the date in the simulated world; nil: it stays at WorldStart.
	At func() time.Time
	// Location is the time zone of installations that have one (ZStack);
	// nil: UTC.
	Location *time.Location
	// BasePort is the port of the first provider, the others follow; 0: any
	// free ports.
	BasePort int
	// Calm leaves out of the world's script what goes wrong in it: slips of a
	// provider, and answers that are not to be had.
	Calm   bool
	Faults []Fault
	// Logger gets a line a request at level debug; nil: none.
	Logger *slog.Logger
}

// A Simulation is the simulated providers, each on a port of its own.
type Simulation struct {
	options Options
	apis    []api

	mutex     sync.Mutex
	requests  map[string]map[string]int
	servers   []*http.Server
	endpoints []Endpoint
	serving   sync.WaitGroup
}

// New prepares a simulation. It fails without a clock and for faults of
// providers that are not simulated.
func New(options Options) (*Simulation, error) {
	if options.Now == nil {
		return nil, errors.New("preparing the simulation: want a clock (Now)")
	}
	if options.At == nil {
		options.At = WorldStart
	}
	options.Location = cmp.Or(options.Location, time.UTC)
	options.Logger = cmp.Or(options.Logger, slog.New(slog.DiscardHandler))
	options.Faults = slices.Clone(options.Faults)
	for i := range options.Faults {
		options.Faults[i].Seed = options.Seed
	}
	s := &Simulation{options: options, apis: apis(options), requests: map[string]map[string]int{}}
	for _, fault := range options.Faults {
		if fault.Provider != "" && !slices.ContainsFunc(s.apis, func(a api) bool { return a.name == fault.Provider }) {
			return nil, fmt.Errorf("preparing the simulation: fault %s of provider %q, which is not simulated", fault.Kind, fault.Provider)
		}
	}
	return s, nil
}

// Start listens on 127.0.0.1 and serves until Close or until ctx ends.
func (s *Simulation) Start(ctx context.Context) error {
	for i, api := range s.apis {
		if err := s.listen(ctx, api, i); err != nil {
			return errors.Join(fmt.Errorf("starting the simulated %s: %w", api.name, err), s.Close())
		}
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return nil
}

func (s *Simulation) listen(ctx context.Context, api api, i int) error {
	port := 0
	if s.options.BasePort != 0 {
		port = s.options.BasePort + i
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           s.observe(api),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(s.options.Logger.Handler(), slog.LevelDebug),
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.servers = append(s.servers, server)
	s.endpoints = append(s.endpoints, api.endpoint("http://"+listener.Addr().String()))
	s.serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.options.Logger.Error("simulated provider stopped", "provider", api.name, "err", err)
		}
	})
	return nil
}

// endpoint is the api at an address.
func (a api) endpoint(address string) Endpoint {
	settings := make(map[string]string, len(a.settings))
	for name, value := range a.settings {
		settings[name] = strings.ReplaceAll(value, "{base}", address)
	}
	return Endpoint{
		Provider: a.name, BaseURL: address + a.context,
		Credentials: a.credentials, Alternative: a.alternative, Settings: settings,
	}
}

// Close cuts all connections and returns when every provider has stopped.
func (s *Simulation) Close() error {
	s.mutex.Lock()
	servers := s.servers
	s.mutex.Unlock()
	var all error
	for _, server := range servers {
		all = errors.Join(all, server.Close())
	}
	s.serving.Wait()
	return all
}

// observe counts and logs requests; headers, which hold signatures, are not
// logged.
func (s *Simulation) observe(api api) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mutex.Lock()
		if s.requests[api.name] == nil {
			s.requests[api.name] = map[string]int{}
		}
		s.requests[api.name][r.URL.Path]++
		s.mutex.Unlock()
		s.options.Logger.DebugContext(r.Context(), "simulated request", "provider", api.name, "method", r.Method, "uri", r.URL.RequestURI())
		api.handler.ServeHTTP(w, r)
	})
}

// Requests returns how often each path of a provider has been asked for.
func (s *Simulation) Requests(provider string) map[string]int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	requests := maps.Clone(s.requests[provider])
	if requests == nil {
		requests = map[string]int{}
	}
	return requests
}

// Moments returns what happens in the world, at all providers, in order of time.
func (s *Simulation) Moments() []Moment {
	var moments []Moment
	for _, api := range s.apis {
		moments = append(moments, api.moments...)
	}
	slices.SortStableFunc(moments, func(a, b world.Moment) int { return a.At.Compare(b.At) })
	return moments
}

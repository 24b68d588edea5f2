package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

// A Fault is one thing that goes wrong at one provider.
type Fault = fault.Fault

// A Moment is one line of the world's script.
type Moment = world.Moment

// WorldStart is when the world's script begins: before it, the providers
// show their documents' own samples.
func WorldStart() time.Time { return world.Start() }

// WorldEnd is when the script is over and the world stands still.
func WorldEnd() time.Time { return world.Start().Add(world.Weeks * 7 * world.Day) }

// ParseFault reads a fault written PROVIDER:KIND[:OPTION=VALUE...], such as
// iwinv:http500:page=3, zstack:expire:after=2 or iwinv:shrink:fraction=0.1.
// Every kind takes page, times, after and list. "random" and "unruly" alone, or
// with a rate (random:rate=0.2), strike every provider.
func ParseFault(text string) (Fault, error) { return fault.Parse(text) }

// KnownFaults is every kind of fault, a line each for a help text.
func KnownFaults() []fault.Known { return fault.All() }

// An Endpoint is where a simulated provider listens and whom it lets in.
type Endpoint struct {
	Provider string
	BaseURL  string
	// Credentials is one complete set, by the names of the configuration's
	// fields; Alternative is another, nil where there is none. A source is
	// configured with one of them, not with both.
	Credentials, Alternative map[string]string
	// Settings are the source's further settings by the configuration's names:
	// billing_url, project_id...; nil where it needs none.
	Settings map[string]string
}

// Endpoints is one for each provider, once started.
func (s *Simulation) Endpoints() []Endpoint {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Endpoint(nil), s.endpoints...)
}

// Requests is how often each path of a provider has been asked for.
func (s *Simulation) Requests(provider string) map[string]int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	requests := maps.Clone(s.requests[provider])
	if requests == nil {
		requests = map[string]int{}
	}
	return requests
}

// MarshalJSON is one object on one line with a member for each provider:
// base_url, its credentials and settings, by the configuration's field names.
func (s *Simulation) MarshalJSON() ([]byte, error) {
	out := bytes.NewBufferString("{")
	for i, endpoint := range s.Endpoints() {
		if i > 0 {
			out.WriteByte(',')
		}
		members := maps.Clone(endpoint.Credentials)
		maps.Copy(members, endpoint.Settings)
		members["base_url"] = endpoint.BaseURL
		text, err := json.Marshal(members)
		if err != nil {
			return nil, fmt.Errorf("writing the endpoint of %s: %w", endpoint.Provider, err)
		}
		fmt.Fprintf(out, "%q:%s", endpoint.Provider, text)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

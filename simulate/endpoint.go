package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
)

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

// Endpoints returns one for each provider, in the order of their ports; none
// before Start.
func (s *Simulation) Endpoints() []Endpoint {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Endpoint(nil), s.endpoints...)
}

// MarshalJSON writes one object on one line with a member for each provider:
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

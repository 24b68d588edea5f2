package ingest_test

import (
	"net"
	"net/http"
	"testing"
	"time"

	"syncer/simulate"
	"syncer/store/record"
	"syncer/timeline"
)

// TestProviderThatHangsIsTheNetworksFault wants a time limit that ran out to be
// told as the network's, for nobody canceled the run.
func TestProviderThatHangsIsTheNetworksFault(t *testing.T) {
	t.Parallel()
	hanging, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hanging.Close()
	s := newStage(t, "iwinv", "flavors")
	endpoint := simulate.Endpoint{Provider: "iwinv", BaseURL: "http://" + hanging.Addr().String(), Credentials: map[string]string{"access_key": "a", "secret_key": "b"}}
	fetcher := newFetcher(t, endpoint, "flavors", &http.Transport{ResponseHeaderTimeout: 50 * time.Millisecond})
	list := record.List{List: fetcher.List(), ListSettings: record.ListSettings{Rule: timeline.Rule{Snapshots: 2, For: 72 * time.Hour}}}
	if _, err := s.runner.Sync(t.Context(), list, fetcher, nil); err == nil {
		t.Fatal("a provider that says nothing was read")
	}
	if class := one[string](t, s.pool, "SELECT error_class FROM runs"); class != "network" {
		t.Errorf("class %q, want network", class)
	}
}

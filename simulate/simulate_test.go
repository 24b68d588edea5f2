package simulate

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func wall() time.Time { return time.Unix(1700000000, 0) }

func start(t *testing.T, change func(*Options)) *Simulation {
	t.Helper()
	options := Options{Now: wall}
	if change != nil {
		change(&options)
	}
	simulation, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = simulation.Close() })
	return simulation
}

func withFault(t *testing.T, text string) func(*Options) {
	t.Helper()
	fault, err := ParseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.Faults = append(o.Faults, fault) }
}

func endpoint(t *testing.T, s *Simulation, provider string) Endpoint {
	t.Helper()
	for _, endpoint := range s.Endpoints() {
		if endpoint.Provider == provider {
			return endpoint
		}
	}
	t.Fatalf("no endpoint of %s", provider)
	return Endpoint{}
}

// flavors asks iwinv for its flavors with a signature of its own making.
func flavors(t *testing.T, s *Simulation, patience time.Duration) (*http.Response, error) {
	t.Helper()
	iwinv := endpoint(t, s, "iwinv")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, iwinv.BaseURL+"/v1/flavors", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(iwinv.Credentials["secret_key"]))
	fmt.Fprint(mac, "1700000000/v1/flavors")
	request.Header.Set("X-iwinv-Timestamp", "1700000000")
	request.Header.Set("X-iwinv-Credential", iwinv.Credentials["access_key"])
	request.Header.Set("X-iwinv-Signature", fmt.Sprintf("%x", mac.Sum(nil)))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return client.Do(request)
}

func body(t *testing.T, s *Simulation) (status int, text string, err error) {
	t.Helper()
	answer, err := flavors(t, s, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(all), err
}

func TestEndpoints(t *testing.T) {
	simulation := start(t, nil)
	line, err := json.Marshal(simulation)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]map[string]string
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(line), "\n") || !strings.HasSuffix(got["zstack"]["base_url"], "/zstack") {
		t.Errorf("got %s", line)
	}
	for _, endpoint := range simulation.Endpoints() {
		if got[endpoint.Provider]["base_url"] != endpoint.BaseURL || !strings.HasPrefix(endpoint.BaseURL, "http://127.0.0.1:") {
			t.Errorf("%s: %v", endpoint.Provider, got[endpoint.Provider])
		}
	}
	if got["iwinv"]["secret_key"] == "" || len(got["zstack"]) != 5 || got["zstack"]["access_key"] != "" || got["zstack"]["account"] != "admin" || got["zstack"]["password"] == "" {
		t.Errorf("want one complete set of credentials a provider, got %s", line)
	}
	if alternative := endpoint(t, simulation, "zstack").Alternative; alternative["access_key"] == "" || alternative["secret_key"] == "" {
		t.Errorf("alternative credentials: %v", alternative)
	}
}

func TestAnEndpointServesAndCounts(t *testing.T) {
	var log bytes.Buffer
	simulation := start(t, func(o *Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	status, text, err := body(t, simulation)
	if err != nil || status != http.StatusOK || !strings.Contains(text, `"flavor_id":"soi_2.8_s"`) {
		t.Fatalf("%d %s %v", status, text, err)
	}
	if diff := cmp.Diff(map[string]int{"/v1/flavors": 1}, simulation.Requests("iwinv")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{}, simulation.Requests("zstack")); diff != "" {
		t.Error(diff)
	}
	if err := simulation.Close(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "/v1/flavors") || strings.Contains(log.String(), "iwinvTest") {
		t.Errorf("log: %s", log.String())
	}
}

func TestClosingFreesThePortAndEndsHangingRequests(t *testing.T) {
	simulation := start(t, withFault(t, "iwinv:hang"))
	address := strings.TrimPrefix(endpoint(t, simulation, "iwinv").BaseURL, "http://")
	ended := make(chan error, 1)
	go func() {
		answer, err := flavors(t, simulation, 10*time.Second)
		if err == nil {
			answer.Body.Close()
		}
		ended <- err
	}()
	for simulation.Requests("iwinv")["/v1/flavors"] == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := simulation.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the hanging request ended with %v", err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("the port is still taken: %v", err)
	}
	_ = listener.Close()
}

func TestTheContextEndsTheSimulation(t *testing.T) {
	simulation, err := New(Options{Now: wall})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := simulation.Start(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	simulation.serving.Wait() // hangs, and so fails, when nothing stops
}

func TestATakenPortIsAnError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	simulation, err := New(Options{Now: wall, BasePort: taken.Addr().(*net.TCPAddr).Port})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "starting the simulated iwinv") {
		t.Errorf("got %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for want, options := range map[string]Options{
		"want a clock":                       {},
		`provider "aws", which is not simul`: {Now: wall, Faults: []Fault{{Provider: "aws", Kind: "hang"}}},
	} {
		if _, err := New(options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestBrokenBodies(t *testing.T) {
	_, whole, err := body(t, start(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := body(t, start(t, withFault(t, "iwinv:truncate")))
	if !errors.Is(err, io.ErrUnexpectedEOF) || text != whole[:len(whole)/2] {
		t.Errorf("truncated: %v after %d of %d", err, len(text), len(whole))
	}
	_, text, err = body(t, start(t, withFault(t, "iwinv:truncate:length=half")))
	if err != nil || text != whole[:len(whole)/2] {
		t.Errorf("truncated with an agreeing length: %v after %d of %d", err, len(text), len(whole))
	}
	_, text, err = body(t, start(t, withFault(t, "iwinv:gzip")))
	if err == nil || !strings.Contains(err.Error(), "checksum") || text != whole {
		t.Errorf("gzip: %v after %d of %d", err, len(text), len(whole))
	}
}

func TestRandomFaultsComeAgainWithTheSeed(t *testing.T) {
	show := func(seed int64) (all string) {
		simulation := start(t, func(o *Options) {
			withFault(t, "random:rate=0.6")(o)
			o.Seed = seed
		})
		for range 10 {
			answer, err := flavors(t, simulation, 10*time.Second)
			if err != nil {
				all += "cut "
				continue
			}
			_, err = io.ReadAll(answer.Body)
			answer.Body.Close()
			all += fmt.Sprint(answer.StatusCode, err == nil, " ")
		}
		return all
	}
	first := show(3)
	if again := show(3); first != again || first == show(4) {
		t.Errorf("seed 3: %s, then %s", first, again)
	}
}

func TestRedirect(t *testing.T) {
	answer, err := flavors(t, start(t, withFault(t, "iwinv:redirect:to=http://127.0.0.2:81")), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("Location"); answer.StatusCode != http.StatusFound || got != "http://127.0.0.2:81/v1/flavors" {
		t.Errorf("%d to %q", answer.StatusCode, got)
	}
}

func TestHang(t *testing.T) {
	answer, err := flavors(t, start(t, withFault(t, "iwinv:hang")), 100*time.Millisecond)
	if err == nil {
		answer.Body.Close()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestEndless(t *testing.T) {
	answer, err := flavors(t, start(t, withFault(t, "iwinv:endless")), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	const much = 8 << 20
	if n, err := io.CopyN(io.Discard, answer.Body, much); n != much || err != nil {
		t.Errorf("ended after %d: %v", n, err)
	}
}

func TestMoments(t *testing.T) {
	simulation, err := New(Options{Now: wall, Products: 10})
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string]int{}
	last := WorldStart()
	for _, moment := range simulation.Moments() {
		if moment.At.Before(last) || moment.At.After(WorldEnd()) {
			t.Errorf("%s at %s comes after %s", moment.Text, moment.At, last)
		}
		last = moment.At
		lists[moment.Provider+"/"+moment.List]++
	}
	for _, list := range []string{
		"iwinv/flavors", "iwinv/zones", "iwinv/images", "iwinv/block-storage-types",
		"ncp/regions", "ncp/server-images", "ncp/server-specs", "ncp/product-prices",
		"huawei/products", "huawei/availability-zones", "scp/planned-computes", "scp/prices",
		"zstack/instance-offerings", "zstack/disk-offerings", "zstack/price-tables", "zstack/virtual-router-offerings",
	} {
		if lists[list] == 0 {
			t.Errorf("nothing ever happens in %s", list)
		}
	}
}

func TestEveryKnownFaultHasAHelpLine(t *testing.T) {
	for _, known := range KnownFaults() {
		provider := known.Provider
		if provider == "" {
			provider = "zstack"
		}
		if _, err := ParseFault(provider + ":" + string(known.Kind)); err != nil {
			t.Error(err)
		}
		if !strings.Contains(known.String(), known.Text) {
			t.Errorf("help line %q", known)
		}
	}
}

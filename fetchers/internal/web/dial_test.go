package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/reach"
)

func networkOf(t *testing.T, source catalog.Source, api API) network {
	t.Helper()
	base, err := url.Parse(source.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	network, err := newNetwork(base, source, api)
	if err != nil {
		t.Fatal(err)
	}
	return network
}

func TestAddresses(t *testing.T) {
	const public, private, local = "https://api.example.com", "private", "https://localhost:8443"
	for address, allowed := range map[string][]string{
		"203.0.113.7": {public, private, local}, "2001:db8::7": {public, private, local}, "::ffff:203.0.113.7": {public, private, local},
		"127.0.0.1": {local}, "127.9.9.9": {local}, "::1": {local}, "::ffff:127.0.0.1": {local},
		"10.0.0.1": {private}, "172.31.0.1": {private}, "192.168.1.1": {private}, "fd12::1": {private}, "::ffff:10.0.0.1": {private},
		"100.64.0.1": {private}, "64:ff9b::a9fe:a9fe": {private},
		"169.254.169.254": nil, "::ffff:169.254.169.254": nil, "fe80::1": nil, "fe80::1%eth0": nil, "fd00:ec2::254": nil,
		"0.0.0.0": nil, "::": nil, "224.0.0.1": nil, "ff02::1": nil,
	} {
		for name, reachable := range map[string]network{
			public: networkOf(t, catalog.Source{BaseURL: public}, API{}), local: networkOf(t, catalog.Source{BaseURL: local}, API{}),
			private: networkOf(t, catalog.Source{BaseURL: public}, API{Private: true}),
		} {
			err := reachable.rules.Control("tcp", net.JoinHostPort(address, "443"), nil)
			want := strings.Contains(strings.Join(allowed, " "), name)
			if (err == nil) != want || err != nil && !errors.Is(err, reach.ErrRefused) {
				t.Errorf("%s to %s: got %v", name, address, err)
			}
		}
	}
}

func TestWhoMayBePrivate(t *testing.T) {
	for name, c := range map[string]struct {
		source catalog.Source
		api    API
		want   bool
	}{
		"a public cloud":          {catalog.Source{}, API{}, false},
		"an own installation":     {catalog.Source{}, API{Private: true}, true},
		"plain http is allowed":   {catalog.Source{InsecureHTTP: true}, API{}, true},
		"the option says yes":     {catalog.Source{Options: map[string]string{"private_network": "true"}}, API{}, true},
		"the option says no":      {catalog.Source{Options: map[string]string{"private_network": "false"}}, API{}, false},
		"no to an installation's": {catalog.Source{Options: map[string]string{"private_network": "false"}}, API{Private: true}, true},
	} {
		c.source.BaseURL = "https://api.example.com"
		if err := networkOf(t, c.source, c.api).rules.Check(netip.MustParseAddr("10.0.0.1")); (err == nil) != c.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
	options := Options{Now: time.Now}
	_, err := New(catalog.Source{Name: "s", BaseURL: "https://api.example.com", Options: map[string]string{"private_network": "perhaps"}}, API{}, options)
	if err == nil || !strings.Contains(err.Error(), `private_network: want true or false, got "perhaps"`) {
		t.Errorf("got %v", err)
	}
}

// TestNamesAreCheckedAfterResolving lets a public name resolve to this machine,
// where a server waits.
func TestNamesAreCheckedAfterResolving(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reached = true; w.Write([]byte("{}")) }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	source := catalog.Source{Name: "s", BaseURL: "http://rebound.example.com:" + port, InsecureHTTP: true}
	reachable := networkOf(t, source, API{})
	reachable.resolver = resolving(t, [4]byte{127, 0, 0, 1})
	client, err := New(source, API{}, Options{Now: time.Now, Transport: reachable.transport(source), Sleep: noSleep(t)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Do(t.Context(), Request{Method: http.MethodGet, Path: "/"})
	failure, ok := errors.AsType[*TransferError](err)
	if !ok || failure.Class != ClassAddress || reached {
		t.Errorf("got %v, reached is %t", err, reached)
	}
	reachable.rules.Loopback = true
	if connection, err := reachable.dial(t.Context(), "tcp", reachable.target); err != nil {
		t.Errorf("the same name where this machine is allowed: %v", err)
	} else {
		connection.Close()
	}
}

// noSleep fails the test: what will not pass is not repeated.
func noSleep(t *testing.T) func(context.Context, time.Duration) error {
	return func(context.Context, time.Duration) error { t.Error("a repetition"); return nil }
}

// resolving answers every question for an IPv4 address with the given one.
func resolving(t *testing.T, address [4]byte) *net.Resolver {
	t.Helper()
	listener, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		question := make([]byte, 512)
		for {
			n, from, err := listener.ReadFrom(question)
			if err != nil {
				return
			}
			listener.WriteTo(dnsAnswer(question[:n], address), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", listener.LocalAddr().String())
	}}
}

// dnsAnswer is RFC 1035: the question again, and for type A one record.
func dnsAnswer(question []byte, address [4]byte) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5 // the root, type and class
	answer := append([]byte{question[0], question[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question[12:end]...)
	if question[end-3] != 1 {
		return answer // no IPv6 address
	}
	answer[7] = 1
	return append(append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4), address[:]...)
}

// TestProxyOfTheEnvironment wants a proxy on this machine to be asked for a
// provider that is elsewhere.
func TestProxyOfTheEnvironment(t *testing.T) {
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked = r.URL.String(); w.Write([]byte("{}")) }))
	defer proxy.Close()
	source := catalog.Source{Name: "s", BaseURL: "http://api.example.com", InsecureHTTP: true}
	transport := networkOf(t, source, API{}).transport(source).(*http.Transport)
	if transport.Proxy == nil {
		t.Fatal("the environment's proxies are not honoured")
	}
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport.Proxy = http.ProxyURL(through) // the environment is read once a process
	client, err := New(source, API{}, Options{Now: time.Now, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Do(t.Context(), Request{Method: http.MethodGet, Path: "/x"}); err != nil || asked != "http://api.example.com/x" {
		t.Errorf("got %v, the proxy was asked for %q", err, asked)
	}
}

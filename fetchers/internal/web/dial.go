package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"syncer/catalog"
	"syncer/reach"
)

// privateNetwork is the option of every source that allows its provider to be
// at a private address.
const privateNetwork = "private_network"

// network decides, after a name was resolved and before anything is sent,
// whether an address may be connected to:
//
//   - link-local, unspecified and multicast addresses never: the metadata
//     services of clouds are there, and no provider is;
//   - this machine only if base_url itself says so (127.0.0.1, ::1, localhost);
//   - private ranges only for installations of one's own (API.Private), with
//     the option private_network, or where plain http to another machine was
//     allowed anyway (insecure_http).
//
// A proxy of the environment (HTTP_PROXY, HTTPS_PROXY) is the operator's
// choice and may be anywhere but at the first kind; what it connects to is its
// own affair.
type network struct {
	target   string // host:port of the base URL, as the transport dials it
	rules    reach.Rules
	resolver *net.Resolver // nil: the system's
}

func newNetwork(base *url.URL, source catalog.Source, api API) (network, error) {
	allowed := false
	if text, set := source.Options[privateNetwork]; set {
		var err error
		if allowed, err = strconv.ParseBool(text); err != nil {
			return network{}, fmt.Errorf("%s: want true or false, got %q", privateNetwork, clip(text, 40))
		}
	}
	return network{
		target: hostPort(base),
		rules: reach.Rules{
			Loopback: reach.IsLoopback(base.Hostname()),
			Private:  allowed || api.Private || source.InsecureHTTP,
		},
	}, nil
}

func hostPort(base *url.URL) string {
	port := base.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[base.Scheme]
	}
	return net.JoinHostPort(base.Hostname(), port)
}

// dial connects to the provider or to the proxy before it.
func (n network) dial(ctx context.Context, kind, address string) (net.Conn, error) {
	rules := n.rules
	if address != n.target {
		rules = reach.Rules{Loopback: true, Private: true} // the only other address is the proxy's
	}
	dialer := &net.Dialer{Timeout: 15 * time.Second, Resolver: n.resolver, Control: rules.Control}
	return dialer.DialContext(ctx, kind, address)
}

// transport honours the environment's proxies.
func (n network) transport(source catalog.Source) http.RoundTripper {
	return &http.Transport{
		TLSClientConfig: tlsConfig(source.Roots), Proxy: http.ProxyFromEnvironment, DialContext: n.dial, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: time.Minute, IdleConnTimeout: time.Minute,
	}
}

package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"syncer/catalog"
)

// privateNetwork is the option of every source that allows its provider to be
// at a private address.
const privateNetwork = "private_network"

// errAddress is wrapped by every refusal to connect.
var errAddress = errors.New("address is refused")

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
	target            string // host:port of the base URL, as the transport dials it
	loopback, private bool
	resolver          *net.Resolver // nil: the system's
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
		target: hostPort(base), loopback: loopback(base.Hostname()),
		private: allowed || api.Private || source.InsecureHTTP,
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
	rules := n
	if address != n.target {
		rules.loopback, rules.private = true, true // the only other address is the proxy's
	}
	dialer := &net.Dialer{Timeout: 15 * time.Second, Resolver: n.resolver, Control: rules.control}
	return dialer.DialContext(ctx, kind, address)
}

// control is asked for each address that a name was resolved to.
func (n network) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s: want an IP address and a port", errAddress, clip(address, 60))
	}
	return n.check(at.Addr().WithZone("").Unmap())
}

// check refuses an address. IPv4 written as IPv6 is taken as IPv4.
func (n network) check(address netip.Addr) error {
	switch {
	case address.IsLinkLocalUnicast(), address.IsMulticast(), address.IsUnspecified(), isMetadata(address):
		return fmt.Errorf("%w: %s is link-local or belongs to no machine", errAddress, address)
	case address.IsLoopback() && !n.loopback:
		return fmt.Errorf("%w: %s is this machine, and base_url names another", errAddress, address)
	case isPrivate(address) && !n.private:
		return fmt.Errorf("%w: %s is private, set the option %s: true if that is meant", errAddress, address, privateNetwork)
	}
	return nil
}

// isMetadata knows the one metadata service that is not link-local: EC2's over
// IPv6 (docs.aws.amazon.com, instance metadata).
func isMetadata(address netip.Addr) bool { return address == netip.MustParseAddr("fd00:ec2::254") }

// isPrivate adds the addresses shared behind carriers (RFC 6598) and those that
// translate to IPv4 (RFC 6052), behind which anything may be.
func isPrivate(address netip.Addr) bool {
	return address.IsPrivate() ||
		netip.MustParsePrefix("100.64.0.0/10").Contains(address) || netip.MustParsePrefix("64:ff9b::/96").Contains(address)
}

// transport honours the environment's proxies.
func (n network) transport(source catalog.Source) http.RoundTripper {
	return &http.Transport{
		TLSClientConfig: tlsConfig(source.Roots), Proxy: http.ProxyFromEnvironment, DialContext: n.dial, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: time.Minute, IdleConnTimeout: time.Minute,
	}
}

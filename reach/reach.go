// Package reach decides which addresses this program may connect to: providers
// and webhooks are named by the configuration, but what a name resolves to is
// decided by others. It imports nothing of the program.
package reach

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// ErrRefused is wrapped by every refusal to connect.
var ErrRefused = errors.New("address is refused")

// Rules decide, after a name was resolved and before anything is sent, whether
// an address may be connected to. Link-local, unspecified and multicast
// addresses are always refused: the metadata services of clouds are there, and
// neither a provider nor a webhook is.
type Rules struct {
	Loopback bool // allows this machine
	Private  bool // allows private ranges
}

// Control is the Control of a net.Dialer, which calls it for each address that a
// name was resolved to. It refuses an address with ErrRefused.
func (r Rules) Control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %.60q: want an IP address and a port", ErrRefused, address)
	}
	return r.Check(at.Addr().WithZone("").Unmap())
}

// Check refuses an address with ErrRefused. An IPv4 address must not be written
// as IPv6 (see netip.Addr.Unmap).
func (r Rules) Check(address netip.Addr) error {
	switch {
	case address.IsLinkLocalUnicast(), address.IsMulticast(), address.IsUnspecified(), isMetadata(address):
		return fmt.Errorf("%w: %s is link-local or belongs to no machine", ErrRefused, address)
	case address.IsLoopback() && !r.Loopback:
		return fmt.Errorf("%w: %s is this machine, and the configured address names another", ErrRefused, address)
	case isPrivate(address) && !r.Private:
		return fmt.Errorf("%w: %s is private, set private_network: true if that is meant", ErrRefused, address)
	}
	return nil
}

// isMetadata matches the only metadata service that is not link-local: EC2's
// over IPv6 (docs.aws.amazon.com, instance metadata).
func isMetadata(address netip.Addr) bool { return address == netip.MustParseAddr("fd00:ec2::254") }

// isPrivate adds the addresses shared behind carriers (RFC 6598) and those that
// translate to IPv4 (RFC 6052), behind which anything may be.
func isPrivate(address netip.Addr) bool {
	return address.IsPrivate() ||
		netip.MustParsePrefix("100.64.0.0/10").Contains(address) || netip.MustParsePrefix("64:ff9b::/96").Contains(address)
}

// IsLoopback reports whether the host of an address is this machine by its name
// alone.
func IsLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}

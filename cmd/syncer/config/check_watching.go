package config

import "net"

// listenOff serves neither page nor metrics.
const listenOff = "off"

func (c *checker) listen(address string) string {
	if address == listenOff {
		return ""
	}
	if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
		c.fail([]string{"listen"}, "want HOST:PORT such as 127.0.0.1:8630, or off, got %q", address)
	}
	return address
}

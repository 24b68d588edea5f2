package config

import (
	"net"
	"net/url"
	"slices"

	"syncer/catalog"
	"syncer/reach"
)

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

// heartbeat never repeats the text: whoever knows the path can ping.
func (c *checker) heartbeat(text string) catalog.Secret {
	if text == "" {
		return catalog.Secret{}
	}
	keys := []string{"heartbeat_url"}
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "" || !slices.Contains([]string{"https", "http"}, address.Scheme):
		c.fail(keys, "want an address such as https://example.com/ping/ID")
	case address.User != nil || address.Fragment != "":
		c.fail(keys, "want no user and no fragment in it")
	case address.Scheme == "http" && !reach.IsLoopback(address.Hostname()):
		c.fail(keys, "want https, or http to this machine: anybody on the way could read the address and ping")
	}
	return catalog.NewSecret(text)
}

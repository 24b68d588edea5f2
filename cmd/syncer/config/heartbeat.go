package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"

	"syncer/catalog"
	"syncer/reach"
)

// heartbeatVariable goes before what the file says.
const heartbeatVariable = "SYNCER_HEARTBEAT_URL"

// Heartbeat is an address whose path is a secret: whoever knows it can ping. It
// stands in the configuration, or better in a file of its own.
type Heartbeat struct {
	// Clear is the address that stands in the configuration; exported, because
	// fmt asks no unexported field how it wants to be shown.
	Clear catalog.Secret
	file  string
}

// heartbeat never repeats the text.
func (c *checker) heartbeat(text, file string) Heartbeat {
	if text != "" && file != "" {
		c.fail([]string{"heartbeat_url_file"}, "want heartbeat_url or heartbeat_url_file, not both")
	}
	if err := wantHeartbeat(text); text != "" && err != nil {
		c.fail([]string{"heartbeat_url"}, "%v", err)
	}
	return Heartbeat{catalog.NewSecret(text), c.file(file)}
}

// URL is the address to ask; zero where there is none. No error repeats it.
func (h Heartbeat) URL(lookup Lookup) (catalog.Secret, error) {
	read, err := h.read(lookup)
	if err != nil {
		return catalog.Secret{}, fmt.Errorf("heartbeat_url_file: %w", err)
	}
	if err := wantHeartbeat(read.Reveal()); !read.IsZero() && err != nil {
		return catalog.Secret{}, fmt.Errorf("%s: heartbeat_url: %w", h.From(lookup), err)
	}
	return read, nil
}

func (h Heartbeat) read(lookup Lookup) (catalog.Secret, error) {
	if text, _ := lookup(heartbeatVariable); text != "" {
		return oneLine(text, heartbeatVariable)
	}
	if h.file != "" {
		return readSecret(h.file, lookup)
	}
	return h.Clear, nil
}

// From says where the address comes from; "" where there is none.
func (h Heartbeat) From(lookup Lookup) string {
	text, _ := lookup(heartbeatVariable)
	switch {
	case text != "":
		return heartbeatVariable
	case h.file != "":
		return h.file
	case !h.Clear.IsZero():
		return "heartbeat_url"
	}
	return ""
}

func wantHeartbeat(text string) error {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "" || !slices.Contains([]string{"https", "http"}, address.Scheme):
		return errors.New("want an address such as https://example.com/ping/ID")
	case address.User != nil || address.Fragment != "":
		return errors.New("want no user and no fragment in it")
	case address.Scheme == "http" && !reach.IsLoopback(address.Hostname()):
		return errors.New("want https, or http to this machine: anybody on the way could read the address and ping")
	}
	return nil
}

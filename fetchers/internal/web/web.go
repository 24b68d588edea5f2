// Package web is polite HTTP for every provider: paced, signed afresh for each
// attempt, repeated within bounds, never redirected, never larger than it may
// be, and read to its end before a byte of it is believed. It also reads JSON
// and XML strictly and reports what no decoder knows.
package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"golang.org/x/time/rate"

	"syncer/catalog"
	"syncer/reach"
)

const (
	defaultMaxBody = 64 << 20 // bytes after decompression
	attemptTimeout = 2 * time.Minute
)

// Options configure a client; the program fills them in.
type Options struct {
	// Now is the clock; never nil.
	Now func() time.Time
	// Sleep waits for a pause or the end of the context; nil is a real timer.
	Sleep func(ctx context.Context, d time.Duration) error
	// Logger gets a line for each repeated request; nil is silence.
	Logger *slog.Logger
	// RequestsPerMinute paces the requests of one source; 0 is the provider's
	// own limit.
	RequestsPerMinute int
	// MaxBody bounds an answer in bytes after decompression; 0 is 64 MiB.
	MaxBody int64
	// Transport sends requests; nil is a transport of the client's own, which
	// honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
	Transport http.RoundTripper
	// Observer receives attempts and waits; nil: nobody does.
	Observer Observer
	// UserAgent names this program to the provider; "" is "syncer".
	UserAgent string
	// Once sends every request a single time, whatever comes back: a check of
	// whether a provider can be read reports a refusal rather than repeat it.
	Once bool
	// Answered is called with the status, headers and connection of every
	// answer before its body is read, refusals included; nil: nothing is. The
	// response must not be changed.
	Answered func(*http.Response)
}

// API describes a provider's HTTP interface.
type API struct {
	// RequestsPerMinute is the documented limit; 0 is none.
	RequestsPerMinute int
	// Explain reads an answer that is not 2xx; nil goes by status alone.
	Explain func(status int, body []byte) Fault
	// Redacted are the names of members whose values are emptied, wherever they
	// stand in an answer, before anyone sees it: what is new in each answer
	// (requestId) and what names persons (created_by).
	Redacted []string
	// Attempts is how often a call is made that fails in a way which may pass; zero
	// is five times. LongestWait bounds the waits between them, which double from a
	// second on; zero is half a minute.
	Attempts    int
	LongestWait time.Duration
	// Private is true where the provider is an installation of the customer's
	// own, which may be at a private address.
	Private bool
}

// Client sends requests to one source. All lists of the source share it, so that
// they are paced together.
type Client struct {
	base     *url.URL
	provider string // its name, for the observer
	api      API
	options  Options
	limiter  *rate.Limiter
	secrets  []string
}

// New returns the client of one source.
func New(source catalog.Source, api API, options Options) (*Client, error) {
	if options.Now == nil {
		return nil, fmt.Errorf("source %q: want a clock", source.Name)
	}
	base, err := parseBase(source)
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", source.Name, err)
	}
	reachable, err := newNetwork(base, source, api)
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", source.Name, err)
	}
	client := &Client{base: base, provider: source.Provider, api: api, options: withDefaults(options, source, reachable)}
	client.limiter = newLimiter(options.RequestsPerMinute, api.RequestsPerMinute)
	for _, secret := range source.Credentials {
		client.secrets = append(client.secrets, secret.Reveal())
	}
	return client, nil
}

// BasePath returns the path of the base URL, without a slash at its end.
func (c *Client) BasePath() string { return c.base.EscapedPath() }

// Now returns the time of the clock that was handed in.
func (c *Client) Now() time.Time { return c.options.Now() }

// Logger returns the logger that was handed in, never nil.
func (c *Client) Logger() *slog.Logger { return c.options.Logger }

// parseBase never quotes its text: a base URL may hold a password.
func parseBase(source catalog.Source) (*url.URL, error) {
	base, err := url.Parse(strings.TrimSuffix(source.BaseURL, "/"))
	switch {
	case err != nil, base.Scheme != "http" && base.Scheme != "https", base.Host == "":
		return nil, errors.New("base_url: want http:// or https:// and a host")
	case strings.ContainsFunc(base.Host, func(letter rune) bool { return letter > unicode.MaxASCII }):
		return nil, errors.New("base_url: want the host in ASCII (xn--...)") // what is dialled is compared with it
	case base.User != nil, base.RawQuery != "", base.Fragment != "":
		return nil, errors.New("base_url: want no user, query or fragment in it")
	case base.Scheme == "http" && !source.InsecureHTTP && !reach.IsLoopback(base.Hostname()):
		return nil, fmt.Errorf("plain http to %s would show credentials to the network: want https, or insecure_http: true", base.Host)
	}
	return base, nil
}

// Elsewhere returns the source with another address: that of a second service,
// such as a price list, which takes the same credentials.
func Elsewhere(source catalog.Source, baseURL string) catalog.Source {
	source.BaseURL = strings.TrimRight(baseURL, "/")
	return source
}

func withDefaults(options Options, source catalog.Source, reachable network) Options {
	if options.Sleep == nil {
		options.Sleep = sleep
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.MaxBody <= 0 {
		options.MaxBody = defaultMaxBody
	}
	if options.Transport == nil {
		options.Transport = reachable.transport(source)
	}
	if options.Observer == nil {
		options.Observer = unobserved{}
	}
	if options.UserAgent == "" {
		options.UserAgent = "syncer"
	}
	return options
}

// newLimiter has a burst of one: a provider's minute is not spent in a second.
func newLimiter(configured, documented int) *rate.Limiter {
	perMinute := configured
	if perMinute <= 0 {
		perMinute = documented
	}
	if perMinute <= 0 {
		return rate.NewLimiter(rate.Inf, 1)
	}
	return rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), 1)
}

// tlsConfig has no way around verification; a source may bring the authorities
// that it trusts instead of the system's.
func tlsConfig(roots *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

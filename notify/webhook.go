package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"syncer/catalog"
	"syncer/reach"
)

// Options are what a webhook is made of.
type Options struct {
	Name string
	// URL is a secret: whoever knows it may post there.
	URL catalog.Secret
	Key Key
	// Roots are the authorities to trust instead of the system's; nil for those.
	Roots *x509.CertPool
	// InsecureHTTP allows plain http to other machines than this one, and with it
	// private addresses, which PrivateNetwork allows alone.
	InsecureHTTP, PrivateNetwork bool
}

// Webhook is where messages are sent.
type Webhook struct {
	Name   string
	url    *url.URL
	key    Key
	client *http.Client
	hide   *strings.Replacer
	within time.Duration // of one attempt
}

const (
	// sendWithin bounds one attempt, the answer among it.
	sendWithin = 10 * time.Second
	// mostAnswer bounds what is read of an answer.
	mostAnswer = 64 << 10
	// mostShown bounds what is kept of it for people, in bytes.
	mostShown = 200
)

// New returns a webhook. Errors never hold its address, whose path is often all
// that keeps strangers from posting.
func New(options Options) (*Webhook, error) {
	address, err := url.Parse(options.URL.Reveal())
	switch {
	case err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http":
		return nil, fmt.Errorf("webhook %s: want an address such as https://hooks.example.com/services/ID", options.Name)
	case address.User != nil || address.Fragment != "":
		return nil, fmt.Errorf("webhook %s: want no user and no fragment in its address", options.Name)
	case address.Scheme == "http" && !options.InsecureHTTP && !reach.IsLoopback(address.Hostname()):
		return nil, fmt.Errorf("webhook %s: want https, or http to this machine, or insecure_http: true", options.Name)
	}
	w := &Webhook{Name: options.Name, url: address, key: options.Key, within: sendWithin}
	w.hide = hider(address, options.Key)
	w.client = &http.Client{
		Transport:     transport(address, options),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w, nil
}

// Host is the host of the address, which may be shown.
func (w *Webhook) Host() string { return w.url.Host }

// hidden stands for a secret.
const hidden = "[redacted]"

func hider(address *url.URL, key Key) *strings.Replacer {
	var pairs []string
	for _, secret := range []string{address.String(), address.RequestURI(), address.Path, address.RawQuery, string(key.reveal())} {
		if len(secret) >= 4 { // less would hide half of what is shown
			pairs = append(pairs, secret, hidden)
		}
	}
	return strings.NewReplacer(pairs...)
}

// transport honours the environment's proxies, which may be anywhere but at
// link-local addresses; what they connect to is their own affair.
func transport(address *url.URL, options Options) *http.Transport {
	port := address.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[address.Scheme]
	}
	target := net.JoinHostPort(address.Hostname(), port)
	rules := reach.Rules{Loopback: reach.IsLoopback(address.Hostname()), Private: options.PrivateNetwork || options.InsecureHTTP}
	dial := func(ctx context.Context, kind, to string) (net.Conn, error) {
		allowed := rules
		if to != target {
			allowed = reach.Rules{Loopback: true, Private: true} // the only other address is the proxy's
		}
		dialer := net.Dialer{Timeout: sendWithin, Control: allowed.Control}
		return dialer.DialContext(ctx, kind, to)
	}
	return &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: options.Roots, MinVersion: tls.VersionTLS12}, Proxy: http.ProxyFromEnvironment,
		DialContext: dial, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute, MaxIdleConns: 2, MaxResponseHeaderBytes: mostAnswer,
	}
}

// Answer is what a receiver said.
type Answer struct {
	Status int
	// RetryAfter is how long it wants to be left alone; 0 if it does not say.
	RetryAfter time.Duration
	// Body is the beginning of its answer, in one line, without the webhook's
	// secrets.
	Body string
}

// Send posts a signed message once. at is the moment of sending, which receivers
// compare with their own clock. An answer that is not 2xx is no error.
func (w *Webhook) Send(ctx context.Context, id string, at time.Time, body []byte) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, w.within)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url.String(), bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("webhook %s: its address cannot be used", w.Name)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "syncer", "Webhook-Id": id,
		"Webhook-Timestamp": strconv.FormatInt(at.Unix(), 10), "Webhook-Signature": w.key.sign(id, at, body),
	} {
		request.Header.Set(name, value)
	}
	response, err := w.client.Do(request)
	if err != nil {
		if detailed, ok := errors.AsType[*url.Error](err); ok {
			err = detailed.Err // without the address
		}
		return Answer{}, fmt.Errorf("ask %s: %w", w.url.Host, err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, mostAnswer)) // the status is known; the rest is for people
	return Answer{Status: response.StatusCode, RetryAfter: retryAfter(response.Header.Get("Retry-After"), at), Body: w.shown(text)}, nil
}

// shown is the beginning of an answer, fit for a terminal and a log.
func (w *Webhook) shown(text []byte) string {
	plain := w.hide.Replace(strings.ToValidUTF8(string(text), "?"))
	plain = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, plain)
	plain = strings.Join(strings.Fields(plain), " ")
	if len(plain) > mostShown {
		plain = strings.ToValidUTF8(plain[:mostShown], "") + "..."
	}
	return plain
}

// Arrived says that the receiver has taken the message.
func (a Answer) Arrived() bool { return a.Status/100 == 2 }

// Gone says that the receiver wants nothing any more (410).
func (a Answer) Gone() bool { return a.Status == http.StatusGone }

// String is the answer for people: "503 Service Unavailable: come back later".
func (a Answer) String() string {
	text := strings.TrimSpace(strconv.Itoa(a.Status) + " " + http.StatusText(a.Status))
	if a.Status/100 == 3 {
		text += " (redirects are not followed)"
	}
	if a.Body != "" {
		text += ": " + a.Body
	}
	return text
}

package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"syncer/cmd/syncer/config"
)

// trace follows the requests of one source to its provider: it looks at the
// connections that reading the lists makes, and makes none itself. What it
// finds is reported once.
type trace struct {
	checking *checking
	source   config.Source

	mutex    sync.Mutex
	findings []Finding
	found    map[string]bool
	answers  int
	ahead    []time.Duration // this machine's clock against each answer's Date
}

func (t *trace) add(found Finding) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	key := found.Part + found.About + found.Text
	if t.found == nil {
		t.found = make(map[string]bool)
	}
	if !t.found[key] {
		t.found[key] = true
		t.findings = append(t.findings, found)
	}
}

// flush hands over what was found since it was last called.
func (t *trace) flush() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.checking.findings = append(t.checking.findings, t.findings...)
	t.findings = nil
}

// follow returns a context whose requests are followed. The host is that of the
// newest request: connections are made one after the other.
func (t *trace) follow(ctx context.Context) context.Context {
	var host atomic.Value // a slower address may still be tried while the next request begins
	host.Store("")
	about := func() string { return t.source.Name + " " + host.Load().(string) }
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:          func(address string) { host.Store(address) },
		DNSDone:          func(info httptrace.DNSDoneInfo) { t.resolved(about(), info) },
		ConnectDone:      func(_, address string, err error) { t.connected(about(), address, err) },
		TLSHandshakeDone: func(state tls.ConnectionState, err error) { t.secured(about(), state, err) },
	})
}

func (t *trace) resolved(about string, info httptrace.DNSDoneInfo) {
	if info.Err != nil {
		t.add(Finding{Fail, "network", about, info.Err.Error(), "correct the host of base_url, or this machine's name server (/etc/resolv.conf)"})
		return
	}
	t.add(Finding{OK, "network", about, fmt.Sprintf("its name has %d addresses", len(info.Addrs)), ""})
}

func (t *trace) connected(about, address string, err error) {
	switch {
	case errors.Is(err, context.Canceled): // another address was faster
	case err != nil:
		t.add(Finding{Warn, "network", about, err.Error(), "open the way to " + address + " (firewall, proxy), unless another address of it answers"})
	default:
		t.add(Finding{OK, "network", about, "connected to " + address, ""})
	}
}

// soonEnded is how long before its end a certificate is worth a word.
const soonEnded = 14 * 24 * time.Hour

func (t *trace) secured(about string, state tls.ConnectionState, err error) {
	if err != nil {
		t.add(Finding{Fail, "network", about, "TLS: " + err.Error(), certificateAdvice(err)})
		return
	}
	if len(state.PeerCertificates) == 0 {
		return
	}
	end, left := state.PeerCertificates[0].NotAfter, state.PeerCertificates[0].NotAfter.Sub(t.checking.Now())
	text := fmt.Sprintf("%s, certificate until %s", tls.VersionName(state.Version), end.UTC().Format(time.DateOnly))
	if left < soonEnded {
		t.add(Finding{Warn, "network", about, text, "the provider has to renew it, or who runs this installation"})
		return
	}
	t.add(Finding{OK, "network", about, text, ""})
}

func certificateAdvice(err error) string {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	switch {
	case errors.As(err, &unknown):
		return "name its authority: set ca_file of the source to a PEM file; there is no way to switch verification off"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has ended, or this machine's clock is wrong"
	case errors.As(err, &name):
		return "take a host of base_url for which the certificate is made"
	}
	return "look at the provider's TLS; 1.2 is the least that is taken"
}

// answered is called for every answer.
func (t *trace) answered(response *http.Response) {
	now := t.checking.Now()
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.answers++
	if theirs, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		t.ahead = append(t.ahead, now.Sub(theirs))
	}
}

// clock compares this machine's clock with the Date of the answers; the one
// that agrees best counts, for an answer may have been under way for long.
func (t *trace) clock() {
	t.flush()
	if t.answers == 0 {
		return
	}
	if len(t.ahead) == 0 {
		t.checking.warn("clock", t.source.Name, "", "the provider's answers have no Date")
		return
	}
	best := t.ahead[0]
	for _, ahead := range t.ahead {
		if ahead.Abs() < best.Abs() {
			best = ahead
		}
	}
	if best.Abs() > clockSlack {
		t.checking.fail("clock", t.source.Name, "set this machine's clock (NTP): signatures are good for minutes only",
			fmt.Errorf("the provider's clock is %s", clockText(-best)))
		return
	}
	t.checking.ok("clock", t.source.Name, "agrees with the provider's")
}

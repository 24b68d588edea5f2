package main

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

// way watches how the requests of one source reach its provider: it looks at
// the connections that reading the lists makes, and makes none itself. What it
// sees is told once.
type way struct {
	checking *checking
	source   config.Source

	mutex    sync.Mutex
	findings []finding
	told     map[string]bool
	answers  int
	ahead    []time.Duration // this machine's clock against each answer's Date
}

func (w *way) add(found finding) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	key := found.Part + found.About + found.Text
	if w.told == nil {
		w.told = make(map[string]bool)
	}
	if !w.told[key] {
		w.told[key] = true
		w.findings = append(w.findings, found)
	}
}

// tell hands over what was seen since it was last called.
func (w *way) tell() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.checking.findings = append(w.checking.findings, w.findings...)
	w.findings = nil
}

// traced is a context whose requests are watched. The host is that of the
// newest request: connections are made one after the other.
func (w *way) traced(ctx context.Context) context.Context {
	var host atomic.Value // a slower address may still be tried while the next request begins
	host.Store("")
	about := func() string { return w.source.Name + " " + host.Load().(string) }
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:          func(address string) { host.Store(address) },
		DNSDone:          func(info httptrace.DNSDoneInfo) { w.resolved(about(), info) },
		ConnectDone:      func(_, address string, err error) { w.connected(about(), address, err) },
		TLSHandshakeDone: func(state tls.ConnectionState, err error) { w.secured(about(), state, err) },
	})
}

func (w *way) resolved(about string, info httptrace.DNSDoneInfo) {
	if info.Err != nil {
		w.add(finding{markFail, "network", about, info.Err.Error(), "correct the host of base_url, or this machine's name server (/etc/resolv.conf)"})
		return
	}
	w.add(finding{markOK, "network", about, fmt.Sprintf("its name has %d addresses", len(info.Addrs)), ""})
}

func (w *way) connected(about, address string, err error) {
	switch {
	case errors.Is(err, context.Canceled): // another address was faster
	case err != nil:
		w.add(finding{markWarn, "network", about, err.Error(), "open the way to " + address + " (firewall, proxy), unless another address of it answers"})
	default:
		w.add(finding{markOK, "network", about, "connected to " + address, ""})
	}
}

// soonEnded is how long before its end a certificate is worth a word.
const soonEnded = 14 * 24 * time.Hour

func (w *way) secured(about string, state tls.ConnectionState, err error) {
	if err != nil {
		w.add(finding{markFail, "network", about, "TLS: " + err.Error(), certificateAdvice(err)})
		return
	}
	if len(state.PeerCertificates) == 0 {
		return
	}
	end, left := state.PeerCertificates[0].NotAfter, state.PeerCertificates[0].NotAfter.Sub(w.checking.session.Now())
	text := fmt.Sprintf("%s, certificate until %s", tls.VersionName(state.Version), end.UTC().Format(time.DateOnly))
	if left < soonEnded {
		w.add(finding{markWarn, "network", about, text, "the provider has to renew it, or who runs this installation"})
		return
	}
	w.add(finding{markOK, "network", about, text, ""})
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
func (w *way) answered(response *http.Response) {
	now := w.checking.session.Now()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.answers++
	if theirs, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		w.ahead = append(w.ahead, now.Sub(theirs))
	}
}

// clock compares this machine's clock with the Date of the answers; the one
// that agrees best counts, for an answer may have been under way for long.
func (w *way) clock() {
	w.tell()
	if w.answers == 0 {
		return
	}
	if len(w.ahead) == 0 {
		w.checking.warn("clock", w.source.Name, "", "the provider's answers have no Date")
		return
	}
	best := w.ahead[0]
	for _, ahead := range w.ahead {
		if ahead.Abs() < best.Abs() {
			best = ahead
		}
	}
	if best.Abs() > clockSlack {
		w.checking.fail("clock", w.source.Name, "set this machine's clock (NTP): signatures are good for minutes only",
			fmt.Errorf("the provider's clock is %s", aheadWords(-best)))
		return
	}
	w.checking.ok("clock", w.source.Name, "agrees with the provider's")
}

package web

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"syncer/reach"
)

// Classes of errors, as runs store and operators query them.
const (
	ClassNetwork      = "network"
	ClassTLS          = "tls"
	ClassAddress      = "address"
	ClassCanceled     = "canceled"
	ClassSigning      = "signing"
	ClassRedirect     = "redirect"
	ClassTooLarge     = "too_large"
	ClassHTML         = "html"
	ClassPartial      = "partial" // 206, for which nobody asked
	ClassCached       = "cached"  // a cache between answered, with what is days old
	ClassEncoding     = "encoding"
	ClassUnauthorized = "unauthorized"
	ClassForbidden    = "forbidden"
	ClassNotFound     = "not_found"
	ClassRateLimited  = "rate_limited"
	ClassServer       = "server_error"
	ClassRefused      = "refused"
)

const (
	messageLimit = 300 // bytes of a provider's message in an error
	clockSlack   = time.Minute
	// oldest is how old an answer may be by its Age header: what a cache kept for
	// longer is not what the provider says now.
	oldest = 24 * time.Hour
)

// StatusError is an answer whose status is not 2xx.
type StatusError struct {
	Method, Path string
	Status       int
	// Code and Message are the provider's own, without secrets.
	Code, Message string
	// RetryAfter is what the provider asked for, capped; 0 for nothing.
	RetryAfter time.Duration
	// ClockAhead is how far this machine's clock is ahead of the answer's Date
	// header; 0 within a minute, and unless the credentials were refused.
	ClockAhead time.Duration

	then Verdict
}

// Error reads "GET /v1/flavors: status 401 (CHECK_SIGNATURE): Check request.".
func (e *StatusError) Error() string {
	text := fmt.Sprintf("%s %s: status %d", e.Method, e.Path, e.Status)
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	switch {
	case e.ClockAhead > 0:
		text += fmt.Sprintf("; this machine's clock is %s ahead of the provider's", e.ClockAhead)
	case e.ClockAhead < 0:
		text += fmt.Sprintf("; this machine's clock is %s behind the provider's", -e.ClockAhead)
	}
	return text
}

// ErrorClass returns one of the classes.
func (e *StatusError) ErrorClass() string {
	switch {
	case e.Status == http.StatusUnauthorized || e.then == Renew:
		return ClassUnauthorized
	case e.Status == http.StatusForbidden:
		return ClassForbidden
	case e.Status == http.StatusNotFound:
		return ClassNotFound
	case e.Status == http.StatusTooManyRequests:
		return ClassRateLimited
	case e.Status >= 500:
		return ClassServer
	}
	return ClassRefused
}

// TransferError is a request without a usable answer.
type TransferError struct {
	Method, Path string
	Class        string
	Err          error
}

// Error reads "GET /v1/flavors: read answer: unexpected EOF".
func (e *TransferError) Error() string { return fmt.Sprintf("%s %s: %v", e.Method, e.Path, e.Err) }

// Unwrap returns the cause.
func (e *TransferError) Unwrap() error { return e.Err }

// ErrorClass returns one of the classes.
func (e *TransferError) ErrorClass() string { return e.Class }

func (c *Client) failed(r Request, class string, err error) error {
	return &TransferError{Method: r.Method, Path: c.hide(r, r.Path), Class: class, Err: err}
}

func (c *Client) refused(r Request, response *http.Response, body []byte, hidden []string) error {
	var fault Fault
	if c.api.Explain != nil && !isHTML(response.Header, body) {
		fault = c.api.Explain(response.StatusCode, body)
	}
	if fault.Code == "" && fault.Message == "" {
		fault.Message = http.StatusText(response.StatusCode)
	}
	if fault.Then == ByStatus {
		fault.Then = verdictOf(response.StatusCode)
	}
	return &StatusError{
		Method: r.Method, Path: c.hide(r, r.Path), Status: response.StatusCode,
		Code:       clip(c.hide(r, fault.Code, hidden...), messageLimit),
		Message:    clip(c.hide(r, fault.Message, hidden...), messageLimit),
		RetryAfter: retryAfter(response.Header.Get("Retry-After"), c.options.Now()),
		ClockAhead: c.clockAhead(response), then: fault.Then,
	}
}

// clockAhead matters where a signature or a session was refused: most
// providers accept a few minutes only.
func (c *Client) clockAhead(response *http.Response) time.Duration {
	if response.StatusCode != http.StatusUnauthorized && response.StatusCode != http.StatusForbidden {
		return 0
	}
	theirs, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		return 0
	}
	ahead := c.options.Now().Sub(theirs).Truncate(time.Second)
	if ahead.Abs() <= clockSlack {
		return 0
	}
	return ahead
}

// redirected names where a redirect points, without its query and, before it
// is escaped again, without what hide knows.
func redirected(response *http.Response, hide func(string) string) error {
	target, err := response.Location()
	if err != nil {
		return fmt.Errorf("status %d: redirects are refused; it names no readable target", response.StatusCode)
	}
	shown := url.URL{Scheme: target.Scheme, Host: hide(target.Host), Path: hide(target.Path)}
	return fmt.Errorf("status %d: redirects are refused; it points to %s", response.StatusCode, clip(shown.String(), messageLimit))
}

// age is how long an answer lay in a cache by its Age header; 0 without one that
// can be read.
func age(header http.Header) time.Duration {
	seconds, err := strconv.ParseUint(strings.TrimSpace(header.Get("Age")), 10, 32) // 2^31 where it is older (RFC 9111)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// networkClass separates what may pass by itself from what will not: a
// certificate, a version of TLS, an address.
func networkClass(err error) string {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	switch {
	case errors.Is(err, reach.ErrRefused):
		return ClassAddress
	case certificate, record, alert, isAlert(err):
		return ClassTLS
	}
	return ClassNetwork
}

// isAlert recognizes an alert of the other side, whose type crypto/tls does not
// export.
func isAlert(err error) bool {
	remote, ok := errors.AsType[*net.OpError](err)
	return ok && (remote.Op == "remote error" || remote.Op == "local error")
}

func bodyClass(err error) string {
	switch {
	case errors.Is(err, errTooLarge):
		return ClassTooLarge
	case errors.Is(err, errEncoding):
		return ClassEncoding
	}
	return ClassNetwork
}

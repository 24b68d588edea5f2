package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"

	"syncer/catalog"
)

// Request is one request to a provider.
type Request struct {
	Method string
	// Path follows the base URL and begins with a slash: "/v1/flavors".
	Path string
	// Query goes on the wire as it is encoded here.
	Query url.Values
	// Body is sent as JSON; nil sends none.
	Body []byte
	// Sign adds credentials. It is called afresh for every attempt, after all
	// waits, because signatures are good for minutes only. Nil signs nothing.
	Sign func(*http.Request) error
	// Renew gets new credentials after they were refused, once; nil means that
	// a new signature is all that can be done.
	Renew func(ctx context.Context) error
	// Secrets are texts beside the source's credentials that errors must not
	// show: a session, a hashed password. Called for each attempt; may be nil.
	Secrets func() []catalog.Secret
	// Received is called with the headers of the answer that is returned: some
	// providers hand out a session there. Nil: nothing is.
	Received func(http.Header)
	// Once forbids any repetition.
	Once bool
	// Accept is the media type that is asked for; "" is JSON.
	Accept string
}

// Line returns the request as evidence names it: method, path and query, without
// host and credentials.
func (r Request) Line() string {
	if len(r.Query) == 0 {
		return r.Method + " " + r.Path
	}
	return r.Method + " " + r.Path + "?" + r.Query.Encode()
}

// Page sends the request and returns the answer as the only part of a page.
func (c *Client) Page(ctx context.Context, number int, r Request) (catalog.Page, error) {
	part, err := c.Part(ctx, r)
	if err != nil {
		return catalog.Page{}, err
	}
	return catalog.Page{Number: number, Parts: []catalog.Part{part}}, nil
}

// Part sends the request and returns the answer as evidence keeps it: what the API names as
// redacted is gone from it.
func (c *Client) Part(ctx context.Context, r Request) (catalog.Part, error) {
	body, err := c.Do(ctx, r)
	if err != nil {
		return catalog.Part{}, err
	}
	media := mediaType(body)
	return catalog.Part{Request: r.Line(), MediaType: media, Body: redact(media, body, c.api.Redacted)}, nil
}

// mediaType goes by the answer itself, for what providers declare is not to be
// relied on.
func mediaType(body []byte) string {
	if bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<")) {
		return "xml"
	}
	return "json"
}

// Do sends the request until there is a 2xx answer, which is read whole, or no
// hope of one: after a refusal it renews the credentials once, after what may
// pass it waits and repeats, as often as the API allows a call and as long as the
// walk (Walking) may lose time. What it gives up is a GivenUpError.
func (c *Client) Do(ctx context.Context, r Request) ([]byte, error) {
	renewed, began, patience := false, c.options.Now(), patienceOf(ctx)
	for attempt := 1; ; attempt++ {
		if err := c.pace(ctx); err != nil {
			return nil, c.failed(r, ClassCanceled, err)
		}
		sent := c.options.Now()
		body, err := c.attempt(ctx, r)
		if err == nil {
			patience.earn()
			return body, nil
		}
		if ctx.Err() != nil {
			return nil, c.failed(r, ClassCanceled, context.Cause(ctx))
		}
		switch then := verdict(err); {
		case r.Once, c.options.Once:
			return nil, err
		case then == Renew && !renewed && r.Sign != nil:
			if err := c.renew(ctx, r, err); err != nil {
				return nil, err
			}
			renewed = true
		case then == Retry:
			wait := c.waitAfter(attempt, err)
			if attempt >= c.api.attempts() || !patience.lose(c.options.Now().Sub(sent)+wait) {
				return nil, &GivenUpError{Attempts: attempt, Took: c.options.Now().Sub(began), Err: err}
			}
			if err := c.pause(ctx, r, attempt, wait, err); err != nil {
				return nil, err
			}
		default:
			return nil, err
		}
	}
}

// renew returns both errors when new credentials are refused as well.
func (c *Client) renew(ctx context.Context, r Request, cause error) error {
	c.options.Logger.InfoContext(ctx, "renewing credentials", "method", r.Method, "path", c.hide(r, r.Path), "err", cause)
	if r.Renew == nil {
		return nil
	}
	if err := r.Renew(ctx); err != nil {
		return fmt.Errorf("%w; renewing credentials: %w", cause, err)
	}
	return nil
}

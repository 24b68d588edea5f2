package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"syncer/catalog"
)

// attempt sends the request once. The transport is called directly, because
// http.Client follows redirects and hands signature headers to their target.
func (c *Client) attempt(ctx context.Context, r Request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	request, hidden, err := c.build(ctx, r)
	if err != nil {
		return nil, c.failed(r, ClassSigning, err)
	}
	sent := c.options.Now()
	response, err := c.options.Transport.RoundTrip(request)
	if err != nil {
		c.options.Observer.Answered(c.provider, 0, c.options.Now().Sub(sent))
		return nil, c.failed(r, networkClass(err), err)
	}
	defer response.Body.Close()
	defer func() { c.options.Observer.Answered(c.provider, response.StatusCode, c.options.Now().Sub(sent)) }()
	if c.options.Answered != nil {
		c.options.Answered(response)
	}
	if response.StatusCode/100 == 3 {
		hide := func(text string) string { return c.hide(r, text, hidden...) }
		return nil, c.failed(r, ClassRedirect, redirected(response, hide))
	}
	body, err := readBody(response, c.options.MaxBody)
	if err != nil {
		return nil, c.failed(r, bodyClass(err), err)
	}
	if response.StatusCode/100 != 2 {
		return nil, c.refused(r, response, body, hidden)
	}
	if response.StatusCode == http.StatusPartialContent {
		return nil, c.failed(r, ClassPartial, errors.New("status 206: a part of the answer, where all of it was asked for"))
	}
	if old := age(response.Header); old >= oldest {
		return nil, c.failed(r, ClassCached, fmt.Errorf("the answer is %s old: a cache between answered for the provider", old))
	}
	if isHTML(response.Header, body) {
		return nil, c.failed(r, ClassHTML, fmt.Errorf("the answer is an HTML page with status %d", response.StatusCode))
	}
	if r.Received != nil {
		r.Received(response.Header)
	}
	return body, nil
}

// pace waits for this source's turn.
func (c *Client) pace(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := c.options.Now()
	reservation := c.limiter.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait <= 0 {
		return nil
	}
	c.options.Observer.Paced(c.provider, wait)
	if err := c.options.Sleep(ctx, wait); err != nil {
		reservation.CancelAt(now)
		return err
	}
	return nil
}

// build returns the signed request and every text in it that is to be hidden:
// whatever headers signing added.
func (c *Client) build(ctx context.Context, r Request) (*http.Request, []string, error) {
	target := c.base.String() + r.Path
	if len(r.Query) > 0 {
		target += "?" + r.Query.Encode()
	}
	var body io.Reader // a typed nil would send an empty body
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, target, body)
	if err != nil {
		return nil, nil, fmt.Errorf("build request: %w", err)
	}
	request.Header.Set("User-Agent", c.options.UserAgent)
	request.Header.Set("Accept", cmp.Or(r.Accept, "application/json"))
	// gzip is asked for by name, so that any transport leaves decompression, and
	// with it the size limit, to readBody.
	request.Header.Set("Accept-Encoding", "gzip")
	if r.Body != nil {
		request.Header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	before := request.Header.Clone()
	if r.Sign != nil {
		if err := r.Sign(request); err != nil {
			return nil, nil, fmt.Errorf("sign request: %w", err)
		}
	}
	return request, added(before, request.Header), nil
}

// added are the values of the headers that signing added, whole and in words:
// whoever repeats a signature need not repeat what stood around it.
func added(before, after http.Header) []string {
	var values []string
	for name, value := range after {
		if slices.Equal(before[name], value) {
			continue
		}
		for _, text := range value {
			values = append(append(values, text), longWords(text)...)
		}
	}
	return values
}

// longWords are the words of a header that may be a session or a signature,
// and not those of a date or the name of an algorithm.
func longWords(text string) []string {
	const shortest = 16
	words := strings.FieldsFunc(text, func(letter rune) bool { return strings.ContainsRune(" ,:;=", letter) })
	return slices.DeleteFunc(words, func(word string) bool { return len(word) < shortest })
}

// hide replaces every secret in a text that is about to be seen.
func (c *Client) hide(r Request, text string, more ...string) string {
	secrets := slices.Concat(c.secrets, more)
	if r.Secrets != nil {
		for _, secret := range r.Secrets() {
			secrets = append(secrets, secret.Reveal())
		}
	}
	// Longest first: a secret may be a part of another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	shown := catalog.NewSecret("").String()
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, shown)
		}
	}
	return text
}

package fetchertest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func testSecrets(t *testing.T, c Case) {
	t.Run("in pages and settings", func(t *testing.T) {
		w := newWorld(t, c, times(1, status(http.StatusUnauthorized)))
		pages := w.mustWalk(t)
		if len(w.marks) == 0 {
			t.Error("no request carries credentials")
		}
		w.mustNotShow(t, fmt.Sprintf("%+v", w.fetcher.List()), w.log.String())
		for _, page := range pages {
			for _, part := range page.Parts {
				w.mustNotShow(t, part.Request, string(part.Body))
			}
		}
	})
	for _, code := range []int{400, 401, 403, 404, 429, 500, 503} {
		t.Run(fmt.Sprintf("in a %d that echoes the request", code), func(t *testing.T) {
			testEcho(t, c, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(code)
				w.Write([]byte(echo(r)))
			})
		})
	}
	t.Run("in a redirect that echoes the request", func(t *testing.T) {
		testEcho(t, c, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/"+url.PathEscape(echo(r))+"?"+url.QueryEscape(echo(r)))
			w.WriteHeader(http.StatusFound)
		})
	})
	t.Run("in an answer that cannot be decoded", func(t *testing.T) {
		testEcho(t, c, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(echo(r))) })
	})
	t.Run("in printed fetchers", func(t *testing.T) {
		c.mustNotShow(t, fmt.Sprintf("%+v", c.source("http://localhost")))
	})
}

func testEcho(t *testing.T, c Case, handler http.HandlerFunc) {
	w := newWorld(t, c, times(always, handler))
	err := w.mustFail(t)
	w.mustNotShow(t, err.Error(), fmt.Sprintf("%+v", err), w.log.String())
}

// echo is everything in the request that might be secret.
func echo(r *http.Request) string {
	var text strings.Builder
	for name, values := range r.Header {
		fmt.Fprintf(&text, "%s: %s ", name, strings.Join(values, " "))
	}
	body, _ := io.ReadAll(r.Body) // what cannot be read is not echoed
	return text.String() + string(body)
}

// shortMark is the length from which a word in a header is taken for a session
// or a signature: SHA-1 in Base64 has 28 letters, a date or a media type fewer.
const shortMark = 24

// mark notes what credentials put into the headers of a request. What stands in
// the path or in the options too, such as a project, is no secret.
func (w *world) mark(r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	public := w.Path
	for _, text := range w.Options {
		public += " " + text
	}
	for _, values := range r.Header {
		all := strings.Join(values, " ")
		words := strings.FieldsFunc(all, func(r rune) bool { return strings.ContainsRune(" ,:;=", r) })
		words = slices.DeleteFunc(words, func(word string) bool { return len(word) < shortMark || strings.Contains(public, word) })
		for _, secret := range w.secrets() {
			if strings.Contains(all, secret) {
				words = append(words, secret)
			}
		}
		for _, word := range words {
			if !slices.Contains(w.marks, word) {
				w.marks = append(w.marks, word)
			}
		}
	}
}

// mustNotShow looks for the case's secrets and for all that was sent with them.
func (w *world) mustNotShow(t *testing.T, texts ...string) {
	t.Helper()
	c := w.Case
	w.mu.Lock()
	c.Secrets = append(w.marks[:len(w.marks):len(w.marks)], c.Secrets...)
	w.mu.Unlock()
	c.mustNotShow(t, texts...)
}

// secrets are the texts that must not be seen.
func (c Case) secrets() []string {
	secrets := append([]string(nil), c.Secrets...)
	for _, secret := range c.Credentials {
		secrets = append(secrets, secret)
	}
	return secrets
}

func (c Case) mustNotShow(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range c.secrets() {
			if strings.Contains(text, secret) {
				t.Errorf("the secret %q is seen in %q", secret, text)
			}
		}
	}
}

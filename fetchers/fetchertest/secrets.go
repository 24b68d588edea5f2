package fetchertest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func testSecrets(t *testing.T, c Case) {
	t.Run("in pages and settings", func(t *testing.T) {
		w := newWorld(t, c, times(1, status(http.StatusUnauthorized)))
		pages := w.mustWalk(t)
		c.mustNotShow(t, fmt.Sprintf("%+v", w.fetcher.List()), w.log.String())
		for _, part := range pages[0].Parts {
			c.mustNotShow(t, part.Request, string(part.Body))
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
			w.Header().Set("Location", "/?"+r.Header.Get("Authorization"))
			w.WriteHeader(http.StatusFound)
		})
	})
	t.Run("in printed fetchers", func(t *testing.T) {
		c.mustNotShow(t, fmt.Sprintf("%+v", c.source("http://localhost")))
	})
}

func testEcho(t *testing.T, c Case, handler http.HandlerFunc) {
	w := newWorld(t, c, times(always, handler))
	err := w.mustFail(t)
	c.mustNotShow(t, err.Error(), fmt.Sprintf("%+v", err), w.log.String())
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

func (c Case) mustNotShow(t *testing.T, texts ...string) {
	t.Helper()
	secrets := append([]string(nil), c.Secrets...)
	for _, secret := range c.Credentials {
		secrets = append(secrets, secret)
	}
	for _, text := range texts {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the secret %q is seen in %q", secret, text)
			}
		}
	}
}

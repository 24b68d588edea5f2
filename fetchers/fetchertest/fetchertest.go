// Package fetchertest is the contract of a fetcher as tests. A provider's test
// fills in a Case, in about twenty lines, and calls Run. No rule can be
// skipped.
package fetchertest

import (
	"net/http"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// Case is one list of one provider, and how its API answers.
type Case struct {
	Provider web.Provider
	// List is the name of the list.
	List string
	// BasePath ends the base URL: "" or "/zstack".
	BasePath string
	// Path is the list's path below the base URL.
	Path string
	// Credentials are long random texts: the tests look for them everywhere.
	Credentials map[string]string
	// Options are the source's.
	Options map[string]string
	// Pages are the good answers, in order, with other keys on each: one for
	// a list without pages, else at least two.
	Pages []string
	// PageOf tells which page a request for the list asks for, from 1.
	PageOf func(*http.Request) int
	// Other answers what is not the list, such as login; nil is 404.
	Other http.Handler
	// Secrets are further texts that must not be seen, such as the session
	// that Other hands out.
	Secrets []string
}

// Run runs every rule.
func Run(t *testing.T, c Case) {
	t.Helper()
	if len(c.Pages) == 0 {
		t.Fatal("a case needs pages")
	}
	t.Run("walk", func(t *testing.T) { testWalk(t, c) })
	t.Run("retry", func(t *testing.T) { testRetry(t, c) })
	t.Run("refuse", func(t *testing.T) { testRefuse(t, c) })
	t.Run("bodies", func(t *testing.T) { testBodies(t, c) })
	t.Run("secrets", func(t *testing.T) { testSecrets(t, c) })
	t.Run("decode", func(t *testing.T) { testDecode(t, c) })
}

// start is where the tests' clock begins.
func start() time.Time { return time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC) }

func (c Case) source(baseURL string) catalog.Source {
	source := catalog.Source{
		Name: "src", Provider: c.Provider.Name, BaseURL: baseURL + c.BasePath,
		Credentials: make(map[string]catalog.Secret), Options: c.Options, Location: time.UTC,
	}
	for name, text := range c.Credentials {
		source.Credentials[name] = catalog.NewSecret(text)
	}
	return source
}

func (c Case) fetcher(t *testing.T, source catalog.Source, options web.Options) catalog.Fetcher {
	t.Helper()
	fetchers, err := c.Provider.New(source, options)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	for _, fetcher := range fetchers {
		if fetcher.List().ID.Name == c.List {
			return fetcher
		}
	}
	t.Fatalf("no list %q", c.List)
	return nil
}

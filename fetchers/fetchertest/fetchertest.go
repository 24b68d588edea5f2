// Package fetchertest is the contract of a fetcher as tests. A provider's test
// fills in a Case, in about twenty lines, and calls Run. No rule can be
// skipped.
package fetchertest

import (
	"net/http"
	"strings"
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
	// Credentials are long random texts: the tests search for them everywhere.
	Credentials map[string]string
	// Options are the source's; "{base}" in an option stands for the address of the
	// server, for services beside the one that serves the list.
	Options map[string]string
	// Pages are the good answers, in order, with other keys on each: one where
	// the provider does not cut the list, else at least two.
	Pages []string
	// PageOf returns which page a request for the list asks for, from 1.
	PageOf func(*http.Request) int
	// Part answers the questions after a list answer whose answers belong to
	// the same page, such as the details of its rows, and "" to any other
	// question; nil where a page is one answer. It must answer each question
	// always alike.
	Part func(*http.Request) string
	// Other answers what is neither list nor part, such as login; nil is 404.
	Other http.Handler
	// Samples are answers that the provider's documents print, by file name,
	// and the golden file of each: what Show makes of it. A golden file that is
	// not there fails the test, which then prints what would be in it.
	Samples map[string]string
	// Secrets are further texts that must not be seen, such as the session
	// that Other hands out.
	Secrets []string
}

// Run runs every rule.
func Run(t *testing.T, c Case) {
	t.Helper()
	if len(c.Pages) == 0 {
		t.Fatal("a case needs a page")
	}
	t.Run("walk", func(t *testing.T) { testWalk(t, c) })
	t.Run("retry", func(t *testing.T) { testRetry(t, c) })
	t.Run("refuse", func(t *testing.T) { testRefuse(t, c) })
	t.Run("bodies", func(t *testing.T) { testBodies(t, c) })
	t.Run("secrets", func(t *testing.T) { testSecrets(t, c) })
	if len(c.Pages) > 1 && !isXML(c.Pages[0]) {
		t.Run("moving", func(t *testing.T) { testMoving(t, c) })
	}
	t.Run("samples", func(t *testing.T) { testSamples(t, c) })
	t.Run("decode", func(t *testing.T) { testDecode(t, c) })
	t.Run("set aside", func(t *testing.T) { testSetAside(t, c) })
	if c.Part != nil {
		t.Run("parts", func(t *testing.T) { testParts(t, c) })
	}
}

// start is where the tests' clock begins.
func start() time.Time { return time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC) }

func (c Case) source(baseURL string) catalog.Source {
	source := catalog.Source{
		Name: "src", Provider: c.Provider.Name, BaseURL: baseURL + c.BasePath,
		Credentials: make(map[string]catalog.Secret), Options: make(map[string]string), Location: time.UTC,
	}
	for name, text := range c.Options {
		source.Options[name] = strings.ReplaceAll(text, "{base}", baseURL)
	}
	for name, text := range c.Credentials {
		source.Credentials[name] = catalog.NewSecret(text)
	}
	return source
}

func (c Case) fetcher(t testing.TB, source catalog.Source, options web.Options) catalog.Fetcher {
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

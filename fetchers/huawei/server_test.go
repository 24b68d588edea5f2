package huawei_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
	"syncer/snapshot"
)

// server is IAM, Workspace APP and BSS, and writes down what it was asked.
type server struct {
	mu     sync.Mutex
	now    time.Time
	logins int
	lines  []string
	// expires is what logins say; "" is a day from now.
	expires string
	// products are the rows of the list.
	products string
	// refuse makes the nth request with a token (from 1) a 401.
	refuse map[int]bool
	asked  int
	// rate answers an enquiry; nil prices everything at one yuan.
	rate   func(ids, specs []string) (status int, body string)
	bodies []string
}

func newServer(t *testing.T) (*server, string) {
	s := &server{now: time.Unix(1700000000, 0), products: `{"product_id":"a"}`}
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	return s, listener.URL
}

func (s *server) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.now.UTC().Format(http.TimeFormat))
	body, _ := io.ReadAll(r.Body) // a body cut short fails the comparisons
	if r.URL.Path == "/v3/auth/tokens" {
		s.login(w, r, string(body))
		return
	}
	s.asked++
	s.lines = append(s.lines, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("X-Auth-Token")))
	switch {
	case s.refuse[s.asked]:
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error_code":"APIGW.0307","error_msg":"The token must be updated: %s instead of token1"}`, r.Header.Get("X-Auth-Token"))
	case r.URL.Path == "/v3/projects":
		io.WriteString(w, `{"projects":[{"id":"`+project+`","name":"cn-north-7"}],"links":{}}`)
	case strings.HasSuffix(r.URL.Path, "/product"):
		io.WriteString(w, `{"products":[`+s.products+`]}`)
	case strings.HasSuffix(r.URL.Path, "/availability-zone"):
		io.WriteString(w, `{"availability_zones":[{"availability_zone":"z"}]}`)
	default:
		s.enquiry(w, r, body)
	}
}

func (s *server) login(w http.ResponseWriter, r *http.Request, body string) {
	s.logins++
	s.lines = append(s.lines, "POST "+r.URL.RequestURI()+" "+body)
	expires := s.expires
	if expires == "" {
		expires = s.now.Add(24 * time.Hour).UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	w.Header().Set("X-Subject-Token", fmt.Sprintf("token%d", s.logins))
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"token":{"expires_at":%q,"project":{"id":%q,"name":"cn-north-7"}}}`, expires, project)
}

func (s *server) enquiry(w http.ResponseWriter, r *http.Request, body []byte) {
	s.bodies = append(s.bodies, string(body))
	var asked struct {
		Products []struct {
			ID   string
			Spec string `json:"resource_spec"`
		} `json:"product_infos"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var ids, specs []string
	for _, product := range asked.Products {
		ids, specs = append(ids, product.ID), append(specs, product.Spec)
	}
	status, answer := http.StatusOK, priced(ids)
	if s.rate != nil {
		status, answer = s.rate(ids, specs)
	}
	if status == http.StatusOK && strings.HasSuffix(r.URL.Path, "/subscribe-rate") {
		answer = `{"official_website_rating_result":` + answer + `}`
	}
	w.WriteHeader(status)
	io.WriteString(w, answer)
}

func priced(ids []string) string {
	results := make([]string, len(ids))
	for i, id := range ids {
		results[i] = fmt.Sprintf(`{"id":%q,"official_website_amount":1.%s}`, id, id)
	}
	return `{"product_rating_results":[` + strings.Join(results, ",") + `]}`
}

// fetcher reads a list at the server's address.
func (s *server) fetcher(t *testing.T, list, address string, credentials, options map[string]string) catalog.Fetcher {
	t.Helper()
	source := catalog.Source{Name: "hw", BaseURL: address, Credentials: map[string]catalog.Secret{}, Options: options}
	for name, text := range credentials {
		source.Credentials[name] = catalog.NewSecret(text)
	}
	noWait := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return fetcherOf(t, list, source, web.Options{Now: s.clock, Sleep: noWait})
}

// walk adds a walk's pages to a snapshot.
func walk(ctx context.Context, fetcher catalog.Fetcher) (*snapshot.Snapshot, []catalog.Page, error) {
	snapshot, pages := snapshot.New(fetcher), []catalog.Page(nil)
	for page, err := range fetcher.Pages(ctx) {
		if err != nil {
			return nil, nil, err
		}
		if err := snapshot.Add(page); err != nil {
			return nil, nil, err
		}
		pages = append(pages, page)
	}
	return snapshot, pages, snapshot.Complete()
}

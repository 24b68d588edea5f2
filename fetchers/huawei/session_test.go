package huawei_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/fetchers/huawei"
	"syncer/fetchers/internal/web"
)

const (
	loginLine = `POST /v3/auth/tokens?nocatalog=true {"auth":{"identity":{"methods":["password"],"password":{"user":{"domain":{"name":"acme"},"name":"reader","password":"pw"}}},` +
		`"scope":{"project":{"id":"` + project + `"}}}}`
	productLine = "GET /v1/" + project + "/product "
)

func acme() map[string]string {
	return map[string]string{"domain": "acme", "username": "reader", "password": "pw"}
}

func TestTokens(t *testing.T) {
	for name, c := range map[string]struct {
		refuse  map[int]bool
		expires string
		later   time.Duration
		fails   string
		want    []string
	}{
		"kept between walks": {later: 23*time.Hour + 49*time.Minute, want: []string{loginLine, productLine + "token1", productLine + "token1"}},
		"ends soon":          {later: 23*time.Hour + 50*time.Minute, want: []string{loginLine, productLine + "token1", loginLine, productLine + "token2"}},
		"ends early":         {expires: "2023-11-14T23:13:20.701000Z", later: time.Hour, want: []string{loginLine, productLine + "token1", loginLine, productLine + "token2"}},
		"refused once":       {refuse: map[int]bool{1: true}, want: []string{loginLine, productLine + "token1", loginLine, productLine + "token2", productLine + "token2"}},
		"refused later":      {refuse: map[int]bool{2: true}, want: []string{loginLine, productLine + "token1", productLine + "token1", loginLine, productLine + "token2"}},
		"refused twice": {refuse: map[int]bool{1: true, 2: true}, fails: "status 401 (APIGW.0307): The token must be updated: [redacted] instead of [redacted]",
			want: []string{loginLine, productLine + "token1", loginLine, productLine + "token2"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, address := newServer(t)
			s.refuse, s.expires = c.refuse, c.expires
			fetcher := s.fetcher(t, "products", address, acme(), map[string]string{"project_id": project, "iam_url": address})
			_, _, err := walk(t.Context(), fetcher)
			if c.fails == "" && err == nil {
				s.now = s.now.Add(c.later)
				_, _, err = walk(t.Context(), fetcher)
			}
			if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("got error %v, want %q", err, c.fails)
			}
			if diff := cmp.Diff(c.want, s.lines); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestListsShareATokenAlsoAtOnce(t *testing.T) {
	s, address := newServer(t)
	source := catalog.Source{Name: "hw", BaseURL: address, Options: map[string]string{"project_id": project, "iam_url": address}, Credentials: map[string]catalog.Secret{}}
	for name, text := range acme() {
		source.Credentials[name] = catalog.NewSecret(text)
	}
	fetchers, err := huawei.New(source, web.Options{Now: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	var walks sync.WaitGroup
	for _, fetcher := range append(fetchers, fetchers...) {
		walks.Go(func() {
			if _, _, err := walk(t.Context(), fetcher); err != nil {
				t.Error(err)
			}
		})
	}
	walks.Wait()
	if s.logins != 1 || s.asked != 4 {
		t.Errorf("%d logins for %d requests", s.logins, s.asked)
	}
}

// TestProjectOfTheRegion walks without a project_id.
func TestProjectOfTheRegion(t *testing.T) {
	for name, c := range map[string]struct {
		credentials map[string]string
		want        []string
	}{
		"password": {acme(), []string{strings.Replace(loginLine, `"id":"`+project, `"name":"cn-north-7`, 1), productLine + "token1"}},
		"key":      {map[string]string{"access_key": "ak", "secret_key": "sk"}, []string{"GET /v3/projects?name=cn-north-7", strings.TrimSpace(productLine)}},
	} {
		s, address := newServer(t)
		if _, _, err := walk(t.Context(), s.fetcher(t, "products", address, c.credentials, map[string]string{"region": "cn-north-7", "iam_url": address})); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, s.lines); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLoginRefusals(t *testing.T) {
	for want, answer := range map[string]http.HandlerFunc{
		"hw/products: page 1: fetch: log in: POST /v3/auth/tokens: status 401 (401): The username or password is wrong.": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Unix(1700000000, 0).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusUnauthorized)
			w.Write([]byte(`{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}`))
		},
		"hw/products: page 1: fetch: log in: the login answer has no header X-Subject-Token": func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte(`{"token":{"project":{"id":"p"}}}`))
		},
		"hw/products: page 1: fetch: log in: the login answer is not a token": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Subject-Token", "t")
			w.Write([]byte(`[]`))
		},
		`hw/products: page 1: fetch: log in: the login answer: project id "../x": want letters, digits, dash and underscore`: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Subject-Token", "t")
			w.Write([]byte(`{"token":{"project":{"id":"../x"}}}`))
		},
	} {
		asked := 0
		iam := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked++; answer(w, r) }))
		s, address := newServer(t)
		_, _, err := walk(t.Context(), s.fetcher(t, "products", address, acme(), map[string]string{"project_id": project, "iam_url": iam.URL}))
		iam.Close()
		if err == nil || err.Error() != want || asked != 1 || len(s.lines) != 0 {
			t.Errorf("got %v after %d logins, want %s", err, asked, want)
		}
	}
}

// TestAnEchoedLoginShowsNoPassword echoes it as JSON writes it.
func TestAnEchoedLoginShowsNoPassword(t *testing.T) {
	iam := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		io.Copy(w, r.Body)
	}))
	defer iam.Close()
	credentials := acme()
	credentials["password"] = `top"secret&`
	s, address := newServer(t)
	_, _, err := walk(t.Context(), s.fetcher(t, "products", address, credentials, map[string]string{"project_id": project, "iam_url": iam.URL}))
	if err == nil || !strings.Contains(err.Error(), `"password":"[redacted]"`) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestProjectLookups(t *testing.T) {
	for want, answer := range map[string]string{
		"want one project, got 0; name it with the option project_id": `{"projects":[]}`,
		"want one project, got 2; name it with the option project_id": `{"projects":[{"id":"a"},{"id":"b"}]}`,
		`project id "a/b": want letters, digits, dash and underscore`: `{"projects":[{"id":"a/b"}]}`,
		"the answer is not a list of projects":                        `[]`,
	} {
		iam := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(answer)) }))
		s, address := newServer(t)
		_, _, err := walk(t.Context(), s.fetcher(t, "products", address, map[string]string{"access_key": "ak", "secret_key": "sk"}, map[string]string{"region": "cn-north-7", "iam_url": iam.URL}))
		iam.Close()
		if err == nil || err.Error() != "hw/products: page 1: fetch: look up the project of cn-north-7: "+want || len(s.lines) != 0 {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestNoSecretInPages(t *testing.T) {
	s, address := newServer(t)
	s.products = `{"product_id":"a","charge_mode":"0","resource_type":"r","cloud_service_type":"c"}`
	_, pages, err := walk(t.Context(), s.fetcher(t, "products", address, acme(), map[string]string{"project_id": project, "iam_url": address, "bss_url": address, "region": "cn-north-7"}))
	if err != nil || len(pages) != 1 || len(pages[0].Parts) != 2 {
		t.Fatalf("%v, %v", pages, err)
	}
	for _, part := range pages[0].Parts {
		if text := part.Request + string(part.Body); strings.Contains(text, "token") || strings.Contains(text, "acme") {
			t.Errorf("seen in %s", text)
		}
	}
	if !slices.ContainsFunc(s.lines, func(line string) bool { return strings.HasSuffix(line, `"scope":{"domain":{"name":"acme"}}}}`) }) {
		t.Errorf("no login for the domain in %v", s.lines)
	}
}

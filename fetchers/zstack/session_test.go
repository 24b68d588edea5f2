package zstack_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"syncer/fetchers/internal/web"
)

// server keeps sessions and writes down what it was asked.
type server struct {
	mu     sync.Mutex
	logins int
	lines  []string
	// refuse makes the nth request for the list (from 1) a 503 with a code.
	refuse map[int]string
	lists  int
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Method {
	case http.MethodPut:
		s.logins++
		body, _ := io.ReadAll(r.Body) // a body cut short fails the comparison
		s.lines = append(s.lines, "login "+string(body))
		fmt.Fprintf(w, `{"inventory":{"uuid":"session%d"}}`, s.logins)
	case http.MethodDelete:
		s.lines = append(s.lines, "logout "+strings.TrimPrefix(r.URL.Path, "/zstack/v1/accounts/sessions/"))
	default:
		s.list(w, r)
	}
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	s.lists++
	s.lines = append(s.lines, r.Header.Get("Authorization")+" "+r.URL.RawQuery)
	if code := s.refuse[s.lists]; code != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintf(w, `{"error":{"code":%q,"description":"no","details":"session1"}}`, code)
		return
	}
	if r.URL.Query().Get("start") == "0" {
		io.WriteString(w, `{"inventories":[{"uuid":"a"},{"uuid":"b"}],"total":3}`)
		return
	}
	io.WriteString(w, `{"inventories":[{"uuid":"c"}],"total":3}`)
}

// walk takes at most the given number of pages and cancels its context before
// it breaks off.
func (s *server) walk(t *testing.T, most int) error {
	t.Helper()
	listener := httptest.NewServer(s)
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pages := 0
	noWait := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	for _, err := range fetcher(t, "disk-offerings", listener.URL+"/zstack", web.Options{Sleep: noWait}).Pages(ctx) {
		if err != nil {
			return err
		}
		if pages++; pages == most {
			cancel()
			break
		}
	}
	return nil
}

const (
	loginLine = `login {"logInByAccount":{"accountName":"admin","password":"b109f3bbbc244eb82441917ed06d618b9008dd09b3befd1b5e07394c706a8bb980b1d7785e5976ec049b46df5f1326af5a2ea6d103fd07c95385ffab0cacbc86"}}`
	firstPage = `limit=2&replyWithCount=true&sort=%2Buuid&start=0`
	nextPage  = `limit=2&replyWithCount=true&sort=%2Buuid&start=2`
)

func TestSession(t *testing.T) {
	for name, c := range map[string]struct {
		refuse map[int]string
		most   int
		fails  string
		want   []string
	}{
		"whole walk": {want: []string{
			loginLine, "OAuth session1 " + firstPage, "OAuth session1 " + nextPage, "logout session1"}},
		"break and cancel": {most: 1, want: []string{
			loginLine, "OAuth session1 " + firstPage, "logout session1"}},
		"session expires": {refuse: map[int]string{2: "ID.1001"}, want: []string{
			loginLine, "OAuth session1 " + firstPage, "OAuth session1 " + nextPage,
			loginLine, "OAuth session2 " + nextPage, "logout session2"}},
		"session expires twice": {refuse: map[int]string{1: "ID.1001", 2: "ID.1001"}, fails: "status 503 (ID.1001): no: [redacted]", want: []string{
			loginLine, "OAuth session1 " + firstPage, loginLine, "OAuth session2 " + firstPage, "logout session2"}},
		"authentication": {refuse: map[int]string{1: "ID.1000"}, fails: "status 503 (ID.1000)", want: []string{
			loginLine, "OAuth session1 " + firstPage, "logout session1"}},
		"system error passes": {refuse: map[int]string{1: "SYS.1001"}, want: []string{
			loginLine, "OAuth session1 " + firstPage, "OAuth session1 " + firstPage, "OAuth session1 " + nextPage, "logout session1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{refuse: c.refuse}
			err := s.walk(t, c.most)
			if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("got error %v, want %q", err, c.fails)
			}
			if !slices.Equal(s.lines, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(s.lines, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

func TestReceivedGetsTheReturnedAnswerOnly(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("X-Subject-Token", map[bool]string{true: "refused", false: "token"}[asked == 1])
		w.WriteHeader(map[bool]int{true: http.StatusUnauthorized, false: http.StatusCreated}[asked == 1])
	}))
	defer server.Close()
	client, err := New(catalog.Source{BaseURL: server.URL}, API{}, Options{Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	var received []string
	_, err = client.Do(t.Context(), Request{
		Method: http.MethodPost, Path: "/", Sign: func(*http.Request) error { return nil },
		Received: func(header http.Header) { received = append(received, header.Get("X-Subject-Token")) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"token"}, received); diff != "" {
		t.Error(diff)
	}
}

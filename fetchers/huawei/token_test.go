package huawei

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// TestRefusedTokenIsReplacedOnce for two walks that were refused with it.
func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	logins := 0
	iam := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		logins++
		w.Header().Set("X-Subject-Token", fmt.Sprintf("token%d", logins))
		fmt.Fprint(w, `{"token":{}}`)
	}))
	defer iam.Close()
	source := catalog.Source{BaseURL: iam.URL}
	client, err := web.New(source, web.API{}, web.Options{Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	session := newSession(client, source, domainScope(source))
	first, _, err := session.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := session.replace(t.Context(), first); err != nil || got.Reveal() != "token2" {
			t.Errorf("got %s, %v", got.Reveal(), err)
		}
	}
	if logins != 2 {
		t.Errorf("%d logins", logins)
	}
}

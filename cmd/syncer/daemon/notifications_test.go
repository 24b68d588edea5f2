package daemon

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
)

// message is what a receiver reads of a notification.
type message struct {
	Type string
	Data struct{ List string }
}

// receiver returns the address of a webhook, and what it has received.
func receiver(t *testing.T) (url string, received func() []message) {
	t.Helper()
	var mutex sync.Mutex
	var messages []message
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var got message
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		mutex.Lock()
		defer mutex.Unlock()
		messages = append(messages, got)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []message {
		mutex.Lock()
		defer mutex.Unlock()
		return append([]message{}, messages...)
	}
}

// TestStaleListIsAnnouncedOnce, however often the daemon looks.
func TestStaleListIsAnnouncedOnce(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	url, received := receiver(t)
	later := &atomic.Int64{}
	d := testDaemon(t, database, func() time.Time { return time.Now().Add(time.Duration(later.Load())) }, `    lists: { zones: { schedule: "@hourly", stale_after: 1h }, flavors: { schedule: "@daily" } }
notifications:
  webhooks:
    finops: { url_file: hook_url, secret_file: hook_secret }
  rules:
    moves: { webhook: finops, lists: [iwinv/zones] }
    weekly: { webhook: finops, digest: weekly, lists: [iwinv/zones] }`, file{"hook_url", url}, file{"hook_secret", "whsec_Y2FuYXJ5LTdmM2E5MSBpcyB0aGUga2V5IG9mIHRoZSBob29r"})
	waiting := func() int {
		return scan[int](t, database, "SELECT count(*) FROM notifications WHERE kind = 'stale' AND rule = 'moves'")
	}
	d.announceStale()
	if n := waiting(); n != 0 {
		t.Errorf("%d before anything is stale", n)
	}
	for hours := range 3 {
		later.Store(int64(time.Duration(hours+2) * time.Hour))
		d.announceStale()
	}
	if n := waiting(); n != 1 {
		t.Errorf("%d messages of one list that is stale", n)
	}
	d.pipeline.DeliverOnce(t.Context())
	must(t, database, "UPDATE notifications SET due_at = now() WHERE state = 'collecting'")
	d.pipeline.DeliverOnce(t.Context())
	if got := received(); len(got) != 2 || got[1].Type != "digest" || got[0].Type != "list.stale" || got[0].Data.List != "iwinv/zones" {
		t.Errorf("got %+v", got)
	}
}

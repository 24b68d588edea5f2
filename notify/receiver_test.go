package notify_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/notify"
	"syncer/pgtemp/pgtest"
	"syncer/store/outbox"
)

// secret is a key of a receiver.
const secret = "whsec_dGhpcyBpcyBhIGtleSBvZiB0aGlydHktdHdvIGJ5dGVz"

// receiver is a webhook as somebody else wrote it: it verifies signatures by
// itself and keeps what it was sent.
type receiver struct {
	t      *testing.T
	server *httptest.Server

	mutex    sync.Mutex
	ids      []string
	messages []message
	// answer is what it says; nil says 204.
	answer func(w http.ResponseWriter, r *http.Request)
}

// message is what a receiver knows of the JSON.
type message struct {
	Type      string
	Timestamp time.Time
	Text      string
	Data      map[string]any
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{t: t}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

// ServeHTTP takes what is signed rightly and lately.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	id, at := request.Header.Get("webhook-id"), request.Header.Get("webhook-timestamp")
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		r.t.Error(err)
	}
	mac := hmac.New(sha256.New, key)
	io.WriteString(mac, id+"."+at+"."+string(body))
	given, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(request.Header.Get("webhook-signature"), "v1,"))
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) || request.Header.Get("Content-Type") != "application/json" || request.Method != http.MethodPost {
		r.t.Errorf("%s with %v: not signed as it should be", request.Method, request.Header)
	}
	var got message
	if err := json.Unmarshal(body, &got); err != nil {
		r.t.Errorf("%v in %s", err, body)
	}
	r.mutex.Lock()
	r.ids, r.messages = append(r.ids, id), append(r.messages, got)
	answer := r.answer
	r.mutex.Unlock()
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(w, request)
}

func (r *receiver) says(answer func(w http.ResponseWriter, r *http.Request)) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.answer = answer
}

// status answers with a status, and headers as pairs.
func status(code int, headers ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		io.WriteString(w, "said the receiver")
	}
}

func (r *receiver) got() (ids []string, messages []message) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return append([]string{}, r.ids...), append([]message{}, r.messages...)
}

// must wants so many messages in all.
func (r *receiver) must(n int, why string) (ids []string, messages []message) {
	r.t.Helper()
	ids, messages = r.got()
	if len(ids) != n {
		r.t.Fatalf("%s: %d messages arrived, want %d: %v", why, len(ids), n, messages)
	}
	return ids, messages
}

// post is an outbox, a receiver and a deliverer between them.
type post struct {
	*receiver
	pool      *pgxpool.Pool
	outbox    *outbox.Outbox
	deliverer *notify.Deliverer
	log       bytes.Buffer
	outcomes  []string
	said      int // stale lists so far
}

func newPost(t *testing.T) *post {
	t.Helper()
	pool := pgtest.New(t)
	p := &post{receiver: newReceiver(t), pool: pool, outbox: outbox.New(pool)}
	p.deliverer = p.another()
	return p
}

// another deliverer on the same outbox.
func (p *post) another() *notify.Deliverer {
	p.t.Helper()
	return &notify.Deliverer{
		Outbox: p.outbox, Webhooks: []*notify.Webhook{webhook(p.t, "hook", p.server.URL+"/services/canary-path")}, PageURL: "https://syncer.example.com/",
		Log: slog.New(slog.NewTextHandler(&p.log, nil)), Trouble: func(err error) { p.t.Error(err) },
		Notified: func(webhook, outcome string) {
			p.mutex.Lock()
			defer p.mutex.Unlock()
			p.outcomes = append(p.outcomes, webhook+" "+outcome)
		},
	}
}

func key(t *testing.T) notify.Key {
	t.Helper()
	parsed, err := notify.ParseKey(catalog.NewSecret(secret))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func webhook(t *testing.T, name, address string) *notify.Webhook {
	t.Helper()
	w, err := notify.New(notify.Options{Name: name, URL: catalog.NewSecret(address), Key: key(t)})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// put announces lists that became stale, a message each.
func (p *post) put(n int, digest func(time.Time) time.Time) {
	p.t.Helper()
	rule := notify.Rule{Name: "r", Webhook: "hook", Stale: true, Digest: digest}.Subscription()
	for range n {
		p.said++
		list := outbox.StaleList{List: catalog.ListID{Source: "test", Name: "things"}, Provider: "test", LastSnapshot: time.Unix(int64(p.said)*60, 0)}
		if err := p.outbox.AnnounceStale(p.t.Context(), []outbox.Subscription{rule}, []outbox.StaleList{list}); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *post) exec(sql string) {
	p.t.Helper()
	if _, err := p.pool.Exec(p.t.Context(), sql); err != nil {
		p.t.Fatal(err)
	}
}

// rows are the rows of the outbox, the oldest first.
func (p *post) rows() []outbox.Row {
	p.t.Helper()
	rows, err := p.outbox.Rows(p.t.Context(), 1000)
	if err != nil {
		p.t.Fatal(err)
	}
	return rows
}

// row is the only one.
func (p *post) row() outbox.Row {
	p.t.Helper()
	rows := p.rows()
	if len(rows) != 1 {
		p.t.Fatalf("%d rows, want 1", len(rows))
	}
	return rows[0]
}

// wait is how long the only message waits for its next attempt.
func (p *post) wait() time.Duration {
	p.t.Helper()
	rows, _ := p.pool.Query(p.t.Context(), "SELECT due_at - clock_timestamp() FROM notifications")
	wait, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[time.Duration])
	if err != nil {
		p.t.Fatal(err)
	}
	return wait
}

package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hookSecret signs messages; hookPath is all that keeps strangers from posting.
const (
	hookSecret = "whsec_Y2FuYXJ5LTdmM2E5MSBpcyB0aGUga2V5IG9mIHRoZSBob29r"
	hookPath   = "/services/canary-7f3a91"
)

// hook is a receiver that verifies what it gets by its own code.
type hook struct {
	server *httptest.Server
	status atomic.Int32 // what it answers; 0 is 200

	mutex    sync.Mutex
	messages []hookMessage
	// before is called for each message before it is answered; may be nil.
	before func()
}

type hookMessage struct {
	ID   string `json:"-"`
	Type string
	Text string
	Data struct {
		List, Rule, Link string
		HeldFor          string    `json:"held_for"`
		TakenAt          time.Time `json:"taken_at"`
		Decide           []string
		Prices           struct {
			Total, Up, Down int
			Top             []map[string]string
		} `json:"price_changes"`
	}
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{}
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(hookSecret, "whsec_"))
		if err != nil {
			t.Error(err)
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp"), body)
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.Header.Get("webhook-signature") != want || r.URL.Path != hookPath {
			t.Errorf("%s: signed %q, want %q", r.URL.Path, r.Header.Get("webhook-signature"), want)
		}
		got := hookMessage{ID: r.Header.Get("webhook-id")}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Errorf("%v in %s", err, body)
		}
		h.mutex.Lock()
		h.messages = append(h.messages, got)
		before := h.before
		h.mutex.Unlock()
		if before != nil {
			before()
		}
		if status := int(h.status.Load()); status != 0 {
			w.WriteHeader(status)
		}
		fmt.Fprintf(w, "thank you for %s", r.URL.Path)
	}))
	t.Cleanup(h.server.Close)
	return h
}

func (h *hook) got() []hookMessage {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return append([]hookMessage{}, h.messages...)
}

// notifying adds the hook to a configuration.
func (h *hook) notifying(t *testing.T, path, rule string) {
	t.Helper()
	dir := filepath.Dir(path)
	for name, text := range map[string]string{"hook_url": h.server.URL + hookPath, "hook_secret": hookSecret} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	addTo(t, path, "notifications:\n  page_url: https://syncer.example.com/\n  webhooks:\n    finops: { url_file: hook_url, secret_file: hook_secret }\n  rules:\n"+
		"    moves: { webhook: finops"+rule+" }\n    weekly: { webhook: finops, digest: weekly"+rule+" }\n")
}

// unguarded lets every change pass.
const unguarded = "guard: { enabled: false }\n"

func addTo(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

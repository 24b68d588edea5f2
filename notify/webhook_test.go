package notify_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/notify"
	"syncer/reach"

	"errors"
)

// TestSignatureIsThatOfStandardWebhooks by the example that its libraries test
// themselves with.
func TestSignatureIsThatOfStandardWebhooks(t *testing.T) {
	for _, text := range []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} {
		key, err := notify.ParseKey(catalog.NewSecret(text))
		if err != nil {
			t.Fatal(err)
		}
		got := key.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
		if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
			t.Errorf("got %s", got)
		}
		webhook, err := notify.New(notify.Options{Name: "hook", URL: catalog.NewSecret("https://example.com/canary"), Key: key})
		if err != nil {
			t.Fatal(err)
		}
		shown := fmt.Sprintf("%v %+v %#v %v %+v %#v", key, key, key, webhook, *webhook, webhook)
		for _, form := range []string{"MfKQ", "31 f2 90", "49 242 144", "0x31, 0xf2", "1\xf2\x90", "1\xf2\x90", "canary"} {
			if strings.Contains(shown, form) {
				t.Errorf("secrets show themselves as %q: %s", form, shown)
			}
		}
	}
	for _, text := range []string{"", "whsec_", "whsec_canary", "canary canary", "whsec_" + strings.Repeat("YWJj", 7), "whsec_" + strings.Repeat("YWJj", 22)} {
		if _, err := notify.ParseKey(catalog.NewSecret(text)); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// TestAddressesOfWebhooks are checked before anything is sent, and never shown.
func TestAddressesOfWebhooks(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.com/canary": "", "http://127.0.0.1:1/canary": "", "http://localhost/canary": "",
		"http://example.com/canary": "want https", "ftp://example.com/canary": "want an address", "canary": "want an address",
		"https://canary:x@example.com/": "want no user", "https://example.com/#canary": "want no user and no fragment", "https://exa mple/canary": "want an address",
	} {
		_, err := notify.New(notify.Options{Name: "hook", URL: catalog.NewSecret(address), Key: key(t)})
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%s: got %v, want %q", address, err, want)
		}
	}
	if _, err := notify.New(notify.Options{Name: "hook", URL: catalog.NewSecret("http://example.com/"), Key: key(t), InsecureHTTP: true}); err != nil {
		t.Errorf("insecure_http: got %v", err)
	}
}

// TestWhereWebhooksMayBe wants addresses refused that belong to others.
func TestWhereWebhooksMayBe(t *testing.T) {
	for _, address := range []string{"http://169.254.169.254/canary", "https://[fd00:ec2::254]/canary", "http://0.0.0.0:1/canary"} {
		w, err := notify.New(notify.Options{Name: "hook", URL: catalog.NewSecret(address), Key: key(t), InsecureHTTP: true, PrivateNetwork: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Send(t.Context(), "id", time.Now(), nil); !errors.Is(err, reach.ErrRefused) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", address, err)
		}
	}
	w, err := notify.New(notify.Options{Name: "hook", URL: catalog.NewSecret("https://10.1.2.3/canary"), Key: key(t)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Send(t.Context(), "id", time.Now(), nil); !errors.Is(err, reach.ErrRefused) || !strings.Contains(err.Error(), "private_network") {
		t.Errorf("a private address: got %v", err)
	}
}

// TestNoRedirectIsFollowed, of any kind.
func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	heard := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard++ }))
	defer other.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		p := newPost(t)
		p.put(1, nil)
		p.says(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, code) })
		p.deliverer.Once(t.Context())
		if row := p.row(); heard != 0 || row.State != "pending" || !strings.Contains(row.LastError, "redirects are not followed") {
			t.Errorf("%d: heard %d, got %+v", code, heard, row)
		}
	}
}

// TestAnswersAreBoundedAndHideSecrets: a receiver that says back what it was
// sent, for ever, with what terminals obey.
func TestAnswersAreBoundedAndHideSecrets(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.put(1, nil)
	p.says(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "\x1b[31mno\r\n  such %s\xff ", r.URL.Path)
		for range 1 << 12 {
			if _, err := w.Write(make([]byte, 1<<12)); err != nil {
				return
			}
		}
	})
	p.deliverer.Once(t.Context())
	row := p.row()
	if !strings.HasSuffix(row.LastError, "500 Internal Server Error: [31mno such [redacted]?") || strings.Contains(row.LastError+p.log.String(), "canary") {
		t.Errorf("got %q\n%s", row.LastError, &p.log)
	}
	p.says(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, strings.Repeat("가", 1000))
	})
	p.exec("UPDATE notifications SET due_at = clock_timestamp()")
	p.deliverer.Once(t.Context())
	if row := p.row(); len(row.LastError) > 400 || !strings.HasSuffix(row.LastError, "가...") {
		t.Errorf("%d bytes: %q", len(row.LastError), row.LastError)
	}
	p.server.Close()
	for range 3 { // a connection that was kept is found closed once: EOF
		p.exec("UPDATE notifications SET due_at = clock_timestamp()")
		p.deliverer.Once(t.Context())
		if strings.Contains(p.row().LastError, "connection refused") {
			break
		}
	}
	if row := p.row(); !strings.Contains(row.LastError, "connection refused") || strings.Contains(row.LastError+p.log.String(), "canary") {
		t.Errorf("got %q\n%s", row.LastError, &p.log)
	}
}

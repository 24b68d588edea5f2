package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/catalog"
)

const notifying = `
sources:
  iwinv: { lists: { flavors: , zones: } }
report_timezone: Asia/Seoul
notifications:
  page_url: https://syncer.example.com/
  webhooks:
    finops: { url_file: hook, secret_file: /etc/key, ca_file: ca.pem }
    local: { url: http://127.0.0.1:9/canary, secret_file: $CREDENTIALS_DIRECTORY/key, insecure_http: true, private_network: true }
  rules:
    all: { webhook: finops }
    moves:
      webhook: local
      lists: [iwinv/fl*, iwinv]
      events: [price_change, stale]
      threshold_percent: 2.5
      direction: down
      price_kinds: [contract]
      digest: weekly
      at: "08:30"
      weekday: Friday
      timezone: Europe/Berlin
    daily: { webhook: finops, digest: daily, threshold_percent: "7" }
`

func TestNotifications(t *testing.T) {
	c, err := Parse("/etc/syncer/s.yaml", []byte(notifying), providers(), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	n := c.Notifications
	if len(n.Webhooks) != 2 || n.Webhooks[0].urlFile != "/etc/syncer/hook" || n.Webhooks[0].keyFile != "/etc/key" || n.Webhooks[0].authority != "/etc/syncer/ca.pem" ||
		n.Webhooks[1].Given.Reveal() != "http://127.0.0.1:9/canary" || !n.Webhooks[1].InsecureHTTP || !n.Webhooks[1].PrivateNetwork {
		t.Errorf("webhooks: %+v", n.Webhooks)
	}
	if strings.Contains(fmt.Sprintf("%+v", c), "canary") {
		t.Error("the webhook's address is shown with the configuration")
	}
	both := []catalog.PriceKind{catalog.PriceList, catalog.PriceContract}
	want := []NotifyRule{
		{Name: "all", Webhook: "finops", Events: NotifyEvents(), Up: true, Down: true, Kinds: both},
		{Name: "daily", Webhook: "finops", Events: NotifyEvents(), Up: true, Down: true, Kinds: both, Threshold: decimal.New(7, 0), Digest: times(t, "0 9 * * *", zone(t, "Asia/Seoul"))},
		{
			Name: "moves", Webhook: "local", Lists: []string{"iwinv/fl*", "iwinv"}, Events: []string{OnPriceChange, OnStale}, Down: true,
			Kinds: []catalog.PriceKind{catalog.PriceContract}, Threshold: decimal.New(25, -1), Digest: times(t, "30 8 * * 5", zone(t, "Europe/Berlin")),
		},
	}
	if diff := cmp.Diff(want, n.Rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if due := n.Rules[2].Digest.Next(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)); !due.Equal(time.Date(2026, 11, 27, 7, 30, 0, 0, time.UTC)) {
		t.Errorf("due %s", due)
	}
}

func TestMistakesInNotificationsAreNamedWithTheirPlace(t *testing.T) {
	rule := func(lines string) string {
		return "sources:\n  iwinv: { lists: { flavors: } }\nnotifications:\n  webhooks:\n    a: { url_file: u, secret_file: s }\n  rules:\n    r:\n      webhook: a\n" + lines
	}
	hook := func(lines string) string {
		return "notifications:\n  webhooks:\n    a: " + lines + "\n  rules:\n    r: { webhook: a }\n"
	}
	for name, test := range map[string]struct{ text, want string }{
		"unknown field":     {rule("      threshold: 5\n"), `s.yaml:9:7: unknown field "threshold"`},
		"unknown webhook":   {"notifications:\n  webhooks:\n    a: { url_file: u, secret_file: s }\n  rules:\n    r: { webhook: b }\n", `rules.r.webhook: unknown webhook "b"`},
		"no rule":           {"notifications:\n  webhooks:\n    a: { url_file: u, secret_file: s }\n", "s.yaml:3:5: notifications.webhooks.a: no rule names this webhook"},
		"empty rule":        {"notifications:\n  webhooks:\n    a: { url_file: u, secret_file: s }\n  rules:\n    r:\n", "rules.r: is empty"},
		"empty webhook":     {hook(""), "webhooks.a: is empty"},
		"name":              {"notifications:\n  webhooks:\n    Ä: { url_file: u, secret_file: s }\n", "want a name of lower case letters"},
		"no address":        {hook("{ secret_file: s }"), "webhooks.a: has no address: want url_file, or url where the address is no secret, or set SYNCER_WEBHOOK_A_URL"},
		"no secret":         {hook("{ url_file: u }"), "webhooks.a: has no secret to sign with: want secret_file, or set SYNCER_WEBHOOK_A_SECRET"},
		"two addresses":     {hook("{ url: https://canary, url_file: u, secret_file: s }"), "webhooks.a.url: want one of url and url_file"},
		"plain http":        {hook("{ url: http://canary.example.com/canary, secret_file: s }"), "webhooks.a.url: want https"},
		"no URL":            {hook("{ url: canary, secret_file: s }"), "webhooks.a.url: want an address"},
		"user":              {hook("{ url: https://me:canary@example.com/canary, secret_file: s }"), "webhooks.a.url: want no user"},
		"secret in clear":   {hook("{ url_file: u, secret: canary }"), `unknown field "secret"`},
		"page":              {"notifications: { page_url: syncer }\n", "page_url: want an address"},
		"unknown event":     {rule("      events: [price_changes]\n"), `events: unknown event "price_changes"; did you mean "price_change"?`},
		"list":              {rule("      lists: [iwinv/flavours]\n"), `rules.r.lists: "iwinv/flavours" names no configured list`},
		"pattern":           {rule("      lists: [\"iwinv/[\"]\n"), `rules.r.lists: want SOURCE/LIST, SOURCE or a pattern`},
		"threshold":         {rule("      threshold_percent: -1\n"), `s.yaml:9:7: notifications.rules.r.threshold_percent: want a percentage of at least 0 such as 5 or 2.5, got "-1"`},
		"threshold as text": {rule("      threshold_percent: 5%\n"), `want a percentage`},
		"direction":         {rule("      direction: sideways\n"), `direction: want up, down or both, got "sideways"`},
		"fee":               {rule("      price_kinds: [fee]\n"), `price_kinds: want list, contract or both, got "fee"`},
		"no kind":           {rule("      price_kinds: []\n"), `price_kinds: names no kind`},
		"not about prices":  {rule("      events: [hold]\n      threshold_percent: 5\n"), "rules.r: threshold_percent, direction and price_kinds are about the event price_change"},
		"digest":            {rule("      digest: hourly\n"), `digest: want daily or weekly, got "hourly"`},
		"no digest":         {rule("      at: \"09:00\"\n"), "rules.r: at, weekday and timezone are about a digest"},
		"at":                {rule("      digest: daily\n      at: 9 o'clock\n"), `at: want a time of day such as "09:00"`},
		"weekday of a day":  {rule("      digest: daily\n      weekday: monday\n"), "weekday: is about digest: weekly"},
		"weekday":           {rule("      digest: weekly\n      weekday: someday\n"), `weekday: want a day such as monday, got "someday"`},
		"zone":              {rule("      digest: weekly\n      timezone: Moon\n"), `timezone: want a time zone`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("s.yaml", []byte(test.text), providers(), environment(nil))
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestSecretsOfWebhooks come from files and the environment, which goes first.
func TestSecretsOfWebhooks(t *testing.T) {
	url, key := secretFile(t, "https://example.com/canary\n", 0o600), secretFile(t, "whsec_canary", 0o600)
	text := "notifications:\n  webhooks:\n    a-b: { url_file: " + url + ", secret_file: " + key + " }\n    c: { }\n  rules:\n    r: { webhook: a-b }\n    s: { webhook: c }\n"
	set := environment(map[string]string{"SYNCER_WEBHOOK_C_URL": "https://c", "SYNCER_WEBHOOK_C_SECRET": "of c", "SYNCER_WEBHOOK_A_B_SECRET": "of a-b"})
	loaded, err := Parse("s.yaml", []byte(text), providers(), set)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, webhook := range loaded.Notifications.Webhooks {
		opened, err := webhook.Open(set)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, opened.URL.Reveal(), opened.Key.Reveal())
		if shown := fmt.Sprintf("%+v %#v", opened, opened); strings.Contains(shown, "canary") || strings.Contains(shown, "of c") {
			t.Errorf("shown: %s", shown)
		}
	}
	if diff := cmp.Diff([]string{"https://example.com/canary", "of a-b", "https://c", "of c"}, got); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	if err := os.Chmod(url, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = loaded.Notifications.Webhooks[0].Open(set)
	if err == nil || !strings.Contains(err.Error(), "webhook a-b: url: ") || !strings.Contains(err.Error(), "others can read it") {
		t.Errorf("got %v", err)
	}
	if held := loaded.Notifications.Webhooks[0].Secrets(set); len(held) != 2 || held[0].Err == nil || held[1].From != "SYNCER_WEBHOOK_A_B_SECRET" || held[1].Err != nil {
		t.Errorf("got %+v", held)
	}
}

// TestRedactedShowsNoWebhook but what kind of rules there are.
func TestRedactedShowsNoWebhook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.yaml")
	text := strings.Replace(notifying, "127.0.0.1:9/canary", "me:canary@127.0.0.1:9/canary?canary", 1) + "heartbeat_url: https://hc.example.com/ping/canary\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	shown, err := Redacted(path)
	if err != nil || strings.Contains(shown, "canary") {
		t.Fatalf("%v\n%s", err, shown)
	}
	for _, word := range []string{"finops:", "moves:", "threshold_percent: 2.5", "secret_file: /etc/key", "digest: weekly"} {
		if !strings.Contains(shown, word) {
			t.Errorf("want %s in\n%s", word, shown)
		}
	}
}

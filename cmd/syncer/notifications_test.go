package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// living is the simulated iwinv whose catalogs move when the test says so.
func living(t *testing.T) (simulate.Endpoint, *atomic.Int64) {
	t.Helper()
	weeks := &atomic.Int64{}
	simulation, err := simulate.New(simulate.Options{Now: time.Now, At: func() time.Time { return simulate.WorldStart().AddDate(0, 0, 7*int(weeks.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { simulation.Close() })
	return simulation.Endpoints()[0], weeks
}

// TestSyncNotifiesOfWhatMoved from the provider to the receiver: one message a run
// that changed something, with what the views say changed.
func TestSyncNotifiesOfWhatMoved(t *testing.T) {
	t.Parallel()
	database, h := pgtest.URL(t), newHook(t)
	endpoint, weeks := living(t)
	path := configured(t, endpoint, endpoint.BaseURL)
	h.notifying(t, path, ", lists: [iwinv/flavors], events: [price_change]")
	addTo(t, path, unguarded)
	read := func(args ...string) {
		t.Helper()
		code, stdout, stderr := command(t, database, append([]string{"sync", "-c", path}, args...)...)
		if code != exitOK || stderr != "" {
			t.Fatalf("sync: %d\n%s%s", code, stdout, stderr)
		}
	}
	read()
	read()
	weeks.Store(8)
	read("--dry-run")
	if got := h.got(); len(got) != 0 {
		t.Fatalf("before anything moved: %+v", got)
	}
	read()
	read()
	got := h.got()
	if len(got) != 1 || got[0].Type != "list.changed" || got[0].Data.List != "iwinv/flavors" || got[0].Data.Link != "https://syncer.example.com/" {
		t.Fatalf("got %+v", got)
	}
	moved := countOf(t, database, "SELECT count(*) FROM bi.price_changes WHERE list = 'flavors' AND change_kind IN ('raised', 'lowered')")
	prices := got[0].Data.Prices
	if moved == 0 || prices.Total != moved || prices.Up+prices.Down != moved || len(prices.Top) != min(moved, 10) {
		t.Errorf("%d prices moved; the message says %+v", moved, prices)
	}
	t.Log(got[0].Text)
	if first := prices.Top[0]; first["from"] == "" || first["ratio"] == "" || first["pricing_currency"] != "KRW" || !strings.Contains(got[0].Text, first["to"]) {
		t.Errorf("the first is %v in %s", first, got[0].Text)
	}
}

// TestHoldIsSentWithTheCommandThatDecidesIt, and the command decides it.
func TestHoldIsSentWithTheCommandThatDecidesIt(t *testing.T) {
	t.Parallel()
	database, h, good, lost := pgtest.URL(t), newHook(t), simulated(t), shrinking(t)
	path := configured(t, good, good.BaseURL)
	if code, _, stderr := command(t, database, "sync", "-c", path, "iwinv/flavors"); code != exitOK {
		t.Fatalf("sync: %d %s", code, stderr)
	}
	path = configured(t, lost, lost.BaseURL)
	h.notifying(t, path, "")
	if code, stdout, stderr := command(t, database, "sync", "-c", path, "iwinv/flavors"); code != exitHeld {
		t.Fatalf("sync: %d\n%s%s", code, stdout, stderr)
	}
	got := h.got()
	if len(got) != 1 || got[0].Type != "list.held" || !strings.Contains(got[0].Data.HeldFor, "would be removed") || len(got[0].Data.Decide) != 2 || got[0].Data.Prices.Total != 0 {
		t.Fatalf("got %+v", got)
	}
	decide := strings.Fields(strings.TrimSuffix(got[0].Data.Decide[1], ` --reason "..."`))
	if code, stdout, stderr := command(t, database, append(decide[1:], "--reason", "an outage", "-c", path)...); code != exitOK {
		t.Errorf("%v: %d\n%s%s", decide, code, stdout, stderr)
	}
}

// TestNotifyCommands look at a receiver that is well, one that refuses, and the
// outbox between.
func TestNotifyCommands(t *testing.T) {
	t.Parallel()
	database, h := pgtest.URL(t), newHook(t)
	endpoint, weeks := living(t)
	path := configured(t, endpoint, endpoint.BaseURL)
	if code, _, stderr := command(t, database, "notify", "test", "-c", path); code != exitFailed || !strings.Contains(stderr, "no webhook is configured") {
		t.Errorf("without webhooks: %d %s", code, stderr)
	}
	h.notifying(t, path, "")
	addTo(t, path, unguarded)
	var all strings.Builder
	try := func(want int, word string, args ...string) string {
		t.Helper()
		code, stdout, stderr := command(t, database, append(args, "-c", path)...)
		all.WriteString(stdout + stderr)
		if code != want || !strings.Contains(stdout+stderr, word) {
			t.Errorf("%v: %d, want %d and %q\n%s%s", args, code, want, word, stdout, stderr)
		}
		return stdout
	}
	t.Log("\n" + try(exitOK, "arrived", "notify", "test"))
	try(exitOK, `"arrived": true`, "notify", "test", "finops", "--json")
	try(exitUsage, "webhook hr is not configured", "notify", "test", "hr")
	try(exitOK, "Nothing waits", "notify", "list")
	if got := h.got(); len(got) != 2 || got[0].Type != "test" || !strings.HasPrefix(got[0].ID, "msg_test_") {
		t.Errorf("got %+v", got)
	}
	h.status.Store(http.StatusGone)
	t.Log("\n" + try(exitFailed, "thank you for [redacted]", "notify", "test"))
	try(exitOK, "changed", "sync", "iwinv/flavors")
	weeks.Store(8)
	try(exitOK, "changed", "sync", "iwinv/flavors") // what cannot be sent fails no run
	t.Log("\n" + try(exitOK, "parked", "notify", "list"))
	t.Log("\n" + try(exitOK, "notifications for finops: 1 given up (syncer notify retry finops)", "status"))
	h.status.Store(0)
	try(exitUsage, "webhook hr is not configured", "notify", "retry", "hr")
	try(exitOK, "1 parked", "notify", "retry", "finops")
	try(exitOK, "1 wait to be sent", "status")
	try(exitOK, "unchanged", "sync", "iwinv/flavors")
	try(exitOK, `"state": "delivered"`, "notify", "list", "--json")
	try(exitOK, "", "check", "--quick")
	if strings.Contains(try(exitOK, "", "status"), "notifications") {
		t.Error("status speaks of notifications when all are delivered")
	}
	hidesAll(t, "what commands show", all.String(), []string{hookSecret, hookPath, "canary"})
	hidesAll(t, "a table", everyRow(t, database), []string{hookSecret, hookPath, "canary"})
	report := filepath.Join(t.TempDir(), "report.tar.gz")
	try(exitOK, "", "check", "--quick", "--bundle", report)
	for name, text := range unpacked(t, report) {
		hidesAll(t, name, text, []string{hookSecret, hookPath, "canary"})
	}
}

// TestWebhookThatCannotBeUsedIsNamedBeforeAnythingRuns by serve, and by check.
func TestWebhookThatCannotBeUsedIsNamedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	database, h, endpoint := pgtest.URL(t), newHook(t), simulated(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@hourly" } }`)
	h.notifying(t, path, "")
	secret := filepath.Join(filepath.Dir(path), "hook_secret")
	if err := os.WriteFile(secret, []byte("canary-too-short"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve"}, {"check", "--quick"}, {"notify", "test"}} {
		code, stdout, stderr := command(t, database, append(args, "-c", path)...)
		if code != exitFailed || !strings.Contains(stdout+stderr, "want whsec_ and base64 of 24 to 64 bytes") {
			t.Errorf("%v: %d\n%s%s", args, code, stdout, stderr)
		}
		hidesAll(t, fmt.Sprint(args), stdout+stderr, []string{"canary"})
	}
	code, stdout, stderr := command(t, database, "sync", "-c", path)
	if code != exitOK || !strings.Contains(stderr, "notifications wait") {
		t.Errorf("sync: %d\n%s%s", code, stdout, stderr)
	}
}

// TestServeNotifies of what its runs change, again after its receiver was down, and
// shows it among the metrics.
func TestServeNotifies(t *testing.T) {
	t.Parallel()
	database, h := pgtest.URL(t), newHook(t)
	endpoint, weeks := living(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ flavors: { schedule: "@every 5s" } }`)
	h.notifying(t, path, "")
	at := listening(t, path, unguarded)
	h.status.Store(http.StatusServiceUnavailable)
	p := startServe(t, database, path)
	eventually(t, "a first run", func() bool { return scan[int](t, database, endedRuns) > 0 })
	answers(t, at+"/metrics", `syncer_notifications_total{outcome="parked",webhook="finops"} 0`, `syncer_notifications_waiting{state="pending",webhook="finops"} 0`)
	weeks.Store(8)
	answers(t, at+"/metrics", `syncer_notifications_total{outcome="failed",webhook="finops"} 1`, `syncer_notifications_waiting{state="pending",webhook="finops"} 1`)
	h.status.Store(0)
	must(t, database, "UPDATE notifications SET due_at = now() WHERE state = 'pending'")
	answers(t, at+"/metrics", `syncer_notifications_total{outcome="delivered",webhook="finops"} 1`, `syncer_notifications_oldest_seconds{webhook="finops"} 0`)
	got := h.got()
	if len(got) != 2 || got[0].ID != got[1].ID || got[0].Data.Prices.Total == 0 {
		t.Errorf("got %+v", got)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "hook_secret"), []byte("canary-too-short"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.signal(t, syscall.SIGHUP)
	eventually(t, "a webhook that cannot be used is refused", func() bool {
		return strings.Contains(p.text(), "the configuration is refused") && strings.Contains(p.text(), "want whsec_")
	})
	hidesAll(t, "the log", p.text(), []string{hookSecret, hookPath, "canary"})
}

// TestADaemonThatIsKilledWhileItNotifiesIsSucceeded: killed after its message
// arrived and before that was marked, by a message of the same id.
func TestADaemonThatIsKilledWhileItNotifiesIsSucceeded(t *testing.T) {
	t.Parallel()
	database, h := pgtest.URL(t), newHook(t)
	endpoint, weeks := living(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ flavors: { schedule: "@every 5s" } }`)
	h.notifying(t, path, "")
	addTo(t, path, unguarded+"listen: off\n")
	first := startServe(t, database, path)
	h.mutex.Lock()
	h.before = func() { first.cmd.Process.Kill(); <-first.done }
	h.mutex.Unlock()
	eventually(t, "a first run", func() bool { return scan[int](t, database, endedRuns) > 0 })
	weeks.Store(8)
	eventually(t, "the daemon is killed", first.ended)
	if state := scan[string](t, database, "SELECT state || ' ' || attempts FROM notifications WHERE rule = 'moves'"); state != "pending 1" {
		t.Errorf("the message is %s", state)
	}
	h.mutex.Lock()
	h.before = nil
	h.mutex.Unlock()
	must(t, database, "UPDATE notifications SET leased_until = now() WHERE leased_until IS NOT NULL")
	startServe(t, database, path)
	eventually(t, "it is marked", func() bool {
		return scan[int](t, database, "SELECT count(*) FROM notifications WHERE state = 'delivered'") == 1
	})
	got := h.got()
	if len(got) != 2 || got[0].ID != got[1].ID || got[0].Text != got[1].Text {
		t.Errorf("got %+v", got)
	}
}

package main

import (
	"strings"
	"testing"
)

// TestOneMistakeHasOneAnswer whichever command it is made with.
func TestOneMistakeHasOneAnswer(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	appended(t, path, "notifications: { webhooks: { finops: { url_file: url, secret_file: secret } }, rules: { all: { webhook: finops } } }\n")
	const none = "2026-03-02T06:00:00Z"
	committed := scan[string](t, database, `SELECT to_char(taken_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM bi.snapshots WHERE list = 'flavors'`)
	for _, test := range []struct {
		code int
		says string
		args []string
	}{
		{exitUsage, "webhook nosuch is not configured; ", []string{"notify", "test", "nosuch"}},
		{exitUsage, "webhook nosuch is not configured; ", []string{"notify", "retry", "nosuch"}},
		{exitFailed, "iwinv/flavors: snapshot " + none + ": no such snapshot is held; syncer held iwinv/flavors shows what is", []string{"accept", "iwinv/flavors", none, "--reason", "x"}},
		{exitFailed, "iwinv/flavors: snapshot " + none + ": no such snapshot is held; syncer held iwinv/flavors shows what is", []string{"reject", "iwinv/flavors", none, "--reason", "x"}},
		{exitFailed, ": no such snapshot is held; syncer held", []string{"accept", "iwinv/flavors", committed, "--reason", "x"}},
		{exitFailed, "no such snapshot is held", []string{"accept", "iwinv/flavors", "--reason", "x"}},
	} {
		code, stdout, stderr := command(t, database, append(test.args, "-c", path)...)
		if code != test.code || !strings.Contains(stderr, test.says) || strings.Contains(stderr, "pages are kept") {
			t.Errorf("%v: exit %d\n%s%s", test.args, code, stdout, stderr)
		}
	}
	if n := scan[int](t, database, "SELECT count(*) FROM bi.runs WHERE outcome = 'failed'"); n != 0 {
		t.Errorf("%d runs of what was never begun", n)
	}
}

// TestRetryKnowsWebhooksThatWereTakenOut of the configuration while messages wait.
func TestRetryKnowsWebhooksThatWereTakenOut(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	must(t, database, `INSERT INTO notifications (webhook, rule, kind, facts, created_at, due_at, state, attempts, ended_at)
		VALUES ('old', 'r', 'digest', '{}', now(), now(), 'parked', 24, now())`)
	code, stdout, stderr := command(t, database, "notify", "retry", "old", "-c", path)
	if code != exitOK || !strings.Contains(stdout, "1 parked") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

// TestRebuildSaysWhetherAnythingIsWritten in each of its four cases.
func TestRebuildSaysWhetherAnythingIsWritten(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	apply := []string{"--apply", "--reason", "a test"}
	for _, test := range []struct {
		says string
		args []string
	}{
		{"Nothing was written. To write it: syncer rebuild", nil},
		{"History was written again.", apply},
		{"History is as its pages say it: nothing was written.", apply},
		{"History is as its pages say it: nothing would change.", nil},
	} {
		code, stdout, stderr := command(t, database, append([]string{"rebuild", "-c", path}, test.args...)...)
		if code != exitOK || !strings.Contains(stdout, "\n\n"+test.says) {
			t.Errorf("%v: exit %d\n%s%s", test.args, code, stdout, stderr)
		}
	}
	_, stdout, _ := command(t, database, "rebuild", "--json", "-c", path)
	for _, member := range []string{`"versions": 0`, `"prices": 0`, `"absences": 0`, `"status_changes": 0`, `"usage": 0`} {
		if strings.Count(stdout, member) != 4 { // superseded and inserted of two lists
			t.Errorf("no %s in\n%s", member, stdout)
		}
	}
}

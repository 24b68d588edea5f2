package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
	"syncer/store/proof"
	"syncer/store/record"
)

// TestVerdicts wants the screen to say what is proven and what is not.
func TestVerdicts(t *testing.T) {
	at := func(day int) *time.Time {
		moment := time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)
		return &moment
	}
	span := func(from, to, snapshots int) proof.Unproven {
		return proof.Unproven{From: *at(from), To: *at(to), Snapshots: snapshots, Why: "spared"}
	}
	for want, report := range map[string]proof.Verified{
		"proven since 2026-01-01T00:00:00Z":                                                                          {Snapshots: 5, Proven: 5, ProvenSince: at(1)},
		"holds its invariants; no page is kept":                                                                      {Snapshots: 5, Unproven: []proof.Unproven{span(1, 5, 5)}},
		"proven since 2026-01-03T00:00:00Z, before that invariants only":                                             {Snapshots: 5, Proven: 3, ProvenSince: at(3), Unproven: []proof.Unproven{span(1, 2, 2)}},
		"proven but for 1 snapshot without pages (2026-01-05T00:00:00Z)":                                             {Snapshots: 5, Proven: 4, Unproven: []proof.Unproven{span(5, 5, 1)}},
		"proven but for 1 snapshot without pages (2026-01-03T00:00:00Z)":                                             {Snapshots: 5, Proven: 4, ProvenSince: at(4), Unproven: []proof.Unproven{span(3, 3, 1)}},
		"proven but for 3 snapshots without pages (2026-01-02T00:00:00Z to 2026-01-05T00:00:00Z)":                    {Snapshots: 5, Proven: 2, Unproven: []proof.Unproven{span(2, 3, 2), span(5, 5, 1)}},
		"proven since 2026-01-01T00:00:00Z; answers before 2026-01-04T00:00:00Z are proven by their own digest only": {Snapshots: 5, Proven: 5, ProvenSince: at(1), RetracedSince: at(4)},
		"1 rows are contradicted":                                                                                    {Snapshots: 5, Proven: 5, ProvenSince: at(1), Contradictions: []proof.Contradiction{{}}},
	} {
		report.First = at(1)
		if got := listVerdict((&verifyCommand{}).verified(record.List{}, report)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestCheckpointIsGivenBack notes a checkpoint, goes on, and gives it back; then
// rewrites what it covers wherever that stands.
func TestCheckpointIsGivenBack(t *testing.T) {
	endpoint, database := simulated(t), pgtest.URL(t)
	path := configured(t, endpoint, endpoint.BaseURL)
	verify := func(want int, args ...string) string {
		t.Helper()
		code, stdout, stderr := command(t, database, append([]string{"verify", "-c", path}, args...)...)
		if code != want {
			t.Fatalf("verify %v: got %d\n%s%s", args, code, stdout, stderr)
		}
		return stdout + stderr
	}
	noted := ""
	for range 2 {
		if code, stdout, stderr := command(t, database, "sync", "iwinv/zones", "-c", path); code != exitOK {
			t.Fatalf("sync: got %d\n%s%s", code, stdout, stderr)
		}
		if noted == "" {
			var all []verifiedJSON
			if err := json.Unmarshal([]byte(verify(exitOK, "iwinv/zones", "--json")), &all); err != nil {
				t.Fatal(err)
			}
			noted = all[0].Checkpoint.Digest
		}
	}
	if text := verify(exitOK, "iwinv/zones", "--checkpoint", noted); !strings.Contains(text, "is what it was at the checkpoint") || strings.Contains(text, noted) {
		t.Errorf("the first of two runs: %s", text)
	}
	must(t, database, "UPDATE runs SET warnings = warnings + 1")
	if text := verify(exitFailed, "iwinv/zones", "--checkpoint", noted); !strings.Contains(text, "the list never had the checkpoint "+noted) {
		t.Errorf("rewritten: %s", text)
	}
	for _, args := range [][]string{{"--checkpoint", noted}, {"iwinv", "--checkpoint", noted}, {"iwinv/zones", "--checkpoint", "abc"}} {
		if text := verify(exitUsage, args...); !strings.Contains(text, "--checkpoint") {
			t.Errorf("%v: %s", args, text)
		}
	}
}

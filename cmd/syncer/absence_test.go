package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"syncer/cmd/syncer/doctor"
	"syncer/pgtemp/pgtest"
)

// disagreeing is a database whose history of iwinv/zones was written by the
// rule of absence that is the default, and a configuration with another one.
func disagreeing(t *testing.T) (database, path, address string) {
	t.Helper()
	endpoint := simulated(t)
	database, path = pgtest.URL(t), scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	if code, stdout, stderr := command(t, database, "sync", "-c", path); code != exitOK {
		t.Fatalf("sync: %d\n%s%s", code, stdout, stderr)
	}
	appended(t, path, "absence: { confirm_snapshots: 3 }\n")
	return database, path, endpoint.BaseURL
}

// TestCheckOfAnotherRuleOfAbsence wants it found before every list stops.
func TestCheckOfAnotherRuleOfAbsence(t *testing.T) {
	t.Parallel()
	database, path, _ := disagreeing(t)
	code, all := checked(t, database, path, "--quick")
	want(t, all, doctor.Fail, "configuration", "absence", "3 snapshots and 72h", "2 and 72h", "iwinv/zones", "syncer rebuild --apply --reason")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	// A list that nobody has read cannot disagree.
	if _, all = checked(t, pgtest.URL(t), path, "--quick"); strings.Contains(fmt.Sprint(all), "confirm_snapshots") {
		t.Errorf("without history:\n%s", fmt.Sprint(all))
	}
}

// TestServeRefusesAnotherRuleOfAbsence at its start and at SIGHUP, when it keeps
// what it had.
func TestServeRefusesAnotherRuleOfAbsence(t *testing.T) {
	t.Parallel()
	database, path, address := disagreeing(t)
	p := startServe(t, database, path)
	if err := p.end(t); err == nil || !strings.Contains(p.text(), "absence is configured as 3 snapshots") {
		t.Errorf("at the start: %v\n%s", err, p.text())
	}
	const zones = `{ zones: { schedule: "@every 5s" } }`
	rewrite(t, path, address, zones)
	p = startServe(t, database, path)
	eventually(t, "READY=1", func() bool { return p.count("READY=1") == 1 })
	appended(t, path, "absence: { confirm_snapshots: 3 }\n")
	p.signal(t, syscall.SIGHUP)
	eventually(t, "READY=1 again", func() bool { return p.count("READY=1") == 2 })
	if log := p.text(); !strings.Contains(log, "the configuration is refused; the old one stays") || !strings.Contains(log, "absence is configured as 3 snapshots") {
		t.Errorf("logged\n%s", log)
	}
	runs := scan[int](t, database, endedRuns)
	eventually(t, "a run by the old configuration", func() bool { return scan[int](t, database, endedRuns) > runs })
}

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestEvidencePausesBeforeTheDiskIsFull has a daemon whose disks have less room
// than the configuration wants: history goes on without pages and mirror, all
// that look see it, and it resumes by itself.
func TestEvidencePausesBeforeTheDiskIsFull(t *testing.T) {
	t.Parallel()
	endpoint, dir := simulated(t), reachable(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	const wanted = "pause_below: 900000TB"
	appended(t, path, "database: { embedded: "+dir+" }\nevidence: { mirror: mirror, "+wanted+" }\n")
	at := listening(t, path)
	p := startServe(t, "", path, "--migrate")
	answers(t, at+"/metrics", `syncer_runs_total{list="iwinv/zones",outcome="changed"} 1`, `syncer_runs_total{list="iwinv/zones",outcome="unchanged"} 1`,
		`syncer_evidence_paused{disk="database"} 1`, `syncer_evidence_paused{disk="mirror"} 1`, `syncer_disk_free_bytes{disk="mirror"}`, `syncer_mirror_failures_total{list="iwinv/zones"} 0`)
	answers(t, at+"/", "Evidence is paused:", dir)
	mirror := filepath.Join(filepath.Dir(path), "mirror")
	if _, err := os.Stat(mirror); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the mirror was written: %v", err)
	}
	if n := strings.Count(p.text(), `"level":"ERROR"`); n != 2 && n != 4 { // each disk, once a minute
		t.Errorf("%d errors", n)
	}
	for args, want := range map[string]string{
		"status": "evidence is paused: ", "status --json": `"evidence_paused": [`, "verify": "holds its invariants; no page is kept", "check --quick": "free: evidence is paused below 900000000.0 GB",
	} {
		text, err := syncerSays(t, "", append(strings.Fields(args), "-c", path)...)
		if !strings.Contains(text, want) || (err != nil) != (args == "check --quick") {
			t.Errorf("%s: %v\n%s", args, err, text)
		}
	}

	text := strings.Replace(read(t, path), wanted, "pause_below: 0", 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.signal(t, syscall.SIGHUP)
	answers(t, at+"/metrics", `syncer_evidence_paused{disk="database"} 0`, `syncer_evidence_paused{disk="mirror"} 0`, `syncer_mirror_snapshots_total{list="iwinv/zones"} 1`)
	if n := strings.Count(p.text(), "there is room again: evidence is kept from now on"); n != 1 {
		t.Errorf("logged %d times that there is room", n)
	}
	if text, err := syncerSays(t, "", "verify", "-c", path); err != nil || !strings.Contains(text, ", before that invariants only") {
		t.Errorf("verify: %v\n%s", err, text)
	}
}

// TestEmbeddedServerWithoutRoom fills a disk of its own, where one can be mounted:
// every command says what is the matter, and with room all goes on.
func TestEmbeddedServerWithoutRoom(t *testing.T) {
	t.Parallel()
	disk := filepath.Dir(reachable(t))
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=150m,mode=0711", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no disk to fill: %v, %s", err, out)
	}
	t.Cleanup(func() { exec.Command("umount", disk).Run() })
	endpoint := simulated(t)
	path := configured(t, endpoint, endpoint.BaseURL)
	appended(t, path, "database: { embedded: "+filepath.Join(disk, "pg")+" }\n")
	if text, err := syncerSays(t, "", "migrate", "-c", path); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	for _, args := range []string{"sync", "status", "check --quick", "serve"} {
		text, err := syncerSays(t, "", append(strings.Fields(args), "-c", path)...)
		if err == nil || !strings.Contains(text, "the disk of "+filepath.Join(disk, "pg")+" is full: make room") || strings.Contains(text, "FATAL") {
			t.Errorf("%s: %v\n%s", args, err, text)
		}
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if text, err := syncerSays(t, "", "sync", "-c", path); err != nil {
		t.Errorf("with room: %v\n%s", err, text)
	}
}

// fill writes until there is no room.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, chunk := range []int{1 << 20, 1} {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, chunk))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

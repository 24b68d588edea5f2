package main

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"syncer/archive"
	"syncer/pgtemp/pgtest"
)

// cramped is the program with a bound on the size of its files, in which a write
// fails in part as it does on a full disk. Anybody may bound himself.
func cramped() {
	signal.Ignore(syscall.SIGXFSZ)
	most, err := strconv.ParseUint(os.Getenv("SYNCER_TEST_MOST_BYTES"), 10, 64)
	if err == nil {
		err = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: most, Max: most})
	}
	if err != nil {
		panic(err)
	}
	main()
}

// TestMirrorWithoutRoomIsMadeGood lets the mirror meet its end in the first byte
// of a file, in the middle of one, and in the manifest; and a disk that is really
// full where one can be mounted. No half snapshot is ever there, no run fails, and
// the next one with room writes all that is missing.
func TestMirrorWithoutRoomIsMadeGood(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	path := configured(t, endpoint, endpoint.BaseURL)
	mirror := filepath.Join(t.TempDir(), "mirror")
	appended(t, path, "evidence: { mirror: "+mirror+", pause_below: 0 }\n")
	run := func(most string) string {
		t.Helper()
		process := exec.Command("syncer-cramped", "sync", "-c", path)
		if most == "" {
			process = exec.Command("syncer", "sync", "-c", path)
		}
		process.Env = append(os.Environ(), "DATABASE_URL="+database, "SYNCER_TEST_MOST_BYTES="+most)
		text, err := process.CombinedOutput()
		if err != nil {
			t.Fatalf("the run failed: %v\n%s", err, text)
		}
		return string(text)
	}
	withoutRoom := func(most, says string) {
		t.Helper()
		text := run(most)
		if strings.Count(text, "the mirror is behind") != 2 || strings.Count(text, "not mirrored") != 2 || !strings.Contains(text, says) {
			t.Errorf("with %s bytes:\n%s", most, text)
		}
		for _, list := range []string{"zones", "flavors"} {
			there, err := archive.Moments(filepath.Join(mirror, "iwinv", list))
			if err != nil || len(there) > 0 {
				t.Errorf("with %s bytes: %d snapshots of %s in the mirror, %v", most, len(there), list, err)
			}
			if left, _ := filepath.Glob(filepath.Join(mirror, "iwinv", list, ".*")); len(left) > 0 {
				t.Errorf("with %s bytes: %v is left", most, left)
			}
		}
	}
	if err := os.MkdirAll(mirror, 0o700); err != nil {
		t.Fatal(err)
	}
	runs := 3
	for most, says := range map[string]string{"0": "page-0001.json.zst: file too large", "100": "page-0001.json.zst: file too large", "240": "manifest.json: file too large"} {
		withoutRoom(most, says)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4k,mode=0700", "tmpfs", mirror).CombinedOutput(); err != nil {
		t.Logf("no disk to fill (%v, %s): the bound stands for one", err, out)
	} else {
		t.Cleanup(func() { exec.Command("umount", mirror).Run() }) // where the test ended early
		withoutRoom("100000000", "no space left on device")
		runs++
		if out, err := exec.Command("umount", mirror).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if text := run(""); strings.Contains(text, "mirror") {
		t.Errorf("with room:\n%s", text)
	}
	for _, list := range []string{"zones", "flavors"} {
		there, err := archive.Moments(filepath.Join(mirror, "iwinv", list))
		if err != nil || len(there) != runs+1 {
			t.Errorf("%d snapshots of %s, %v; want %d", len(there), list, err, runs+1)
		}
	}
	fresh := pgtest.URL(t)
	if text, err := syncerSays(t, fresh, "backfill", "--accept", "iwinv/flavors", filepath.Join(mirror, "iwinv", "flavors"), "-c", path); err != nil {
		t.Errorf("backfill: %v\n%s", err, text)
	}
}

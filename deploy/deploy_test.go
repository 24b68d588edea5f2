package deploy_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const program = "/usr/local/bin/syncer" // as the units name it

// analyze is systemd-analyze, or the end of the test: a skip where it is
// missing, a failure in CI, where nothing may be skipped.
func analyze(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("systemd-analyze is missing (apt-get install systemd): %v", err)
		}
		t.Skipf("SKIPPED, NOT TESTED: systemd-analyze is missing: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", args...).CombinedOutput()
	if err != nil {
		t.Errorf("systemd-analyze %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// units copies the units to a folder, with a program that is there in place of
// one that is not installed yet. change may spoil them.
func units(t *testing.T, change func(string) string) string {
	t.Helper()
	dir := t.TempDir()
	found, err := filepath.Glob("syncer*.*")
	if err != nil || len(found) != 3 {
		t.Fatalf("units: %v, %v, want three", found, err)
	}
	stand, err := exec.LookPath("true")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range found {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(change(strings.ReplaceAll(string(text), program, stand))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func unchanged(text string) string { return text }

// TestUnitsAreWhatSystemdKnows wants no word about them: systemd-analyze ends
// well although it warns.
func TestUnitsAreWhatSystemdKnows(t *testing.T) {
	dir := units(t, unchanged)
	for _, unit := range []string{"syncer.service", "syncer-sync.service", "syncer-sync.timer"} {
		if said := analyze(t, "verify", filepath.Join(dir, unit)); said != "" {
			t.Errorf("%s: %s", unit, said)
		}
	}
	typo := units(t, func(text string) string { return strings.Replace(text, "WatchdogSec=", "WatchdogSecs=", 1) })
	if said := analyze(t, "verify", filepath.Join(typo, "syncer.service")); !strings.Contains(said, "WatchdogSecs") {
		t.Errorf("a setting that does not exist passed: %q", said)
	}
}

// TestServicesAreHardened wants an exposure of 1.5 of 10 at most.
func TestServicesAreHardened(t *testing.T) {
	dir := units(t, unchanged)
	for _, unit := range []string{"syncer.service", "syncer-sync.service"} {
		if said := analyze(t, "security", "--offline=yes", "--threshold=15", filepath.Join(dir, unit)); !strings.Contains(said, "OK") {
			t.Errorf("%s: %s", unit, said)
		}
	}
}

// TestServicesAreHardenedAlike keeps the two from growing apart.
func TestServicesAreHardenedAlike(t *testing.T) {
	var parts [2]string
	for i, unit := range []string{"syncer.service", "syncer-sync.service"} {
		text, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		_, part, found := strings.Cut(string(text), "MemoryHigh=")
		if !found {
			t.Fatalf("%s has no MemoryHigh=", unit)
		}
		parts[i], _, _ = strings.Cut(part, "\n[Install]")
	}
	if diff := cmp.Diff(strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1])); diff != "" {
		t.Errorf("from MemoryHigh= on (-daemon +oneshot):\n%s", diff)
	}
}

func TestStopLastsLongerThanTheGrace(t *testing.T) {
	text, err := os.ReadFile("syncer.service")
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{"--grace 60s\n", "\nTimeoutStopSec=90s\n", "\nTimeoutStartSec=infinity\n", "\nRestart=on-failure\n", "\nType=notify\n"} {
		if !strings.Contains(string(text), setting) {
			t.Errorf("no %q: they depend on each other", setting)
		}
	}
}

// TestInstallAndUninstall wants a package's folder to hold what is needed, the
// units to name the program where it was put, and nothing to stay but what is
// the operator's.
func TestInstallAndUninstall(t *testing.T) {
	root := t.TempDir()
	run := func(target string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "make", "-C", "..", target, "DESTDIR="+root, "PREFIX=/usr", "PROGRAM=deploy/syncer.service")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v\n%s", target, err, out)
		}
	}
	run("install")
	want := []string{"/etc/syncer 0755", "/etc/syncer/secrets 0700",
		"/usr/bin/syncer 0755",
		"/usr/lib/systemd/system/syncer-sync.service 0644", "/usr/lib/systemd/system/syncer-sync.timer 0644", "/usr/lib/systemd/system/syncer.service 0644",
		"/usr/share/bash-completion/completions/syncer 0644", "/usr/share/fish/vendor_completions.d/syncer.fish 0644", "/usr/share/zsh/site-functions/_syncer 0644"}
	if diff := cmp.Diff(want, installed(t, root)); diff != "" {
		t.Errorf("installed (-want +got):\n%s", diff)
	}
	text, err := os.ReadFile(filepath.Join(root, "usr/lib/systemd/system/syncer.service"))
	if err != nil || !strings.Contains(string(text), "\nExecStart=/usr/bin/syncer serve") || strings.Contains(string(text), program) {
		t.Errorf("the unit does not name the installed program: %v", err)
	}
	if err := os.WriteFile(filepath.Join(root, "etc/syncer/syncer.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	run("install") // again: an upgrade
	run("uninstall")
	want = []string{"/etc/syncer 0755", "/etc/syncer/secrets 0700", "/etc/syncer/syncer.yaml 0600"}
	if diff := cmp.Diff(want, installed(t, root)); diff != "" {
		t.Errorf("after uninstall (-want +got):\n%s", diff)
	}
}

// installed are the files below a root, and the folders of syncer's own, with
// their modes.
func installed(t *testing.T, root string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		name := strings.TrimPrefix(path, root)
		if entry.IsDir() && !strings.HasPrefix(name, "/etc/syncer") {
			return err
		}
		all = append(all, fmt.Sprintf("%s %04o", name, info.Mode().Perm()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

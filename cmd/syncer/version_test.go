package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"syncer/pgtemp/pgtest"
	"syncer/store/schema"
)

// TestVersionIsOneLine by flag and by command, without a configuration.
func TestVersionIsOneLine(t *testing.T) {
	schema, err := schema.Newest()
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(fmt.Sprintf(`^syncer devel \(commit [0-9a-z-]+, %s, schema %d\)\n$`, regexp.QuoteMeta(runtime.Version()), schema))
	for _, args := range [][]string{{"--version"}, {"version"}, {"sync", "--version"}} {
		if code, stdout, stderr := command(t, "", args...); code != exitOK || stderr != "" || !want.MatchString(stdout) {
			t.Errorf("%v: exit %d\n%s%s", args, code, stdout, stderr)
		}
	}
	database, endpoint := pgtest.URL(t), simulated(t)
	bundle := filepath.Join(t.TempDir(), "report.tar.gz")
	command(t, database, "check", "--quick", "--bundle", bundle, "-c", configured(t, endpoint, endpoint.BaseURL))
	if text := unpacked(t, bundle)["versions.txt"]; !strings.HasPrefix(text, build().String()+"\n") {
		t.Errorf("the bug report says\n%s", text)
	}
}

// TestProgramCarriesTimeZones wants the zones in the program itself: a container
// that holds nothing else has none.
func TestProgramCarriesTimeZones(t *testing.T) {
	t.Parallel()
	if out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput(); err != nil || !strings.Contains(string(out), "\ntime/tzdata\n") {
		t.Errorf("%v: the program is built without time/tzdata", err)
	}
}

// TestVersionIsStamped builds with the flags that Makefile and Dockerfile give to
// the linker: a variable of another name would be left alone without a word.
func TestVersionIsStamped(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"../../Makefile", "../../deploy/Dockerfile"} {
		text := read(t, file)
		if strings.Count(text, "-X main.version=$") != 1 || strings.Count(text, "-X main.commit=$") != 1 {
			t.Errorf("%s does not stamp", file)
		}
	}
	program := filepath.Join(t.TempDir(), "syncer")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-ldflags", "-X main.version=v1.2.3 -X main.commit=0123abcd", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command(program, "--version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "syncer v1.2.3 (commit 0123abcd, go") {
		t.Errorf("%v: %s", err, out)
	}
}

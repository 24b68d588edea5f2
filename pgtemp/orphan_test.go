package pgtemp_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"syncer/pgtemp"
)

// TestMain is the other process, too: one that starts a server, prints its
// address and waits to be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PGTEMP_TEST_OWNER"); dir != "" {
		own(dir)
	}
	os.Exit(m.Run())
}

func own(dir string) {
	s, err := pgtemp.Start(context.Background(), options(dir))
	if err != nil {
		_, _ = os.Stdout.WriteString("error: " + err.Error() + "\n")
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString(s.URL() + "\n")
	select {}
}

func TestServerOfAKilledOwner(t *testing.T) {
	t.Parallel()
	needServer(t)
	dir := folder(t)
	owner := exec.CommandContext(t.Context(), os.Args[0])
	owner.Env = append(os.Environ(), "PGTEMP_TEST_OWNER="+dir)
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.HasPrefix(line, "error") {
		t.Fatalf("owner said %q, %v", line, err)
	}
	keep(t, strings.TrimSpace(line))
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // killed: an error, as wanted
	heir := start(t, dir)
	if heir.Joined() {
		t.Fatal("joined a server whose owner is dead")
	}
	if got := query(t, heir.URL(), "SELECT word FROM kept"); got != "here" {
		t.Errorf("kept %q", got)
	}
}

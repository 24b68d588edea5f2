package main

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"syncer/cmd/syncer/doctor"
	"syncer/pgtemp"
	"syncer/pgtemp/pgtest"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestImageRunsAsNobodyWithCommandsThatAreThere reads the Dockerfile: the last
// stage is the one that is published.
func TestImageRunsAsNobodyWithCommandsThatAreThere(t *testing.T) {
	text := read(t, "../../deploy/Dockerfile")
	_, last, _ := strings.Cut(text, "AS syncer\n")
	if !strings.Contains(last, "\nUSER nonroot\n") || strings.Contains(last, "FROM ") {
		t.Errorf("the last stage:\n%s", last)
	}
	wanted := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../../go.mod"))[1]
	if !strings.Contains(text, "FROM golang:"+wanted+" ") {
		t.Errorf("the image is not built with Go %s of go.mod", wanted)
	}
	commands := regexp.MustCompile(`(?m)^\s*(?:ENTRYPOINT|CMD) (\[.*\])$`).FindAllStringSubmatch(text, -1)
	if len(commands) != 4 || !strings.Contains(last, "HEALTHCHECK ") {
		t.Fatalf("%d commands", len(commands))
	}
	for _, found := range commands {
		var args []string
		if err := json.Unmarshal([]byte(found[1]), &args); err != nil {
			t.Fatalf("%s: %v", found[1], err)
		}
		if args[0] == "/usr/local/bin/syncer" {
			args = args[1:]
		}
		if code, _, stderr := command(t, "", append(args, "--help")...); code != exitOK {
			t.Errorf("%v: %s", args, stderr)
		}
	}
}

// TestContainersStepByStep does what docker-compose.yml does, without an
// engine: migrate, roles, passwords, then the daemon's role is healthy.
func TestContainersStepByStep(t *testing.T) {
	t.Parallel()
	database, path := pgtest.EmptyURL(t), "../../deploy/container/syncer.yaml"
	if code, _, stderr := command(t, database, "migrate", "--config", path); code != exitOK {
		t.Fatal(stderr)
	}
	prefix, as := rolesOf(t, database)
	script := filepath.Join(t.TempDir(), "passwords.sql")
	text := strings.ReplaceAll(read(t, "../../deploy/container/passwords.sql"), "ALTER ROLE syncer_", "ALTER ROLE "+prefix+"_")
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	psql := exec.Command(psqlPath(t), database, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file="+script)
	psql.Env = append(os.Environ(), `WRITER_PASSWORD=it's "new"`, "READER_PASSWORD=other")
	if out, err := psql.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("psql: %v\n%s", err, out)
	}
	if hash := scan[string](t, database, "SELECT left(rolpassword, 14) FROM pg_authid WHERE rolname = '"+prefix+"_writer'"); hash != "SCRAM-SHA-256$" {
		t.Errorf("the writer's password is %s", hash)
	}
	at, err := url.Parse(as("writer"))
	if err != nil {
		t.Fatal(err)
	}
	query := at.Query()
	query.Set("password", `it's "new"`)
	at.RawQuery = query.Encode()
	_, all := checked(t, at.String(), path, "--quick")
	for _, found := range all {
		if found.Mark != doctor.OK && found.Part != "secret" && found.Part != "configuration" { // no secrets are there yet; modes are those of this checkout
			t.Errorf("%+v", found)
		}
	}
	want(t, all, doctor.OK, "database", "DATABASE_URL", "no more over history")
}

// psqlPath is psql of PATH, or beside the server that tests run on.
func psqlPath(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("psql"); err == nil {
		return path
	}
	bin, err := pgtemp.FindServer(t.Context(), os.Getenv("SYNCER_PG_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(bin, "psql")
}

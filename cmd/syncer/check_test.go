package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/cmd/syncer/doctor"
	"syncer/cmd/syncer/setup"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// checked runs check --json and returns its findings.
func checked(t *testing.T, database, path string, more ...string) (int, []doctor.Finding) {
	t.Helper()
	code, stdout, stderr := command(t, database, append([]string{"check", "--json", "-c", path}, more...)...)
	var all []doctor.Finding
	if err := json.Unmarshal([]byte(stdout), &all); err != nil {
		t.Fatalf("exit %d: %v\n%s%s", code, err, stdout, stderr)
	}
	return code, all
}

// want looks for a finding by its beginning and words in it.
func want(t *testing.T, all []doctor.Finding, mark doctor.Mark, part, about string, words ...string) {
	t.Helper()
	for _, line := range all {
		found := line.Mark == mark && line.Part == part && strings.HasPrefix(line.About, about)
		for _, word := range words {
			found = found && strings.Contains(line.Text+" -> "+line.Do, word)
		}
		if found {
			return
		}
	}
	t.Errorf("no %s %s %s with %q in\n%s", mark, part, about, words, fmt.Sprint(all))
}

// TestCheckOfAllProvidersIsWellAndWritesNothing looks at every list of every
// simulated provider, and counts rows and files before and after.
func TestCheckOfAllProvidersIsWellAndWritesNothing(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	_, as := rolesOf(t, database)
	path := everySource(t, simulate.WorldStart)
	if code, stdout, stderr := command(t, database, "sync", "-c", path, "iwinv"); code != exitOK {
		t.Fatalf("sync: %d\n%s%s", code, stdout, stderr)
	}
	files, rows := fingerprint(t, filepath.Dir(path)), rowCounts(t, database)
	code, all := checked(t, as("writer"), path)
	if code != exitOK {
		t.Errorf("exit %d", code)
	}
	for _, line := range all {
		if line.Mark != doctor.OK {
			t.Errorf("%+v", line)
		}
	}
	for _, p := range setup.Providers() {
		for _, list := range p.Lists {
			want(t, all, doctor.OK, "list", p.Name+"/"+list, "entries on the first page")
			want(t, all, doctor.OK, "schedule", p.Name+"/"+list, "next due")
		}
		want(t, all, doctor.OK, "network", p.Name+" 127.0.0.1:", "connected to")
		want(t, all, doctor.OK, "clock", p.Name)
	}
	if diff := cmp.Diff(files, fingerprint(t, filepath.Dir(path))); diff != "" {
		t.Errorf("files:\n%s", diff)
	}
	if diff := cmp.Diff(rows, rowCounts(t, database)); diff != "" {
		t.Errorf("rows:\n%s", diff)
	}
}

// fingerprint is the digest of every file below a folder.
func fingerprint(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		info, _ := entry.Info()
		sum := sha256.Sum256(text)
		all[path] = hex.EncodeToString(sum[:4]) + info.Mode().String() + info.ModTime().String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// rowCounts are the rows ever written, changed or deleted, and those that are
// there, of every table; sequences, too.
func rowCounts(t *testing.T, database string) string {
	t.Helper()
	return scan[string](t, database, `SELECT string_agg(line, E'\n' ORDER BY line) FROM (
		SELECT relname || ' ' || (xpath('/row/n/text()', query_to_xml(format('SELECT concat(count(*), '' '', max(xmin::text::bigint)) AS n FROM %I', relname), false, true, '')))[1]::text AS line
		FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
		UNION ALL SELECT sequencename || ' ' || coalesce(last_value, 0) FROM pg_sequences) AS counted`)
}

// TestCheckAsksOnceForEachPage wants no second request, also after a refusal.
func TestCheckAsksOnceForEachPage(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusUnauthorized, http.StatusServiceUnavailable} {
		requests := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			requests++
			w.WriteHeader(status)
		}))
		code, all := checked(t, pgtest.URL(t), configured(t, simulated(t), server.URL))
		if code != exitFailed || requests != 2 {
			t.Errorf("status %d: exit %d, %d requests for 2 lists", status, code, requests)
		}
		want(t, all, doctor.Fail, "list", "iwinv/flavors", fmt.Sprint("status ", status))
		server.Close()
	}
}

// TestCheckSaysWhatToDo is each provider's refusal and the answer to it.
func TestCheckSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		provider, list, body string
		status               int
		words                []string
	}{
		"iwinv allowlist": {"iwinv", "flavors", `{"code":"0x9","error_code":"CHECK_IP","message":"Check request."}`, 403, []string{"CHECK_IP", "not on the key's allowlist"}},
		"iwinv key":       {"iwinv", "flavors", `{"code":"0x6","error_code":"CHECK_CREDENTIAL","message":"Check request."}`, 401, []string{"access_key is not known"}},
		"ncp":             {"ncp", "regions", `{"error":{"errorCode":"200","message":"Authentication Failed","details":"Invalid authentication information."}}`, 401, []string{"Invalid authentication information", "access_key or secret_key is wrong"}},
		"scp":             {"scp", "contract-types", `{"timestamp":1,"path":"/x","status":404,"error":"Not Found"}`, 404, []string{"signature headers are missing or incomplete"}},
		"scp service":     {"scp", "contract-types", `{"status":"UNAUTHORIZED","name":"Request was rejected by gateway","message":"Service Account catalog has not target's endpoint"}`, 401, []string{"has not subscribed"}},
		"zstack":          {"zstack", "instance-offerings", "requestTimeTooSkewed", 403, []string{"its own local time", "set timezone"}},
		"zstack date":     {"zstack", "instance-offerings", "bad date", 403, []string{"set timezone"}},
		"html":            {"iwinv", "flavors", "<html><body>Please log in</body></html>", 200, []string{"a page for people"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			defer server.Close()
			dir := t.TempDir()
			text := fmt.Sprintf("sources:\n  %s:\n    base_url: %s\n    credentials: { access_key_file: key, secret_key_file: key }\n    lists: { %s: }\n", test.provider, server.URL, test.list)
			if test.provider == "scp" {
				text = strings.Replace(text, "    lists:", "    options: { account_id: project-1, pricing_url: "+server.URL+" }\n    lists:", 1)
			}
			for file, body := range map[string]string{"key": "a-secret-that-is-nobody's", "syncer.yaml": text} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, all := checked(t, pgtest.URL(t), filepath.Join(dir, "syncer.yaml"))
			want(t, all, doctor.Fail, "list", test.provider+"/"+test.list, test.words...)
		})
	}
}

// TestCheckReportsUnknownFieldsAndWords is drift that a run would note.
func TestCheckReportsUnknownFieldsAndWords(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"code":"0x00","error_code":"NO_ERROR","count":0,"novelty":1,"result":[]}`))
	}))
	defer server.Close()
	code, all := checked(t, pgtest.URL(t), configured(t, simulated(t), server.URL))
	if code != exitOK {
		t.Errorf("drift is no failure: exit %d", code)
	}
	want(t, all, doctor.Warn, "list", "iwinv/zones", "field novelty", "newer syncer")
}

// TestCheckComparesClocks with a provider that lives in another year.
func TestCheckComparesClocks(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(10*time.Minute+30*time.Second).UTC().Format(http.TimeFormat))
		_, _ = w.Write([]byte(`{"code":"0x00","error_code":"NO_ERROR","count":0,"result":[]}`))
	}))
	defer server.Close()
	code, all := checked(t, pgtest.URL(t), configured(t, simulated(t), server.URL))
	want(t, all, doctor.Fail, "clock", "iwinv", "the provider's clock is 10m", "s ahead of this machine's", "NTP")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
}

// TestCheckOfTLS wants the certificate's end, and the way out of an unknown
// authority.
func TestCheckOfTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"code":"0x00","error_code":"NO_ERROR","count":0,"result":[]}`))
	}))
	defer server.Close()
	path := configured(t, simulated(t), server.URL)
	code, all := checked(t, pgtest.URL(t), path)
	want(t, all, doctor.Fail, "network", "iwinv 127.0.0.1:", "TLS: ", "ca_file")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeAuthority(t, server, filepath.Join(filepath.Dir(path), "ca.pem"))
	if err := os.WriteFile(path, append(text, "    ca_file: ca.pem\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	code, all = checked(t, pgtest.URL(t), path)
	want(t, all, doctor.OK, "network", "iwinv 127.0.0.1:", "TLS 1.3, certificate until "+server.Certificate().NotAfter.Format(time.DateOnly))
	if code != exitOK {
		t.Errorf("exit %d", code)
	}
}

// TestCheckOfNamesAndConnections that lead nowhere.
func TestCheckOfNamesAndConnections(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	_, all := checked(t, database, configured(t, simulated(t), "https://no-such-host.invalid"))
	want(t, all, doctor.Fail, "network", "iwinv no-such-host.invalid:443", "no such host", "base_url")
	_, all = checked(t, database, configured(t, simulated(t), "http://127.0.0.1:1"))
	want(t, all, doctor.Warn, "network", "iwinv 127.0.0.1:1", "refused", "firewall")
	want(t, all, doctor.Fail, "list", "iwinv/zones", "refused", "cannot be reached")
}

// TestCheckOfSecretsAndConfiguration looks at files.
func TestCheckOfSecretsAndConfiguration(t *testing.T) {
	path := configured(t, simulated(t), "http://127.0.0.1:1")
	dir := filepath.Dir(path)
	for _, err := range []error{
		os.Chmod(filepath.Join(dir, "access_key"), 0o644), os.Remove(filepath.Join(dir, "secret_key")), os.Chmod(path, 0o666),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	code, all := checked(t, pgtest.URL(t), path, "--quick")
	want(t, all, doctor.Fail, "secret", "iwinv access_key", "others can read it", "chmod 600")
	want(t, all, doctor.Fail, "secret", "iwinv secret_key", "no such file", "mode 0600")
	want(t, all, doctor.Warn, "configuration", path, "chmod go-w")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	if err := os.WriteFile(path, []byte("sourcez: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, all = checked(t, pgtest.URL(t), path, "--quick")
	want(t, all, doctor.Fail, "configuration", path, `unknown field "sourcez"; did you mean "sources"?`)
}

// TestCheckOfTheDatabase looks at databases that are not as they should be.
func TestCheckOfTheDatabase(t *testing.T) {
	t.Parallel()
	path := emptyConfig(t)
	quick := func(database string) []doctor.Finding {
		_, all := checked(t, database, path, "--quick")
		return all
	}
	database := pgtest.URL(t)
	want(t, quick(database), doctor.Warn, "database", "DATABASE_URL", "is a superuser", "syncer roles")
	want(t, quick(""), doctor.Fail, "database", "DATABASE_URL", "no database")
	want(t, quick("postgres://nobody:secret@127.0.0.1:1/x"), doctor.Fail, "database", "DATABASE_URL", "refused", "start the server")
	want(t, quick(pgtest.EmptyURL(t)), doctor.Fail, "database", "DATABASE_URL", "no schema yet", "syncer migrate")
	prefix, as := rolesOf(t, database)
	want(t, quick(as("writer")), doctor.OK, "database", "DATABASE_URL", "no more over history")
	want(t, quick(as("owner")), doctor.Warn, "database", "DATABASE_URL", "could delete history")
	want(t, quick(as("reader")), doctor.Fail, "database", "DATABASE_URL", "permission denied", "syncer roles --apply")
	must(t, database, "ALTER ROLE "+prefix+"_writer SET default_transaction_read_only = on")
	want(t, quick(as("writer")), doctor.Fail, "database", "DATABASE_URL", "read-only", "name the primary server")
	must(t, database, "ALTER ROLE "+prefix+"_writer RESET default_transaction_read_only")
	must(t, database, "REVOKE UPDATE (superseded_by) ON price_history FROM "+prefix+"_writer")
	want(t, quick(as("writer")), doctor.Fail, "database", "DATABASE_URL", "may not: UPDATE (superseded_by) on price_history")
	must(t, database, "UPDATE goose_db_version SET version_id = 9999 WHERE version_id = (SELECT max(version_id) FROM goose_db_version)")
	want(t, quick(database), doctor.Fail, "database", "DATABASE_URL", "its schema is 9999", "install the newer syncer")
}

// TestCheckMakesNoDatabase wants an embedded one that is not there to stay away.
func TestCheckMakesNoDatabase(t *testing.T) {
	path := emptyConfig(t)
	if err := os.WriteFile(path, []byte("database: { embedded: data }\nevidence: { mirror: mirror }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, all := checked(t, "", path)
	want(t, all, doctor.Warn, "database", filepath.Join(filepath.Dir(path), "data"), "no database yet", "syncer migrate")
	want(t, all, doctor.OK, "disk", "evidence.mirror", "free")
	if left, _ := os.ReadDir(filepath.Dir(path)); code != exitOK || len(left) != 1 {
		t.Errorf("exit %d, %d files", code, len(left))
	}
}

// TestCheckOfAnEmbeddedDatabase starts it, asks and stops it.
func TestCheckOfAnEmbeddedDatabase(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "syncer-check-") // where the server's own user may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "syncer.yaml")
	for _, err := range []error{os.Chmod(dir, 0o755), os.WriteFile(path, []byte("database: { embedded: data }\n"), 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if code, stdout, stderr := command(t, "", "migrate", "-c", path); code != exitOK {
		t.Fatalf("%s%s", stdout, stderr)
	}
	code, all := checked(t, "", path)
	want(t, all, doctor.OK, "database", filepath.Join(dir, "data"), "all rights that are needed")
	want(t, all, doctor.OK, "database", filepath.Join(dir, "data"), "PostgreSQL ")
	if _, err := os.Stat(filepath.Join(dir, "data", "data", "postmaster.pid")); code != exitOK || !os.IsNotExist(err) {
		t.Errorf("exit %d; the server runs on: %v", code, err)
	}
}

func TestCheckForPeople(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := command(t, pgtest.URL(t), "check", "-c", configured(t, simulated(t), "http://127.0.0.1:1"))
	if code != exitFailed || stderr != "" || !strings.Contains(stdout, "fail  list          iwinv/zones: ") || !strings.Contains(stdout, "      -> ") ||
		!strings.HasSuffix(stdout, " failed\n") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

// TestCheckReadsTheHeartbeat and asks nobody.
func TestCheckReadsTheHeartbeat(t *testing.T) {
	database, path := pgtest.URL(t), emptyConfig(t)
	beat := filepath.Join(filepath.Dir(path), "beat")
	appended(t, path, "heartbeat_url_file: beat\n")
	_, all := checked(t, database, path, "--quick")
	want(t, all, doctor.Fail, "secret", "heartbeat_url", "no such file", "write the secret into "+beat)
	if err := os.WriteFile(beat, []byte("http://127.0.0.1:1/canary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, all = checked(t, database, path, "--quick")
	want(t, all, doctor.OK, "secret", "heartbeat_url", "from "+beat)
}

package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"syncer/cmd/syncer/config"
	"syncer/pgtemp/pgtest"
)

func writeAuthority(t *testing.T, server *httptest.Server, path string) {
	t.Helper()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// unpacked reads a bug report.
func unpacked(t *testing.T, path string) map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zip, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for pack := tar.NewReader(zip); ; {
		head, err := pack.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(pack)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(head.Name, "syncer-report/")] = string(text)
	}
}

// TestBundleHasNoSecret puts a canary into every place of a configuration that
// could hold one, and into what the provider answers.
func TestBundleHasNoSecret(t *testing.T) {
	const canary = "canary-7f3a<&>91"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"code":"0x9","error_code":"CHECK_IP","message":"` + canary + ` ` + r.Header.Get("X-iwinv-Signature") + `"}`))
	}))
	defer server.Close()
	database, dir := pgtest.URL(t), t.TempDir()
	text := "# " + canary + "\ndatabase: { url_file: database }\nsources:\n  iwinv:\n    base_url: " + server.URL +
		"\n    credentials: { access_key_file: key, secret_key_file: key }\n    lists: { zones: }\n    options: { page_size: 10 }\n"
	for name, body := range map[string]string{"syncer.yaml": text, "key": canary, "database": database} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path, report := filepath.Join(dir, "syncer.yaml"), filepath.Join(dir, "report.tar.gz")
	for _, args := range [][]string{{"sync"}, {"check", "--bundle", report}} {
		code, stdout, stderr := command(t, "", append(args, "-c", path)...)
		if code != exitFailed || strings.Contains(stdout+stderr, canary) {
			t.Fatalf("%s: exit %d\n%s%s", args[0], code, stdout, stderr)
		}
		must(t, database, "UPDATE runs SET reason = '"+canary+"'") // should one ever get there
	}
	files := unpacked(t, report)
	var names []string
	for name, body := range files {
		names = append(names, name)
		if strings.Contains(body, canary) || strings.Contains(body, database) {
			t.Errorf("%s holds a secret:\n%s", name, body)
		}
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "check.json config.yaml drift.json freshness.json runs.json schema.json versions.txt" {
		t.Errorf("files: %s", got)
	}
	for name, word := range map[string]string{
		"runs.json": "CHECK_IP", "config.yaml": server.URL, "versions.txt": "go1.", "schema.json": "version_id", "check.json": "allowlist",
	} {
		if !strings.Contains(files[name], word) {
			t.Errorf("%s lacks %s:\n%s", name, word, files[name])
		}
	}
	if info, err := os.Stat(report); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info, err)
	}
	if code, _, stderr := command(t, "", "check", "--quick", "--bundle", report, "-c", path); code != exitFailed || !strings.Contains(stderr, "file exists") {
		t.Errorf("a second time: exit %d\n%s", code, stderr)
	}
}

// TestRedactedConfiguration wants what helps to understand a fault, and no
// value that might be a secret, wherever it was put.
func TestRedactedConfiguration(t *testing.T) {
	const canary = "canary-7f3a91"
	path := filepath.Join(t.TempDir(), "syncer.yaml")
	text := `# canary-7f3a91
database: { url: postgres://me:canary-7f3a91@host/db, url_file: db }
password: canary-7f3a91
canary-7f3a91: 1
sources:
  shop:
    provider: iwinv
    base_url: https://me:canary-7f3a91@host/prefix?token=canary-7f3a91#canary-7f3a91
    credentials: { secret_key: canary-7f3a91, account: canary-7f3a91, access_key_file: key }
    options: { token: canary-7f3a91, canary-7f3a91: x, page_size: 7, list: [canary-7f3a91] }
    lists: { flavors: { schedule: "@daily", hint: canary-7f3a91 } }
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	shown, err := config.Redacted(path)
	if err != nil || strings.Contains(shown, canary) {
		t.Fatalf("%v\n%s", err, shown)
	}
	for _, word := range []string{"shop:", "provider: iwinv", "https://host/prefix", "page_size: 7", "flavors:", "'@daily'", "access_key_file: key", "[redacted]"} {
		if !strings.Contains(shown, word) && !strings.Contains(shown, strings.ReplaceAll(word, "'", `"`)) {
			t.Errorf("want %s in\n%s", word, shown)
		}
	}
	if err := os.WriteFile(path, []byte("a: [canary-7f3a91\nb"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Redacted(path); err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("broken YAML: %v", err)
	}
}

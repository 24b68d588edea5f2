package doctor

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/store"
	"syncer/store/report"
)

// bundled is a file of a bug report.
type bundled struct {
	name string
	text []byte
}

// questions are those whose answers a bug report holds, by file.
var questions = []struct{ name, query string }{
	{"runs.json", "SELECT * FROM bi.runs ORDER BY run_id DESC LIMIT 50"},
	{"drift.json", "SELECT * FROM bi.drift ORDER BY first_seen_at DESC LIMIT 500"},
	{"freshness.json", "SELECT * FROM bi.freshness ORDER BY source, list"},
}

// gather keeps what a bug report holds of the database.
func (c *checking) gather(ctx context.Context, url string) {
	opened, err := store.Open(ctx, url)
	if err != nil {
		c.warn("database", c.config.Database.From(), "", "the bug report has no runs: %v", err)
		return
	}
	defer opened.Close()
	for _, question := range questions {
		answer, err := opened.Report.Query(ctx, question.query)
		if err != nil {
			c.warn("database", question.name, "", "not in the bug report: %v", err)
			continue
		}
		c.gathered = append(c.gathered, bundled{question.name, jsonOf(answerLines(answer))})
	}
	c.gathered = append(c.gathered, bundled{"schema.json", schemaSteps(ctx, opened)})
}

// schemaSteps are the applied migrations, read and not made anew.
func schemaSteps(ctx context.Context, opened *store.Store) []byte {
	answer, err := opened.Report.Query(ctx, "SELECT version_id, is_applied, tstamp FROM goose_db_version ORDER BY id")
	if err != nil {
		return []byte(err.Error() + "\n")
	}
	return jsonOf(answerLines(answer))
}

func answerLines(answer report.Answer) []map[string]string {
	lines := []map[string]string{}
	for _, row := range answer.Rows {
		line := make(map[string]string, len(row))
		for i, column := range answer.Columns {
			if row[i] != "" {
				line[column] = row[i]
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func jsonOf(value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false) // a secret with < in it must be found to be hidden
	if err := encoder.Encode(value); err != nil {
		return []byte(err.Error() + "\n")
	}
	return text.Bytes()
}

// WriteBundle writes a bug report as a new .tar.gz. It holds no secret.
func (r *Report) WriteBundle(path string) error {
	files := append([]bundled{
		{"versions.txt", []byte(versions(r.checking.Program))},
		{"config.yaml", []byte(r.checking.redactedConfig())},
		{"check.json", jsonOf(r.Findings)},
	}, r.checking.gathered...)
	text, err := r.checking.packed(files)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	target, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = target.Write(text)
	if err := errors.Join(err, target.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func (c *checking) packed(files []bundled) ([]byte, error) {
	var text bytes.Buffer
	zip := gzip.NewWriter(&text)
	pack := tar.NewWriter(zip)
	hide := c.hider()
	for _, file := range files {
		body := []byte(hide.Replace(string(file.text)))
		head := &tar.Header{Name: "syncer-report/" + file.name, Mode: 0o600, Size: int64(len(body)), ModTime: c.Now().Truncate(time.Second)}
		if err := pack.WriteHeader(head); err != nil {
			return nil, err
		}
		if _, err := pack.Write(body); err != nil {
			return nil, err
		}
	}
	err := errors.Join(pack.Close(), zip.Close())
	return text.Bytes(), err
}

// hider replaces every secret that can be read now, should one have found its
// way into a text in spite of all.
func (c *checking) hider() *strings.Replacer {
	var secrets []string
	if c.config != nil {
		for _, source := range c.config.Sources {
			for _, secret := range source.RevealAll(c.Lookup) {
				secrets = append(secrets, secret.Reveal())
			}
		}
		if address, err := c.config.Heartbeat.URL(c.Lookup); err == nil {
			secrets = append(secrets, paths(address.Reveal())...)
		}
		for _, webhook := range c.config.Notifications.Webhooks {
			for _, secret := range webhook.RevealAll(c.Lookup) {
				secrets = append(secrets, secret.Reveal())
			}
		}
		if address, err := c.config.Database.URL(c.Lookup); err == nil {
			secrets = append(secrets, passwords(address.Reveal())...)
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, secret := range secrets {
		if len(secret) >= 4 { // less would hide half of the report
			pairs = append(pairs, secret, catalog.NewSecret("").String())
		}
	}
	return strings.NewReplacer(pairs...)
}

// paths are an address and what follows its host, which lets anybody ask it.
func paths(text string) []string {
	all := []string{text}
	if address, err := url.Parse(text); err == nil && len(address.RequestURI()) > 1 {
		all = append(all, address.RequestURI())
	}
	return all
}

// passwords are an address and the password in it.
func passwords(text string) []string {
	all := []string{text}
	if address, err := url.Parse(text); err == nil {
		if password, has := address.User.Password(); has {
			all = append(all, password)
		}
		all = append(all, address.Query()["password"]...)
	}
	return slices.DeleteFunc(all, func(text string) bool { return text == "" })
}

func (c *checking) redactedConfig() string {
	text, err := config.Redacted(c.Path)
	if err != nil {
		return err.Error() + "\n"
	}
	return text
}

// versions names the program, Go, system and the modules that were built in.
func versions(program string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\nsystem %s/%s, %d processors\n", program, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return text.String()
	}
	for _, module := range info.Deps {
		fmt.Fprintf(&text, "%s %s\n", module.Path, module.Version)
	}
	return text.String()
}

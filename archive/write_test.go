package archive_test

import (
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/archive"
	"syncer/catalog"
)

var pages = []catalog.Page{
	{Number: 1, Parts: []catalog.Part{{Request: "GET /v1/flavors?page_no=1", MediaType: "json", Body: []byte(`{"a":1}`)}}},
	{Number: 2, Parts: []catalog.Part{
		{Request: "GET /v1/flavors?page_no=2", MediaType: "json", Body: []byte(`{"a":2}`)},
		{Request: "GET /v1/detail?id=2", MediaType: "xml", Body: []byte(`<a/>`)},
	}},
}

func content(pages []catalog.Page, err error) archive.Content {
	return archive.Content{
		List:    catalog.ListID{Source: "iwinv", Name: "flavors"},
		TakenAt: time.Date(2026, 1, 5, 9, 0, 0, 123456789, time.FixedZone("", 9*3600)), DecoderVersion: 3,
		Pages: sequence(pages, err),
	}
}

func sequence(pages []catalog.Page, err error) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		for _, page := range pages {
			if !yield(page, nil) {
				return
			}
		}
		if err != nil {
			yield(catalog.Page{}, err)
		}
	}
}

func written(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "deep", "archive")
	if err := archive.Write(dir, content(pages, nil)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	dir := written(t)
	snapshot := open(t, dir).Snapshots()[0]
	got, err := snapshot.Load()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(pages, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if snapshot.List != "iwinv/flavors" || snapshot.DecoderVersion != 3 || snapshot.Name != "2026-01-05T00:00:00.123456Z" {
		t.Errorf("got %q %d %q", snapshot.List, snapshot.DecoderVersion, snapshot.Name)
	}
}

func TestWritingTwiceIsWritingOnce(t *testing.T) {
	dir := written(t)
	if err := archive.Write(dir, content(pages, nil)); err != nil {
		t.Errorf("the same again: %v", err)
	}
	err := archive.Write(dir, content(pages[:1], nil))
	if err == nil || !strings.Contains(err.Error(), "is there already and holds something else") {
		t.Errorf("other content: got %v", err)
	}
	if names := namesIn(t, dir); len(names) != 1 {
		t.Errorf("got %q, want the one snapshot", names)
	}
}

func TestDamagedFolderIsNotTakenForWritten(t *testing.T) {
	dir := written(t)
	damage(t, filepath.Join(dir, "2026-01-05T00:00:00.123456Z", "page-0001.json.zst"), zst(t, `{"a":9}`))
	if err := archive.Write(dir, content(pages, nil)); err == nil || !strings.Contains(err.Error(), "its sha256 is") {
		t.Errorf("got %v, want the damaged page named", err)
	}
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	for name, failing := range map[string]archive.Content{
		"broken off": content(pages, errors.New("gone")),
		"no page":    content(nil, nil),
		"bad type":   content([]catalog.Page{{Number: 1, Parts: []catalog.Part{{MediaType: "pdf", Body: []byte("x")}}}}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := archive.Write(dir, failing); err == nil {
				t.Error("wrote, want an error")
			}
			if names := namesIn(t, dir); len(names) != 0 {
				t.Errorf("left %q", names)
			}
		})
	}
}

func TestManifestIsHeldAgainstTheFiles(t *testing.T) {
	const page, second = "page-0001.json.zst", "page-0002.2.xml.zst"
	for name, test := range map[string]struct {
		change func(t *testing.T, dir string)
		want   string
	}{
		"other body":    {func(t *testing.T, dir string) { damage(t, filepath.Join(dir, page), zst(t, `{"a":9}`)) }, page + ": is not what manifest.json says"},
		"file gone":     {func(t *testing.T, dir string) { remove(t, filepath.Join(dir, second)) }, "names page-0002.2.xml, which is not there"},
		"file added":    {func(t *testing.T, dir string) { damage(t, filepath.Join(dir, "page-0003.json"), `{}`) }, "does not name page-0003.json"},
		"other moment":  {edit("2026-01-05T00", "2026-01-04T00"), "taken_at is 2026-01-04T00:00:00.123456Z"},
		"other list":    {edit("iwinv/flavors", "flavors"), `list "flavors": want SOURCE/LIST`},
		"unknown field": {edit(`"list"`, `"lst"`), `manifest.json: json: unknown field "lst"`},
		"truncated":     {edit("}\n", ""), "manifest.json: unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := written(t)
			test.change(t, filepath.Join(dir, "2026-01-05T00:00:00.123456Z"))
			refused(t, dir, test.want)
		})
	}
}

func edit(old, fresh string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		path := filepath.Join(dir, "manifest.json")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := strings.LastIndex(string(text), old)
		damage(t, path, string(text[:at])+fresh+string(text[at+len(old):]))
	}
}

func damage(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

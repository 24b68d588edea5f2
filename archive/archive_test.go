package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"syncer/archive"
	"syncer/catalog"
)

var now = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)

const day5, day6 = "2026-01-05T00:00:00Z/", "2026-01-06T00-00-00Z/"

func TestOpenReadsFoldersAndTars(t *testing.T) {
	files := map[string]string{
		day6 + "page-0001.xml.gz":    gz(t, "<list><a>1</a></list>"),
		day5 + "page-0001.json":      `{"page":1}`,
		day5 + "page-0002.1.json":    `{"page":2}`,
		day5 + "page-0002.2.xml.zst": zst(t, `<detail/>`),
		day5 + ".DS_Store":           "x",
	}
	want := map[string][]catalog.Page{
		"2026-01-05T00:00:00Z": {
			{Number: 1, Parts: []catalog.Part{{MediaType: "json", Body: []byte(`{"page":1}`)}}},
			{Number: 2, Parts: []catalog.Part{
				{MediaType: "json", Body: []byte(`{"page":2}`)}, {MediaType: "xml", Body: []byte(`<detail/>`)},
			}},
		},
		"2026-01-06T00:00:00Z": {{Number: 1, Parts: []catalog.Part{{MediaType: "xml", Body: []byte("<list><a>1</a></list>")}}}},
	}
	for name, path := range map[string]string{
		"folder":       folder(t, files),
		"tar":          packed(t, "a.tar", tarOf(t, "", files)),
		"tar below":    packed(t, "a.tar", tarOf(t, "./pages/", files)),
		"tar gzipped":  packed(t, "a.tar.gz", gz(t, tarOf(t, "", files))),
		"tgz":          packed(t, "a.tgz", gz(t, tarOf(t, "", files))),
		"tar with zst": packed(t, "a.tar.zst", zst(t, tarOf(t, "", files))),
	} {
		t.Run(name, func(t *testing.T) {
			got := make(map[string][]catalog.Page)
			for _, snapshot := range open(t, path).Snapshots() {
				pages, err := snapshot.Load()
				if err != nil {
					t.Fatal(err)
				}
				got[snapshot.TakenAt.Format(time.RFC3339)] = pages
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSnapshotsComeInTimeOrder(t *testing.T) {
	opened := open(t, folder(t, map[string]string{
		"2026-01-05T09:00:00+09:00/page-0001.json": "{}",
		"2026-01-04T23-59-59.5Z/page-0001.json":    "{}",
		"2026-01-06T00:00:00Z/page-0001.json":      "{}",
	}))
	var got []string
	for _, snapshot := range opened.Snapshots() {
		got = append(got, snapshot.TakenAt.Format(time.RFC3339Nano))
	}
	want := []string{"2026-01-04T23:59:59.5Z", "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("moments (-want +got):\n%s", diff)
	}
}

func TestSameMomentWithSameContentIsOneSnapshot(t *testing.T) {
	opened := open(t, folder(t, map[string]string{
		day5 + "page-0001.json":                       `{"a":1}`,
		"2026-01-05T00-00-00Z/page-0001.json.gz":      gz(t, `{"a":1}`),
		"2026-01-05T09:00:00+09:00/page-0001.json.gz": gz(t, `{"a":1}`),
	}))
	if got := len(opened.Snapshots()); got != 1 {
		t.Errorf("got %d snapshots, want 1", got)
	}
}

func TestEachDoubtIsRefusedByName(t *testing.T) {
	good := `{"a":1}`
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"empty file":      {map[string]string{day5 + "page-0001.json": ""}, "page-0001.json: is empty"},
		"blank file":      {map[string]string{day5 + "page-0001.json": " \n"}, "page-0001.json: is empty"},
		"empty folder":    {map[string]string{day5: ""}, "holds no page"},
		"truncated json":  {map[string]string{day5 + "page-0001.json": `{"a":`}, "page-0001.json: is no whole JSON value"},
		"truncated xml":   {map[string]string{day5 + "page-0001.xml": `<a><b></b>`}, "page-0001.xml: is no whole XML document"},
		"no xml":          {map[string]string{day5 + "page-0001.xml": `hello`}, "page-0001.xml: holds no XML element"},
		"gz tail":         {map[string]string{day5 + "page-0001.json.gz": cut(gz(t, good))}, "page-0001.json.gz: is no whole .gz file"},
		"zst tail":        {map[string]string{day5 + "page-0001.json.zst": cut(zst(t, good))}, "page-0001.json.zst: is no whole .zst file"},
		"no gz":           {map[string]string{day5 + "page-0001.json.gz": good}, "page-0001.json.gz: is no whole .gz file"},
		"strange name":    {map[string]string{day5 + "page-0001.json": good, day5 + "notes.txt": "x"}, "notes.txt: name is no page"},
		"strange folder":  {map[string]string{"january/page-0001.json": good}, "snapshot january: name is no RFC 3339 moment"},
		"nanoseconds":     {map[string]string{"2026-01-05T00:00:00.1234567Z/page-0001.json": good}, "name is no RFC 3339 moment"},
		"no such day":     {map[string]string{"2026-02-30T00:00:00Z/page-0001.json": good}, "name is no moment that exists"},
		"future":          {map[string]string{"2026-02-01T00:00:01Z/page-0001.json": good}, "lies in the future"},
		"missing page":    {map[string]string{day5 + "page-0001.json": good, day5 + "page-0003.json": good}, "page 2 is missing"},
		"missing first":   {map[string]string{day5 + "page-0002.json": good}, "page 1 is missing"},
		"page nought":     {map[string]string{day5 + "page-0000.json": good}, "page-0000.json: pages are counted from 1"},
		"missing part":    {map[string]string{day5 + "page-0001.1.json": good, day5 + "page-0001.3.json": good}, "part 2 of page 1 is missing"},
		"no first part":   {map[string]string{day5 + "page-0001.2.json": good}, "part 1 of page 1 is missing"},
		"twice":           {map[string]string{day5 + "page-0001.json": good, day5 + "page-0001.json.gz": gz(t, good)}, "the same page stands twice"},
		"whole and parts": {map[string]string{day5 + "page-0001.json": good, day5 + "page-0001.1.json": good}, "the same page stands twice"},
		"nested folder":   {map[string]string{day5 + "page-0001.json": good, day5 + "more/page-0001.json": good}, "more is a folder inside a snapshot"},
		"stray file":      {map[string]string{day5 + "page-0001.json": good, "page-0001.json": good}, "page-0001.json"},
		"other content":   {map[string]string{day5 + "page-0001.json": good, "2026-01-05T00-00-00Z/page-0001.json": `{}`}, "holds other content for the same moment"},
		"bomb":            {map[string]string{day5 + "page-0001.json.zst": zst(t, strings.Repeat(" ", archive.MaxPartBytes+1))}, "page-0001.json.zst: is larger than 64 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, folder(t, test.files), test.want)
		})
	}
}

func TestLargeFileIsRefusedUnread(t *testing.T) {
	dir := folder(t, map[string]string{day5 + "page-0001.json": "{}"})
	if err := os.Truncate(filepath.Join(dir, day5, "page-0001.json"), archive.MaxPartBytes+1); err != nil {
		t.Fatal(err)
	}
	if problem := open(t, dir).Snapshots()[0].Problem; problem == nil || !strings.Contains(problem.Error(), "is larger than") {
		t.Errorf("got problem %v, want one about the size", problem)
	}
}

func TestSymbolicLinksAreNotFollowed(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "page-0001.json")
	if err := os.WriteFile(secret, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{day5: ""})
	if err := os.Symlink(secret, filepath.Join(dir, day5, "page-0001.json")); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, "page-0001.json is a symbolic link")
	linked := folder(t, map[string]string{day5 + "page-0001.json": "{}"})
	if err := os.Symlink(filepath.Dir(secret), filepath.Join(linked, "2026-01-06T00:00:00Z")); err != nil {
		t.Fatal(err)
	}
	refused(t, linked, "snapshot 2026-01-06T00:00:00Z: is a symbolic link")
}

func TestArchivesThatCannotBeTrustedAtAll(t *testing.T) {
	files := map[string]string{day5 + "page-0001.json": "{}"}
	whole := tarOf(t, "", files)
	for name, test := range map[string]struct{ path, want string }{
		"no archive":      {filepath.Join(t.TempDir(), "nowhere"), "no such file"},
		"no tar":          {packed(t, "a.zip", "PK"), "want a folder, or a file that ends in .tar"},
		"empty":           {folder(t, nil), "no snapshot in it"},
		"cut":             {packed(t, "a.tar", whole[:700]), "was it cut short?"},
		"cut at a file":   {packed(t, "a.tar", whole[:1024]), "it has no end mark"},
		"packed when cut": {packed(t, "a.tgz", gz(t, whole[:1024])), "it has no end mark"},
		"cut gz":          {packed(t, "a.tar.gz", cut(gz(t, whole))), "is no whole .gz file"},
		"cut zst":         {packed(t, "a.tar.zst", cut(zst(t, whole))), "is no whole .zst file"},
	} {
		t.Run(name, func(t *testing.T) {
			opened, err := archive.Open(test.path, now)
			if err == nil {
				opened.Close()
				t.Fatal("opened, want an error")
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.path) {
				t.Errorf("got %q, want it to name the archive and say %q", err, test.want)
			}
		})
	}
}

func open(t *testing.T, path string) *archive.Archive {
	t.Helper()
	opened, err := archive.Open(path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return opened
}

// refused wants some snapshot to fail with words that name the reason.
func refused(t *testing.T, path, want string) {
	t.Helper()
	var problems []string
	for _, snapshot := range open(t, path).Snapshots() {
		if _, err := snapshot.Load(); err != nil {
			problems = append(problems, err.Error())
		}
	}
	if all := strings.Join(problems, "\n"); !strings.Contains(all, want) {
		t.Errorf("got %q, want %q", all, want)
	}
}

// folder writes files; a name that ends in a slash is an empty folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		parent := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			parent = path
		}
		if err := os.MkdirAll(parent, 0o700); err != nil {
			t.Fatal(err)
		}
		if parent == path {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func packed(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func tarOf(t *testing.T, prefix string, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: prefix + name, Mode: 0o600, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func gz(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func zst(t *testing.T, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(text), nil))
}

func cut(text string) string { return text[:len(text)-5] }

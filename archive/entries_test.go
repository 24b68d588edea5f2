package archive_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/archive"
	"syncer/catalog"
)

const line = `{"key":"a"}` + "\n"

func entriesPage(text string) []catalog.Page {
	return []catalog.Page{{Number: 1, Parts: []catalog.Part{{MediaType: "jsonl", Body: []byte(text)}}}}
}

// TestEntriesAreSnapshots reads the generic format in all of its places.
func TestEntriesAreSnapshots(t *testing.T) {
	files := map[string]string{
		"2026-01-05T00:00:00Z.jsonl":                 line,
		"2026-01-06T00-00-00Z.jsonl.gz":              gz(t, line+line),
		"2026-01-07T090000+0900.jsonl.zst":           zst(t, `{"key":"b"}`),
		"2026-01-08T00:00:00Z/entries.jsonl":         line,
		"2026-01-09T00:00:00Z/entries.jsonl.gz":      gz(t, line),
		"2026-01-10T00:00:00Z/page-0001.jsonl.zst":   zst(t, line),
		"2026-01-05T09:00:00+09:00/page-0001.jsonl":  line, // the first again
		"2026-01-08T00-00-00Z/page-0001.jsonl.gz":    gz(t, line),
		"2026-01-10T00:00:00.000000Z/entries.jsonl":  line,
		"2026-01-10T01:00:00+01:00/page-0001.jsonl":  line,
		"2026-01-10T05:30:00+05:30/entries.jsonl.gz": gz(t, line),
	}
	want := map[string][]catalog.Page{
		"05": entriesPage(line), "06": entriesPage(line + line), "07": entriesPage(`{"key":"b"}`),
		"08": entriesPage(line), "09": entriesPage(line), "10": entriesPage(line),
	}
	for name, path := range map[string]string{
		"folder":    folder(t, files),
		"tar":       packed(t, "a.tar", tarOf(t, "", files)),
		"tar below": packed(t, "a.tar.gz", gz(t, tarOf(t, "old/prices/", files))),
	} {
		t.Run(name, func(t *testing.T) {
			got := make(map[string][]catalog.Page)
			for _, snapshot := range open(t, path).Snapshots() {
				loaded, err := snapshot.Load()
				if err != nil {
					t.Fatal(err)
				}
				got[snapshot.TakenAt.Format("02")] = loaded
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDoubtfulEntriesAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"empty":         {map[string]string{"2026-01-05T00:00:00Z.jsonl": ""}, "snapshot 2026-01-05T00:00:00Z.jsonl: 2026-01-05T00:00:00Z.jsonl: is empty"},
		"cut":           {map[string]string{"2026-01-05T00:00:00Z.jsonl": line + `{"key":`}, "its last line is no whole JSON value; was it cut short?"},
		"cut gz":        {map[string]string{"2026-01-05T00:00:00Z.jsonl.gz": cut(gz(t, line))}, "is no whole .gz file"},
		"bomb":          {map[string]string{"2026-01-05T00:00:00Z.jsonl.zst": zst(t, string(make([]byte, archive.MaxPartBytes+1)))}, "is larger than 64 MiB"},
		"no moment":     {map[string]string{"prices.jsonl": line}, "snapshot prices.jsonl: name is no RFC 3339 moment"},
		"future":        {map[string]string{"2026-02-01T00:00:01Z.jsonl": line}, "snapshot 2026-02-01T00:00:01Z.jsonl: lies in the future"},
		"year mistyped": {map[string]string{"0206-01-05T00:00:00Z.jsonl": line}, "snapshot 0206-01-05T00:00:00Z.jsonl: lies before 2000-01-01T00:00:00Z: is its year mistyped?"},
		"century":       {map[string]string{"1999-12-31T23:59:59Z/entries.jsonl": line}, "snapshot 1999-12-31T23:59:59Z: lies before 2000-01-01T00:00:00Z"},
		"blank":         {map[string]string{"2026-01-05T00:00:00Z.jsonl": " \n"}, "2026-01-05T00:00:00Z.jsonl: is empty"},
		"other content": {map[string]string{"2026-01-05T00:00:00Z.jsonl": line, "2026-01-05T09:00:00+09:00.jsonl": `{"key":"b"}`}, "snapshot 2026-01-05T00:00:00Z.jsonl: 2026-01-05T09:00:00+09:00.jsonl holds other content for the same moment"},
		"two files":     {map[string]string{day5 + "entries.jsonl": line, day5 + "page-0001.json": "{}"}, "the same page stands twice"},
	} {
		t.Run(name, func(t *testing.T) {
			test.files[good] = `{"a":1}`
			mustSpare(t, folder(t, test.files), test.want)
			mustSpare(t, packed(t, "a.tar", tarOf(t, "", test.files)), test.want)
		})
	}
}

func TestEntriesAreWrittenAndReadBack(t *testing.T) {
	dir := t.TempDir()
	want := content(entriesPage(line), nil)
	if err := archive.Write(dir, want); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, dir).Snapshots()[0].Load()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(entriesPage(line), got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

// TestOptionsTakeOtherMoments wants moments that are refused by default to be taken
// where that is said, and no others.
func TestOptionsTakeOtherMoments(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"1985-01-05T00:00:00Z.jsonl": line, "1995-01-05T00:00:00Z.jsonl": line, "2030-01-05T00:00:00Z.jsonl": line, "2040-01-05T00:00:00Z.jsonl": line})
	year := func(n int) time.Time { return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC) }
	opened, err := archive.Open(dir, year(2026), archive.Since(year(1990)), archive.Until(year(2035)))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	var got []string
	for _, snapshot := range opened.Snapshots() {
		text := snapshot.Name[:4]
		if snapshot.Problem != nil {
			text = snapshot.Problem.Error()
		}
		got = append(got, text)
	}
	want := []string{
		"snapshot 1985-01-05T00:00:00Z.jsonl: lies before 1990-01-01T00:00:00Z: is its year mistyped?", "1995", "2030",
		"snapshot 2040-01-05T00:00:00Z.jsonl: lies after 2035-01-01T00:00:00Z",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("snapshots (-want +got):\n%s", diff)
	}
}

// TestAnEmptyListIsOneEmptyLine wants a list without entries to be said on purpose.
func TestAnEmptyListIsOneEmptyLine(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"\n", "\r\n", "\ufeff\n"} {
		snapshots := open(t, folder(t, map[string]string{"2026-01-05T00:00:00Z.jsonl": text})).Snapshots()
		if len(snapshots) != 1 {
			t.Fatalf("%q: %d snapshots", text, len(snapshots))
		}
		pages, err := snapshots[0].Load()
		if err != nil || len(pages) != 1 || string(pages[0].Parts[0].Body) != text {
			t.Errorf("%q: %v, %v", text, pages, err)
		}
	}
}

// TestAByteOrderMarkIsNoDoubt wants a file of one line that begins with a byte order
// mark to be read as it is.
func TestAByteOrderMarkIsNoDoubt(t *testing.T) {
	t.Parallel()
	snapshots := open(t, folder(t, map[string]string{"2026-01-05T00:00:00Z.jsonl": "\ufeff" + line})).Snapshots()
	if _, err := snapshots[0].Load(); err != nil {
		t.Error(err)
	}
}

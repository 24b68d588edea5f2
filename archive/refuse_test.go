package archive_test

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/archive"
)

// good is a snapshot that must stay usable whatever stands beside it.
const good = "2026-01-20T00:00:00Z/page-0001.json"

// mustSpare wants one refusal with the words, and the good snapshot whole.
func mustSpare(t *testing.T, path, want string) {
	t.Helper()
	refused(t, path, want)
	usable := 0
	for _, snapshot := range open(t, path).Snapshots() {
		_, err := snapshot.Load()
		if snapshot.Name+"/page-0001.json" == good && err == nil {
			usable++
		}
		if err == nil && snapshot.Name+"/page-0001.json" != good {
			t.Errorf("%s can be loaded", snapshot.Name)
		}
	}
	if usable != 1 {
		t.Errorf("the good snapshot cannot be loaded")
	}
}

// TestTarRefusesFilesByNameAndSparesTheRest packs each doubtful file between
// files of a good snapshot, plain and compressed.
func TestTarRefusesFilesByNameAndSparesTheRest(t *testing.T) {
	page := day5 + "page-0001.json"
	for name, test := range map[string]struct {
		files []tar.Header
		want  string
	}{
		"escape":        {[]tar.Header{{Name: "../" + page}}, "snapshot ../2026-01-05T00:00:00Z/page-0001.json: names a path outside of the archive"},
		"inner escape":  {[]tar.Header{{Name: day5 + "../../" + page}}, "names a path outside"},
		"absolute":      {[]tar.Header{{Name: "/" + page}}, "snapshot /2026-01-05T00:00:00Z/page-0001.json: names a path outside"},
		"backslash":     {[]tar.Header{{Name: `..\page-0001.json`}}, "names a path outside"},
		"symbolic link": {[]tar.Header{{Name: page, Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}}, "page-0001.json is a symbolic link"},
		"hard link":     {[]tar.Header{{Name: page, Typeflag: tar.TypeLink, Linkname: good}}, "page-0001.json is a hard link"},
		"device":        {[]tar.Header{{Name: page, Typeflag: tar.TypeChar}}, "page-0001.json is neither a file nor a folder"},
		"fifo":          {[]tar.Header{{Name: page, Typeflag: tar.TypeFifo}}, "page-0001.json is neither a file nor a folder"},
		"nothing in it": {[]tar.Header{{Name: page, Size: -1}}, "page-0001.json: is empty"},
		"twice":         {[]tar.Header{{Name: page}, {Name: page}}, "page-0001.json stands twice"},
		"second place":  {[]tar.Header{{Name: "b/" + page}}, `snapshots stand in two places, "." and "b"`},
		"nested tar":    {[]tar.Header{{Name: day5 + "inner.tar.gz"}}, "inner.tar.gz: name is no page; want one such as page-0001.json or page-0001.2.xml.gz (an archive within the archive is not opened"},
		"tar at top":    {[]tar.Header{{Name: "inner.tar"}}, "snapshot inner.tar: is an archive within the archive"},
		"stray":         {[]tar.Header{{Name: "page-0001.json"}}, "snapshot page-0001.json: stands outside of a snapshot's folder"},
		"no moment":     {[]tar.Header{{Name: "january/page-0001.json"}}, "snapshot january: name is no RFC 3339 moment"},
		"terminal code": {[]tar.Header{{Name: "\x1b[2J/page-0001.json"}}, `snapshot "\x1b[2J": name is no RFC 3339 moment`},
	} {
		t.Run(name, func(t *testing.T) {
			whole := tarAround(t, test.files)
			mustSpare(t, packed(t, "a.tar", whole), test.want)
			mustSpare(t, packed(t, "a.tar.zst", zst(t, whole)), test.want)
			mustSpare(t, packed(t, "a.tgz", gz(t, whole)), test.want)
		})
	}
}

// tarAround packs files after a good snapshot; a size of -1 is an empty file.
func tarAround(t *testing.T, files []tar.Header) string {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, header := range append([]tar.Header{{Name: "./", Typeflag: tar.TypeDir}, {Name: good}}, files...) {
		body := `{"a":1}`
		if header.Size < 0 || header.Typeflag != 0 {
			body = ""
		}
		header.Size, header.Mode = int64(len(body)), 0o600
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestFolderRefusesFilesByNameAndSparesTheRest(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(t *testing.T, dir string)
		want  string
	}{
		"fifo": {func(t *testing.T, dir string) { pipe(t, filepath.Join(dir, day5, "page-0001.json")) }, "page-0001.json is neither a file nor a folder"},
		"fifo at top": {func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, day5))
			pipe(t, filepath.Join(dir, "2026-01-05T00:00:00Z"))
		}, "snapshot 2026-01-05T00:00:00Z: is neither a file nor a folder"},
		"link to entries": {func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, day5))
			if err := os.Symlink("/etc/passwd", filepath.Join(dir, "2026-01-05T00:00:00Z.jsonl")); err != nil {
				t.Fatal(err)
			}
		}, "snapshot 2026-01-05T00:00:00Z.jsonl: is a symbolic link"},
		"tar in the folder": {func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, day5))
			damage(t, filepath.Join(dir, "2025.tar.gz"), "x")
		}, "snapshot 2025.tar.gz: is an archive within the archive"},
		"tar in a snapshot": {func(t *testing.T, dir string) { damage(t, filepath.Join(dir, day5, "a.tar"), "x") }, "a.tar: name is no page"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{day5: "", good: `{"a":1}`})
			test.spoil(t, dir)
			mustSpare(t, dir, test.want)
		})
	}
}

func pipe(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestHiddenNamesAreListed(t *testing.T) {
	files := map[string]string{good: "{}", ".DS_Store": "x", filepath.Dir(good) + "/._page-0001.json": "x"}
	want := []string{".DS_Store", filepath.Dir(good) + "/._page-0001.json"}
	for _, path := range []string{folder(t, files), packed(t, "a.tar", tarOf(t, "", files))} {
		got := open(t, path).Hidden()
		if len(got) == 2 && got[0] > got[1] {
			got[0], got[1] = got[1], got[0] // a tar has the order of its files
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: hidden (-want +got):\n%s", path, diff)
		}
	}
}

func TestMomentsAreSpelledInManyWays(t *testing.T) {
	want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, name := range []string{
		"2026-01-02T03:04:05Z", "2026-01-02T03-04-05Z", "2026-01-02T030405Z", "2026-01-02T12:04:05+09:00",
		"2026-01-02T12-04-05+09-00", "2026-01-02T120405+0900", "2026-01-01T22-04-05-05-00", "2026-01-02T03:04:05.000000Z",
	} {
		snapshots := open(t, folder(t, map[string]string{name + "/page-0001.json": "{}"})).Snapshots()
		if !snapshots[0].TakenAt.Equal(want) || snapshots[0].Problem != nil {
			t.Errorf("%s: got %s, %v", name, snapshots[0].TakenAt, snapshots[0].Problem)
		}
	}
	for _, name := range []string{"2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:0405Z", "2026-01-02T03:04Z", "2026-01-02 03:04:05Z", "1767323045", "2026-01-02T24:00:00Z"} {
		refused(t, folder(t, map[string]string{name + "/page-0001.json": "{}"}), "snapshot "+name+": name is no")
	}
}

// TestThirtyThousandFiles wants an index that is made at once and stays small.
func TestThirtyThousandFiles(t *testing.T) {
	const snapshots, pages = 3000, 10
	files := make(map[string]string, snapshots*pages)
	start := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range snapshots {
		for page := range pages {
			files[fmt.Sprintf("%s/page-%04d.json", start.Add(time.Duration(i)*time.Hour).Format(time.RFC3339), page+1)] = `{"a":1}`
		}
	}
	path := packed(t, "a.tar.gz", gz(t, tarOf(t, "", files)))
	before, begun := heap(), time.Now()
	opened := open(t, path)
	for i, snapshot := range opened.Snapshots() {
		if loaded, err := snapshot.Load(); err != nil || len(loaded) != pages || !snapshot.TakenAt.Equal(start.Add(time.Duration(i)*time.Hour)) {
			t.Fatalf("snapshot %d: %d pages, %v", i, len(loaded), err)
		}
	}
	if took, grown := time.Since(begun), int64(heap())-int64(before); took > time.Minute || grown > 64<<20 {
		t.Errorf("took %s and %d MiB", took, grown>>20)
	}
	if n := len(opened.Snapshots()); n != snapshots {
		t.Errorf("%d snapshots, want %d", n, snapshots)
	}
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// TestTarBombs wants a bomb to be refused by name, without room on the disk:
// one file of zeros, and one that states more than there is.
func TestTarBombs(t *testing.T) {
	zeros := strings.Repeat("\x00", archive.MaxPartBytes+1)
	t.Run("large file", func(t *testing.T) {
		whole := tarOf(t, "", map[string]string{day5 + "page-0001.json": zeros})
		mustSpare(t, packed(t, "a.tar.zst", zst(t, tarAround(t, nil)[:1536]+whole)), "page-0001.json: is larger than 64 MiB")
	})
	t.Run("length that lies", func(t *testing.T) {
		header := []byte(tarAround(t, nil)[512:1024])
		copy(header[124:136], "77777777777\x00") // 8 GiB
		sum(header)
		path := packed(t, "a.tar.gz", gz(t, string(header)))
		if _, err := archive.Open(path, now); err == nil || !strings.Contains(err.Error(), "was it cut short?") {
			t.Errorf("got %v", err)
		}
	})
}

// sum writes a tar header's checksum: the sum of its bytes, the checksum's own
// taken as blanks (POSIX.1-1988, ustar).
func sum(header []byte) {
	copy(header[148:156], "        ")
	var total uint32
	for _, b := range header {
		total += uint32(binary.BigEndian.Uint16([]byte{0, b}))
	}
	copy(header[148:156], fmt.Sprintf("%06o\x00 ", total))
}

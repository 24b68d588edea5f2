package ingest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestEveryNastyCaseHasATest wants each of the forty-six cases to be named by
// its number in a test.
func TestEveryNastyCaseHasATest(t *testing.T) {
	t.Parallel()
	covered := map[int]bool{}
	named := regexp.MustCompile(`(?:cases?|case\n//) (\d+)(?:, (\d+))?(?:, (\d+))?|^\t\t"(\d+) `)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "nasty_all_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(strings.ToLower(string(text)), "nasty") {
			return err
		}
		for line := range strings.Lines(string(text)) {
			for _, found := range named.FindAllStringSubmatch(line, -1) {
				for _, number := range found[1:] {
					if n, err := strconv.Atoi(number); err == nil {
						covered[n] = true
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 46; n++ {
		if !covered[n] {
			t.Errorf("no test names nasty case %d", n)
		}
	}
}

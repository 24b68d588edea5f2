package fetchers_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAddingAProvider follows docs/adding-a-provider.md in a copy of the tree:
// it writes the files that the page shows, adds its lines, and tests the result.
func TestAddingAProvider(t *testing.T) {
	page, err := os.ReadFile("../docs/adding-a-provider.md")
	if err != nil {
		t.Fatal(err)
	}
	tree := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		copyFile(t, filepath.Join("..", name), filepath.Join(tree, name))
	}
	for _, folder := range []string{"catalog", "reach", "snapshot", "fetchers", "simulate"} {
		if err := os.CopyFS(filepath.Join(tree, folder), os.DirFS(filepath.Join("..", folder))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(tree, "simulate", "sdktest")); err != nil { // modules of their own
		t.Fatal(err)
	}
	for _, named := range regexp.MustCompile("`([a-z_./]+/[a-z_-]+\\.(?:go|md))`").FindAllStringSubmatch(string(page), -1) {
		if _, err := os.Stat(filepath.Join("..", named[1])); err != nil && !strings.Contains(named[1], "/kiosk/") {
			t.Errorf("the page names a file that is not there: %v", err)
		}
	}
	steps := stepsOf(t, string(page))
	if len(steps) < 8 {
		t.Fatalf("the page shows %d files", len(steps))
	}
	for _, step := range steps {
		if err := step.apply(tree); err != nil {
			t.Fatalf("%s: %v", step.file, err)
		}
	}
	for _, command := range []string{
		"gofmt -l fetchers/kiosk simulate/kiosk fetchers/fetchers.go simulate/providers.go",
		"go vet ./fetchers ./fetchers/kiosk ./simulate ./simulate/kiosk",
		"go test ./fetchers/kiosk ./simulate/kiosk",
		"go test -run=^(TestAll|TestEveryListOfTheSimulation)$ ./fetchers",
	} {
		run(t, tree, command)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// run wants a command to succeed and, if it is gofmt, to find nothing. Paths are
// trimmed, so that what one copy compiled serves the next.
func run(t *testing.T, dir, line string) {
	t.Helper()
	words := strings.Fields(line)
	command := exec.CommandContext(t.Context(), words[0], words[1:]...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod -trimpath", "GOWORK=off", "GOPROXY=off")
	out, err := command.CombinedOutput()
	if err != nil || words[0] == "gofmt" && len(out) > 0 {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
}

// step is a block of the page: a file's content, or lines to add to one.
type step struct {
	file, kind, block string
}

// stepsOf reads the page: a line that is nothing but a file name in backquotes
// names the file of the blocks that follow, until the next heading.
func stepsOf(t *testing.T, page string) []step {
	t.Helper()
	var steps []step
	file, kind, block, inside := "", "", "", false
	for line := range strings.Lines(page) {
		switch {
		case strings.HasPrefix(line, "```") && inside:
			inside = false
			if file != "" {
				steps = append(steps, step{file, kind, block})
			}
		case strings.HasPrefix(line, "```"):
			inside, kind, block = true, strings.TrimSpace(line[3:]), ""
		case inside:
			block += line
		case strings.HasPrefix(line, "#"):
			file = ""
		default:
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), "`"); ok && strings.HasSuffix(name, "`") && strings.Contains(name, "/") && !strings.Contains(name, " ") {
				file = strings.TrimSuffix(name, "`")
			}
		}
	}
	if inside {
		t.Fatal("the page ends in a block")
	}
	return steps
}

func (s step) apply(tree string) error {
	path := filepath.Join(tree, filepath.FromSlash(s.file))
	if s.kind != "diff" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(s.block), 0o600)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	changed, err := patched(string(content), s.block)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(changed), 0o600)
}

// patched adds the lines marked + after the line before them, or at the end
// where there is none.
func patched(content, diff string) (string, error) {
	anchor, added := "", ""
	for line := range strings.Lines(diff) {
		if text, ok := strings.CutPrefix(line, "+"); ok {
			added += text
		} else {
			anchor = strings.TrimPrefix(line, " ")
		}
	}
	if anchor == "" {
		return content + added, nil
	}
	if strings.Count(content, anchor) != 1 {
		return "", fmt.Errorf("want the line %q once, it is there %d times", anchor, strings.Count(content, anchor))
	}
	return strings.Replace(content, anchor, anchor+added, 1), nil
}

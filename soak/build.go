package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// build compiles the program of a tree, without what only a debugger reads.
func build(ctx context.Context, tree, binary string, flags ...string) error {
	args := append([]string{"build", "-ldflags=-s -w", "-o", binary}, flags...)
	command := exec.CommandContext(ctx, "go", append(args, "./cmd/syncer")...)
	command.Dir = tree
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build syncer: %w\n%s", err, out)
	}
	return nil
}

// buildBroken compiles a copy of a tree with a flaw in it. The copy lies over
// the tree (go build -overlay); the tree stays as it is.
func buildBroken(ctx context.Context, tree, binary string, edits []edit) error {
	tree, err := filepath.Abs(tree) // go build heeds no other path in an overlay
	if err != nil {
		return err
	}
	files := map[string]string{}
	for _, e := range edits {
		path := filepath.Join(tree, e.file)
		if files[path] == "" {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files[path] = string(text)
		}
		if strings.Count(files[path], e.from) != 1 {
			return fmt.Errorf("%s no longer holds %q once: the flaw has to be written anew", e.file, e.from)
		}
		files[path] = strings.Replace(files[path], e.from, e.to, 1)
	}
	return buildOver(ctx, tree, binary, files)
}

// buildOver compiles a tree with other texts in place of some files.
func buildOver(ctx context.Context, tree, binary string, files map[string]string) error {
	dir, err := os.MkdirTemp("", "soak-overlay-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for path, text := range files {
		copied := filepath.Join(dir, fmt.Sprintf("%d.go", len(overlay.Replace)))
		if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
			return err
		}
		overlay.Replace[path] = copied
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, list, 0o600); err != nil {
		return err
	}
	return build(ctx, tree, binary, "-overlay", path)
}

// buildStepping compiles the program with a clock that is four minutes fast,
// four minutes slow and right, in turn: no moment of history may come from it.
// (Five minutes are what the provider bears in a signature.)
func buildStepping(ctx context.Context, tree, binary string) error {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("find Go's own sources: %w", err)
	}
	path := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	const reads = "	sec, nsec, mono := runtimeNow()\n	if mono == 0 {"
	const steps = "	sec, nsec, mono := runtimeNow()\n	soakSteps++\n	sec += [...]int64{240, -240, 0}[soakSteps%3]\n	if mono == 0 {"
	if strings.Count(string(text), reads) != 1 {
		return fmt.Errorf("%s no longer reads the clock as expected", path)
	}
	return buildOver(ctx, tree, binary, map[string]string{
		path: strings.Replace(string(text), reads, steps, 1) + "\nvar soakSteps uint\n",
	})
}

func sameFiles(a, b string) (bool, error) {
	x, err := os.ReadFile(a)
	if err != nil {
		return false, err
	}
	y, err := os.ReadFile(b)
	return bytes.Equal(x, y), err
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

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

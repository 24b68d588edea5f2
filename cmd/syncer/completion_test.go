package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/cmd/syncer/completion"
)

// completed is what may follow the words, without meanings.
func completed(t *testing.T, words ...string) string {
	t.Helper()
	code, stdout, stderr := command(t, "", append([]string{"complete", "--"}, words...)...)
	if code != exitOK || stderr != "" {
		t.Fatalf("%v: %d %s", words, code, stderr)
	}
	var names []string
	for line := range strings.Lines(stdout) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestCompletion(t *testing.T) {
	endpoint := simulated(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: , flavors: }`)
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte("nonsense: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		words []string
		want  string
	}{
		{[]string{"st"}, "status"},
		{[]string{"compl"}, "completion"}, // and nothing that is hidden
		{[]string{"migrate", ""}, "up status down"},
		{[]string{"migrate", "status", "--j"}, "--json"},
		{[]string{"completion", ""}, "bash zsh fish"},
		{[]string{"init", "z"}, "zstack"},
		{[]string{"-c", path, "sync", "iw"}, "iwinv iwinv/flavors iwinv/zones"},
		{[]string{"--config=" + path, "sync", "iwinv/zones", "iwinv/f"}, "iwinv/flavors"},
		{[]string{"--config", "=", path, "history", ""}, "iwinv/flavors iwinv/zones"},
		{[]string{"history", "-c", path, "iwinv/zones", ""}, ""},
		{[]string{"sync", "--config", path, "--", "-"}, ""},
		{[]string{"-c", broken, "sync", ""}, ""},
		{[]string{"-c", "none.yaml", "sync", ""}, ""},
		{[]string{"-c", path, "archive", ""}, "iwinv/flavors iwinv/zones"},
		{[]string{"-c", path, "archive", "iwinv/zones", ""}, completion.Files},
		{[]string{"--config", ""}, completion.Files},
		{[]string{"export", "--format", ""}, "csv xlsx"},
		{[]string{"export", "--format=x"}, "--format=xlsx"},
		{[]string{"export", "--format", "=", "x"}, "xlsx"},
		{[]string{"export", "--format", "="}, "csv xlsx"},
		{[]string{"serve", "--mi"}, "--migrate"},
		{[]string{"serve", "--log-format", "text", "--gr"}, "--grace"},
		{[]string{"nonsense", "--x"}, ""},
	} {
		if diff := cmp.Diff(test.want, completed(t, test.words...)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.words, diff)
		}
	}
}

// TestShellsComplete lets the shells run the scripts that completion prints:
// bash always, the others where they are there.
func TestShellsComplete(t *testing.T) {
	endpoint := simulated(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: , flavors: }`)
	dir := t.TempDir()
	for _, name := range []string{"a file.yaml", "another.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const bash = `source <(syncer completion bash)
		complete -p syncer >/dev/null || exit 1
		ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _syncer syncer; printf '%s,' "${COMPREPLY[@]}"; echo; }
		ask syncer sta; ask syncer sync -c "$CONFIG" iwinv/; ask syncer export --format = x; ask syncer --config a`
	for shell, test := range map[string]struct{ script, want string }{
		"bash": {bash, "status,\niwinv/flavors,iwinv/zones,\nxlsx,\na file.yaml,another.yaml,\n"},
		"fish": {`syncer completion fish | source
			for line in "syncer sta" "syncer sync -c $CONFIG iwinv/" "syncer export --format=x"; complete -C $line | string replace -r '\t.*' ,; end; true`, "status,\niwinv/flavors\niwinv/zones\n--format=xlsx\n"},
		"zsh": {`syncer completion zsh > _syncer && zsh -n _syncer && compdef() { echo "$@" } && source ./_syncer
			_describe() { print -rl -- "${(@P)2}" }; _files() { echo files }
			ask() { words=("$@"); CURRENT=$#; _syncer }
			ask syncer sta; ask syncer sync -c "$CONFIG" iwinv/; ask syncer export --format=x; ask syncer --config a`,
			"_syncer syncer\nstatus:Show how far each list can be trusted now.\niwinv/flavors\niwinv/zones\n--format=xlsx\nfiles\n"},
	} {
		if _, err := exec.LookPath(shell); err != nil && shell != "bash" {
			t.Logf("no %s here", shell)
			continue
		}
		process := exec.Command(shell, "-c", test.script)
		process.Dir, process.Env = dir, append(os.Environ(), "CONFIG="+path, "HOME="+dir)
		out, err := process.CombinedOutput()
		if diff := cmp.Diff(test.want, string(out)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", shell, err, diff)
		}
	}
}

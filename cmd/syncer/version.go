package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"syncer/store/schema"
)

// version and commit are written by the linker (-X, see Makefile and
// deploy/Dockerfile), which knows variables of a package only; nothing else
// writes them.
var (
	version = "devel"
	commit  string
)

// built is which program this is.
type built struct {
	Version, Commit, Go string
	Schema              int64 // the newest step that it knows
}

func build() built {
	schema, err := schema.Newest()
	if err != nil { // the steps are a part of the program
		schema = 0
	}
	return built{Version: version, Commit: cmp.Or(commit, revision(), "unknown"), Go: runtime.Version(), Schema: schema}
}

// revision is what go build noted of the commit; "" where it found none.
func revision() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	noted := map[string]string{}
	for _, setting := range info.Settings {
		noted[setting.Key] = setting.Value
	}
	short := noted["vcs.revision"]
	short = short[:min(len(short), 12)]
	if noted["vcs.modified"] == "true" {
		short += "-dirty"
	}
	return short
}

// String is the line that --version prints.
func (b built) String() string {
	return fmt.Sprintf("syncer %s (commit %s, %s, schema %d)", b.Version, b.Commit, b.Go, b.Schema)
}

// attrs are the same for a log.
func (b built) attrs() []any {
	return []any{slog.String("version", b.Version), slog.String("commit", b.Commit), slog.String("go", b.Go), slog.Int64("schema", b.Schema)}
}

// versionFlag is --version, which needs no command.
type versionFlag bool

// BeforeReset prints the version and ends, as --help does.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	if _, err := fmt.Fprintln(app.Stdout, build()); err != nil {
		return err
	}
	app.Exit(exitOK)
	return nil
}

// versionCommand is `syncer version`, which many type first.
type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(s *session) error {
	_, err := fmt.Fprintln(s.Stdout, build())
	return err
}

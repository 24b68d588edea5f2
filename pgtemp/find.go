package pgtemp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// MinMajor is the oldest major version that the schema works on (UNIQUE NULLS
// NOT DISTINCT came with 15).
const MinMajor = 15

// ErrNoServer means that the machine has no Postgres server to run.
var ErrNoServer = errors.New("no PostgreSQL server (15 or newer) on this machine: install one (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), or name its bin folder in SYNCER_PG_BIN, or give DATABASE_URL")

// ErrDataVersion means that the data was written by a major version that is
// not on this machine.
var ErrDataVersion = errors.New("data of another PostgreSQL version")

// ErrNoTimeZones means that the server takes time zones from the machine, as Debian
// builds it, and that there are none.
var ErrNoTimeZones = errors.New("this PostgreSQL takes time zones from the machine, and there are none: install them (Debian, Ubuntu: apt-get install tzdata)")

// FindServer returns the bin folder of the server that Start would run: binDir when
// it is given, else the first with postgres and initdb of pg_config, PATH,
// Debian's and Red Hat's folders (newest first), Homebrew and Postgres.app.
func FindServer(ctx context.Context, binDir string) (string, error) {
	return findServer(ctx, binDir, "")
}

// findServer takes only a server of the major version that wrote the data, if
// there is data.
func findServer(ctx context.Context, binDir, dataVersion string) (string, error) {
	found := map[string]string{}
	for _, bin := range candidates(ctx, binDir) {
		major := Major(ctx, bin)
		if major < MinMajor {
			continue
		}
		if dataVersion == "" || strconv.Itoa(major) == dataVersion {
			return bin, nil
		}
		found[strconv.Itoa(major)] = bin
	}
	if len(found) > 0 {
		return "", fmt.Errorf("%w: it was written by %s, and here is %s: install PostgreSQL %[2]s or name its bin folder in SYNCER_PG_BIN; to move to a newer one, use pg_upgrade, or pg_dump from the old and restore into a new folder, or load a mirror into a new folder with syncer backfill", ErrDataVersion, dataVersion, describe(found))
	}
	if binDir != "" {
		return "", fmt.Errorf("%s has no postgres and initdb of version %d or newer: %w", binDir, MinMajor, ErrNoServer)
	}
	return "", ErrNoServer
}

func describe(found map[string]string) string {
	var texts []string
	for major, bin := range found {
		texts = append(texts, major+" ("+bin+")")
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

func candidates(ctx context.Context, binDir string) []string {
	if binDir != "" {
		return []string{binDir}
	}
	var bins []string
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		bins = append(bins, strings.TrimSpace(string(out)))
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		bins = append(bins, filepath.Dir(path))
	}
	return append(bins, installed()...)
}

func installed() []string {
	var bins []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		matches, _ := filepath.Glob(pattern) // fails on a bad pattern only
		slices.Reverse(matches)              // two digits each: newest first
		bins = append(bins, matches...)
	}
	return bins
}

// Major returns the major version of the server in a bin folder; 0 when the
// folder does not hold a whole server: Debian's client packages have the folder,
// too.
func Major(ctx context.Context, bin string) int {
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return 0
	}
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output() //nolint:gosec // the operator's own choice of program
	if err != nil {
		return 0
	}
	return parseMajor(string(out))
}

// parseMajor reads "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)".
func parseMajor(text string) int {
	_, version, _ := strings.Cut(text, "(PostgreSQL) ")
	digits := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if digits < 0 {
		digits = len(version)
	}
	major, _ := strconv.Atoi(version[:digits]) // no digits: 0
	return major
}

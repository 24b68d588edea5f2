package store

import (
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// errAddress does not quote the address, for it may hold a password.
var errAddress = errors.New("database url: cannot be read (it is not shown, for it may hold a password)")

// errPasswordInHost is an address whose password holds an @: what follows it
// was taken for the host, which errors of connecting would show.
var errPasswordInHost = errors.New("database url: the host holds an @; write each @ of the user and the password as %40 (the url is not shown, for it may hold a password)")

// checkHosts looks at every host of a parsed address. An @ at the beginning is
// an abstract socket.
func checkHosts(config pgconn.Config) error {
	hosts := []string{config.Host}
	for _, other := range config.Fallbacks {
		hosts = append(hosts, other.Host)
	}
	for _, host := range hosts {
		if strings.LastIndexByte(host, '@') > 0 && !strings.HasPrefix(host, "/") {
			return errPasswordInHost
		}
	}
	return nil
}

// unreachedError is a database that cannot be reached. pgx tries each address with
// and without TLS, and tells the same of both: each line is said once.
type unreachedError struct{ err error }

// Error is each line that tells something new.
func (e unreachedError) Error() string {
	var lines []string
	for line := range strings.Lines(e.err.Error()) {
		if line = strings.TrimRight(line, "\n"); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the error with all lines.
func (e unreachedError) Unwrap() error { return e.err }

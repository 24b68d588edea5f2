package postgres

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// errAddress does not quote the address, for it may hold a password.
var errAddress = errors.New("database url: cannot be read (it is not shown, for it may hold a password)")

// errPasswordInHost is an address whose password holds an @: what follows it
// was taken for the host, which errors of connecting would show.
var errPasswordInHost = errors.New("database url: the host holds an @; write each @ of the user and the password as %40 (the url is not shown, for it may hold a password)")

// ParseAddress reads the address of a database, a URL or words such as
// host=... dbname=..., for a connection that is no pool's. The address is never
// part of an error.
func ParseAddress(database string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(database)
	if err != nil {
		return nil, errAddress
	}
	setSession(&config.Config)
	return config, checkHosts(config.Config)
}

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

// ExecModes are the ways in which statements can be sent, by their names in
// pgx (https://pkg.go.dev/github.com/jackc/pgx/v5#QueryExecMode), the default
// first. It prepares statements on the connection, which a pooler that hands
// connections on between transactions (pgbouncer in transaction mode) does
// not bear; the others work there, exec and describe_exec at the least cost.
func ExecModes() []string {
	return []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"}
}

// execModeParameter is what pgx reads from an address.
const execModeParameter = "default_query_exec_mode"

// WithExecMode puts a mode of ExecModes into a database's address, be it a URL
// or words such as host=... dbname=...; "" leaves the address alone. The
// address is never part of an error.
func WithExecMode(database, mode string) (string, error) {
	switch {
	case mode == "":
		return database, nil
	case !slices.Contains(ExecModes(), mode):
		return "", errors.New("exec_mode: want one of " + strings.Join(ExecModes(), ", ") + ", got " + mode)
	case !strings.Contains(database, "://"):
		return database + " " + execModeParameter + "=" + mode, nil
	}
	address, err := url.Parse(database)
	if err != nil {
		return "", errAddress
	}
	query := address.Query()
	query.Set(execModeParameter, mode)
	address.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // pgx, like libpq, takes a + for itself
	return address.String(), nil
}

package store

import (
	"errors"
	"net/url"
	"slices"
	"strings"
)

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
	address.RawQuery = query.Encode()
	return address.String(), nil
}

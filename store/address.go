package store

import (
	"errors"
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

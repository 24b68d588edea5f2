package postgres_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/postgres"
)

func TestAwayIsWhatWaitingMayHelp(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close() // nobody answers there now
	_, err = store.Open(t.Context(), "postgres://nobody@"+listener.Addr().String()+"/nothing?sslmode=disable")
	if !postgres.Away(err) {
		t.Errorf("nobody answers: %v is not away", err)
	}
	at, err := url.Parse(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	at.Path = "/no_such_database"
	if _, err := store.Open(t.Context(), at.String()); err == nil || postgres.Away(err) {
		t.Errorf("no such database: %v is away", err)
	}
}

// TestRefusalsThatPass goes through the SQLSTATEs of a server that answers and
// cannot be worked with for now, and through some of what stays wrong.
func TestRefusalsThatPass(t *testing.T) {
	t.Parallel()
	for code, away := range map[string]bool{
		"25006": true,                               // takes no writes
		"53300": true,                               // no room for another connection
		"57P01": true, "57P02": true, "57P03": true, // stops, crashed, starts
		"08006": true, "08P01": true, // a pooler's word for a server that it cannot reach
		"23505": false, "42P01": false, "42501": false, "53100": false, "22021": false,
	} {
		if err := fmt.Errorf("write: %w", &pgconn.PgError{Code: code}); postgres.Away(err) != away {
			t.Errorf("%s: away is %t", code, !away)
		}
	}
	if !postgres.Away(fmt.Errorf("ask: %w", postgres.ErrReadOnly)) || postgres.Away(errors.New("else")) || postgres.Away(nil) {
		t.Error("read-only is not away, or anything is")
	}
}

// TestRefusedLoginIsAway logs in as a role that may not, which is no mistake of a
// daemon that could a minute ago.
func TestRefusedLoginIsAway(t *testing.T) {
	t.Parallel()
	at, err := url.Parse(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	query := at.Query()
	query.Set("user", "no_such_role")
	at.User, at.RawQuery = nil, query.Encode()
	_, err = store.Open(t.Context(), at.String())
	if code := postgres.Code(err); code != "28000" || !postgres.Away(err) || postgres.Unanswered(err) {
		t.Errorf("code %q, away %t, unanswered %t: %v", code, postgres.Away(err), postgres.Unanswered(err), err)
	}
}

// TestReadOnlySessionIsNotKept wants a pool to write again as soon as the database
// takes writes, though sessions that began before stay read-only.
func TestReadOnlySessionIsNotKept(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	alter := func(setting string) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), database)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		if _, err := conn.Exec(t.Context(), "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I "+setting+"', current_database()); END $$"); err != nil {
			t.Fatal(err)
		}
	}
	alter("SET default_transaction_read_only = on")
	opened, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	for range 3 {
		if err := opened.Ready(t.Context()); !errors.Is(err, postgres.ErrReadOnly) {
			t.Errorf("a read-only database is ready: %v", err)
		}
	}
	alter("RESET default_transaction_read_only")
	if err := opened.Ready(t.Context()); err != nil {
		t.Errorf("a session from before is asked: %v", err)
	}
}

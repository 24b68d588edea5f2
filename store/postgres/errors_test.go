package postgres_test

import (
	"net"
	"net/url"
	"testing"

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

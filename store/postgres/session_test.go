package postgres_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"syncer/pgtemp/pgtest"
	"syncer/store/postgres"
	"syncer/store/schema"
)

// TestSessionsInheritNothing gives the database settings that change what texts
// and times mean, and wants a migration and a connection of ours to be as ever.
func TestSessionsInheritNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.EmptyURL(t)
	operator, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = operator.Close(t.Context()) }()
	settings := []string{
		"client_encoding = ''LATIN1''", "standard_conforming_strings = off", "timezone = ''Asia/Seoul''", "datestyle = ''SQL, DMY''",
		"bytea_output = ''escape''", "extra_float_digits = -15", "search_path = other, public",
	}
	for _, setting := range settings {
		alter(t, operator, setting)
	}
	if _, err := operator.Exec(t.Context(), "CREATE SCHEMA other; CREATE TABLE other.lists (id int)"); err != nil {
		t.Fatal(err)
	}
	if _, err := schema.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	pool, err := postgres.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	const name = `서울 \ "1"`
	var text, moment string
	var length int
	err = pool.QueryRow(t.Context(), "SELECT $1::text, length($1::text), '2026-01-05T00:00:00Z'::timestamptz::text", pgx.QueryExecModeSimpleProtocol, name).Scan(&text, &length, &moment)
	if err != nil || text != name || length != len([]rune(name)) || moment != "2026-01-05 00:00:00+00" {
		t.Errorf("got %q of %d letters, %q, %v", text, length, moment, err)
	}
	var bytes []byte
	var third float64
	var list string
	err = pool.QueryRow(t.Context(), "SELECT '\\x00ff'::bytea, 1.0::float8 / 3, 'lists'::regclass::oid::regclass::text || ' ' || (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = 'lists'::regclass)",
		pgx.QueryExecModeSimpleProtocol).Scan(&bytes, &third, &list)
	if err != nil || string(bytes) != "\x00\xff" || third != 1.0/3 || list != "lists public" {
		t.Errorf("got bytes %q, a third of %v, %s, %v", bytes, third, list, err)
	}
}

// alter gives a setting to all sessions of a database to come.
func alter(t *testing.T, operator *pgx.Conn, setting string) {
	t.Helper()
	if _, err := operator.Exec(t.Context(), "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "+setting+"', current_database()); END $$"); err != nil {
		t.Fatal(err)
	}
}

// TestBehindAPoolerNothingIsSet wants a session that a pooler may give to others to
// stay as it is, and to be refused where it would mean something else.
func TestBehindAPoolerNothingIsSet(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{
		"extra_float_digits = -15":                 "",
		"search_path = ''$user'', ''public''":      "",
		"search_path = other, public":              "search_path is other, public, and does not begin with public; behind a pooler",
		"bytea_output = ''escape''":                "bytea_output is not hex; behind a pooler",
		"idle_in_transaction_session_timeout = 99": "", // anything else
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			url := pgtest.EmptyURL(t)
			operator, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = operator.Close(t.Context()) }()
			if _, err := operator.Exec(t.Context(), "CREATE SCHEMA other"); err != nil {
				t.Fatal(err)
			}
			alter(t, operator, setting)
			pool, err := postgres.Connect(t.Context(), pooled(t, url))
			switch {
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("got error %v, want %q", err, want)
			case want == "" && err != nil:
				t.Error(err)
			}
			if err != nil {
				return
			}
			defer pool.Close()
			var changed int
			err = pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_settings WHERE name IN ('search_path', 'extra_float_digits', 'bytea_output') AND source = 'session'").Scan(&changed)
			if err != nil || changed != 0 {
				t.Errorf("%d settings of the session are changed, %v", changed, err)
			}
		})
	}
}

// pooled is the address of a relay that, as a pooler does, tells clients another
// number than that of the server's process.
func pooled(t *testing.T, address string) string {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			network, server := pgconn.NetworkAddress(config.Host, config.Port)
			upstream, err := net.Dial(network, server)
			if err != nil {
				_ = client.Close()
				return
			}
			go func() { _, _ = io.Copy(upstream, client); _ = upstream.Close() }()
			go func() { relay(client, upstream); _ = client.Close() }()
		}
	}()
	port := listener.Addr().(*net.TCPAddr).Port
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", config.User, config.Password, port, config.Database)
}

// relay copies messages of the server, and adds one to the number of its process.
func relay(client io.Writer, server io.Reader) {
	header := make([]byte, 5)
	for {
		if _, err := io.ReadFull(server, header); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(header[1:])-4)
		if _, err := io.ReadFull(server, body); err != nil {
			return
		}
		if header[0] == 'K' {
			binary.BigEndian.PutUint32(body, binary.BigEndian.Uint32(body)+1)
		}
		if _, err := client.Write(append(header, body...)); err != nil {
			return
		}
	}
}

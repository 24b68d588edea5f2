package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/simulate"
)

// file is a file beside the configuration.
type file struct{ name, text string }

// testDaemon is a daemon whose loops do not run, on a database and a simulated
// iwinv; more are the lines of its configuration after the credentials.
func testDaemon(t *testing.T, database string, now func() time.Time, more string, secrets ...file) *daemon {
	t.Helper()
	simulation, err := simulate.New(simulate.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { simulation.Close() })
	endpoint, dir := simulation.Endpoints()[0], t.TempDir()
	for field, secret := range endpoint.Credentials {
		secrets = append(secrets, file{field, secret})
	}
	for _, secret := range secrets {
		if err := os.WriteFile(filepath.Join(dir, secret.name), []byte(secret.text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "syncer.yaml")
	text := fmt.Sprintf("sources:\n  iwinv:\n    base_url: %s\n    credentials: { access_key_file: access_key, secret_key_file: secret_key }\n%s\n", endpoint.BaseURL, more)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"DATABASE_URL": database}
	lookup := func(name string) (string, bool) { value, found := values[name]; return value, found }
	iwinv := config.Provider{Name: "iwinv", Lists: []string{"flavors", "zones"}, Credentials: [][]string{{"access_key", "secret_key"}}}
	d, err := newDaemon(t.Context(), Options{
		Load:   func() (*config.Config, error) { return config.Load(path, []config.Provider{iwinv}, lookup) },
		Lookup: lookup, Now: now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := d.configured()
	if err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.Open(t.Context(), loaded, d.environment())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	d.pipeline = p
	d.monitor.Use(d.view(p))
	return d
}

// scan returns the one value that a query returns.
func scan[T any](t *testing.T, database, query string, args ...any) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var value T
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// must runs a statement.
func must(t *testing.T, database, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

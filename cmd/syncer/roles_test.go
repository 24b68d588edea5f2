package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
)

// rolesOf makes the four roles in the test's database, with a password each,
// and returns the addresses by which they log in. Roles belong to the cluster:
// they bear the name of the database and go with the test.
func rolesOf(t *testing.T, database string) (prefix string, as func(role string) string) {
	t.Helper()
	prefix = "r_" + scan[string](t, database, "SELECT current_database()")
	code, stdout, stderr := command(t, database, "roles", "--apply", "--prefix", prefix, "-c", emptyConfig(t))
	if code != exitOK || stderr != "" {
		t.Fatalf("roles --apply: %d\n%s%s", code, stdout, stderr)
	}
	t.Cleanup(func() { dropRoles(t, database, prefix) })
	for _, role := range []string{"owner", "writer", "reader", "contract_reader"} {
		must(t, database, fmt.Sprintf("ALTER ROLE %s_%s PASSWORD 'secret'", prefix, role))
	}
	return prefix, func(role string) string {
		at, err := url.Parse(database)
		if err != nil {
			t.Fatal(err)
		}
		query := at.Query() // what stands there goes before user:password@
		query.Set("user", prefix+"_"+role)
		query.Set("password", "secret")
		at.User, at.RawQuery = nil, query.Encode()
		return at.String()
	}
}

func dropRoles(t *testing.T, database, prefix string) {
	conn, err := pgx.Connect(context.Background(), database)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close(context.Background())
	var me string
	if err := conn.QueryRow(context.Background(), "SELECT quote_ident(current_user)").Scan(&me); err != nil {
		t.Error(err)
	}
	for _, role := range []string{"owner", "writer", "reader", "contract_reader"} {
		name := prefix + "_" + role
		for _, sql := range []string{"REASSIGN OWNED BY " + name + " TO " + me, "DROP OWNED BY " + name, "DROP ROLE " + name} {
			if _, err := conn.Exec(context.Background(), sql); err != nil {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
}

func must(t *testing.T, database, sql string) {
	t.Helper()
	if err := attempt(t, database, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func attempt(t *testing.T, database, sql string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	_, err = conn.Exec(t.Context(), sql)
	return err
}

func emptyConfig(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "syncer.yaml")
	if err := os.WriteFile(path, []byte("sources: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRolesAreAppliedAgainByTheOwner wants a second time to change nothing and
// to need no superuser.
func TestRolesAreAppliedAgainByTheOwner(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	prefix, as := rolesOf(t, database)
	const rights = `SELECT string_agg(concat_ws(' ', relname, relowner::regrole, acl), E'\n' ORDER BY relname, acl::text)
		FROM pg_class LEFT JOIN LATERAL unnest(relacl) acl ON true WHERE relnamespace IN ('public'::regnamespace, 'bi'::regnamespace)`
	before := scan[string](t, database, rights)
	code, stdout, stderr := command(t, as("owner"), "roles", "--apply", "--prefix", prefix, "-c", emptyConfig(t))
	if code != exitOK || !strings.Contains(stderr, "the rights on the database and the settings of readers stay as they are") {
		t.Fatalf("as the owner: %d\n%s%s", code, stdout, stderr)
	}
	if diff := cmp.Diff(before, scan[string](t, database, rights)); diff != "" {
		t.Errorf("rights changed when applied again:\n%s", diff)
	}
}

// TestRolesBeforeTheFirstMigration lets the owner migrate an empty database.
func TestRolesBeforeTheFirstMigration(t *testing.T) {
	t.Parallel()
	database := pgtest.EmptyURL(t)
	prefix, as := rolesOf(t, database)
	path := emptyConfig(t)
	if user := scan[string](t, as("owner"), "SELECT current_user"); user != prefix+"_owner" {
		t.Fatalf("logged in as %s", user)
	}
	for _, step := range [][]string{{"migrate", "-c", path}, {"roles", "--apply", "--prefix", prefix, "-c", path}} {
		if code, stdout, stderr := command(t, as("owner"), step...); code != exitOK {
			t.Fatalf("%s: %d\n%s%s", step[0], code, stdout, stderr)
		}
	}
	others := scan[string](t, database, fmt.Sprintf(`SELECT coalesce(string_agg(relname, ' '), '') FROM pg_class
		WHERE relnamespace IN ('public'::regnamespace, 'bi'::regnamespace) AND relkind IN ('r', 'v', 'S') AND relowner <> '%s_owner'::regrole`, prefix))
	if others != "" {
		t.Errorf("not the owner's: %s", others)
	}
	if err := attempt(t, as("writer"), "SELECT FROM runs"); err != nil {
		t.Error(err)
	}
}

func TestRolesPrintedNeedNothing(t *testing.T) {
	code, stdout, _ := command(t, "", "roles", "-c", "/nowhere")
	if code != exitOK || !strings.Contains(stdout, "GRANT SELECT, INSERT, UPDATE (valid_to, superseded_by) ON public.price_history TO syncer_writer;") {
		t.Errorf("%d:\n%s", code, stdout)
	}
	if code, _, stderr := command(t, "", "roles", "--prefix", "x; DROP"); code != exitUsage || !strings.Contains(stderr, "want lower case letters") {
		t.Errorf("a bad prefix: %d\n%s", code, stderr)
	}
}

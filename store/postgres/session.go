package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// setSession makes each connection one in which texts, times and names mean what
// they mean to syncer, since a database or a role may have other settings. Four of
// them are parameters that a pooler takes from a client and follows; it refuses all
// others, which are set by a statement.
func setSession(config *pgconn.Config) {
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["datestyle"] = "ISO, YMD"
	config.RuntimeParams["client_encoding"] = "UTF8"
	config.RuntimeParams["standard_conforming_strings"] = "on"
	config.AfterConnect = ownSession
}

// ownSession sets the rest in one round trip, where the connection is the session's
// own. A pooler answers with a number of its own for the process, and may give each
// transaction to another session: what is set there reaches some transactions of ours
// and, since it stays, some of others. So nothing is set, and what the session
// inherits has to do: names that are found in public first, and bytes in the form
// that is read back. (No query of syncer's reads a float, whose digits nobody but
// the reader of a text would miss.)
func ownSession(ctx context.Context, conn *pgconn.PgConn) error {
	own := "pg_backend_pid() = " + strconv.FormatUint(uint64(conn.PID()), 10)
	set := func(name, value string) string {
		return "CASE WHEN " + own + " THEN set_config('" + name + "', '" + value + "', false) ELSE current_setting('" + name + "') END"
	}
	results, err := conn.Exec(ctx, "SELECT "+set("search_path", "public, pg_temp")+", "+set("extra_float_digits", "1")+", "+set("bytea_output", "hex")+
		"; SELECT current_setting('bytea_output') = 'hex', coalesce((current_schemas(false))[1] = 'public', false), current_setting('search_path'), "+own).ReadAll()
	if err != nil {
		return fmt.Errorf("set the session: %w", err)
	}
	found := results[1].Rows[0]
	const remedy = "behind a pooler no session can be given another: set it for the role (ALTER ROLE ... SET) or the database"
	switch {
	case string(found[3]) == "t":
		return nil
	case string(found[0]) != "t":
		return fmt.Errorf("bytea_output is not hex; %s", remedy)
	case string(found[1]) != "t":
		return fmt.Errorf("search_path is %s, and does not begin with public; %s", found[2], remedy)
	}
	return nil
}

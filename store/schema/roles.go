package schema

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"syncer/store/postgres"
)

// Roles are the names of the four roles of a database.
type Roles struct {
	Owner          string // owns the schema and migrates it
	Writer         string // the daemon
	Reader         string // analysts
	ContractReader string // analysts who may see contracts
}

var rolePrefix = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// RolesNamed are the roles whose names begin with a prefix and an underscore.
// Prefixes are lower case, so that no name needs quoting.
func RolesNamed(prefix string) (Roles, error) {
	if !rolePrefix.MatchString(prefix) {
		return Roles{}, fmt.Errorf("prefix %q: want lower case letters, digits and underscores, a letter first", prefix)
	}
	return Roles{prefix + "_owner", prefix + "_writer", prefix + "_reader", prefix + "_contract_reader"}, nil
}

//go:embed roles.sql.tmpl
var rolesText string

var rolesTemplate = template.Must(template.New("roles").Parse(rolesText))

type grantedTable struct{ Table, Grant string }

// SQL makes the roles, gives the schema to its owner and grants the others what
// they need; without a schema (migrated is false) what can be done before one.
func (r Roles) SQL(migrated bool) (string, error) {
	data := struct {
		Roles
		Migrated   bool
		Rights     []grantedTable
		Everything string // names of the tables and sequences, quoted
		Sequences  string
		Settings   string
	}{Roles: r, Migrated: migrated, Settings: settingsText, Sequences: "public." + strings.Join(sequences, ", public.")}
	all := append([]string{"goose_lock"}, sequences...)
	for _, right := range writerRights {
		data.Rights = append(data.Rights, grantedTable{right.table, right.grant()})
		all = append(all, right.table)
	}
	data.Everything = "'" + strings.Join(all, "', '") + "'"
	var text strings.Builder
	if err := rolesTemplate.Execute(&text, data); err != nil {
		return "", fmt.Errorf("write the SQL of roles: %w", err)
	}
	return text.String(), nil
}

// Apply runs the SQL on a database and returns what the server warned of.
func (r Roles) Apply(ctx context.Context, url string) (warnings []string, err error) {
	config, err := postgres.ParseAddress(url)
	if err != nil {
		return nil, err
	}
	config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) {
		if notice.SeverityUnlocalized == "WARNING" {
			warnings = append(warnings, notice.Message)
		}
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("reach database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	var migrated bool
	if err := conn.QueryRow(ctx, "SELECT to_regclass('public.bi_objects') IS NOT NULL").Scan(&migrated); err != nil {
		return nil, fmt.Errorf("look for the schema: %w", err)
	}
	text, err := r.SQL(migrated)
	if err != nil {
		return nil, err
	}
	if _, err := conn.PgConn().Exec(ctx, text).ReadAll(); err != nil {
		return nil, fmt.Errorf("make roles: %w", err)
	}
	return warnings, nil
}

package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"syncer/bi"
	"syncer/sqlcgen"
)

// The roles of analysts that the migration makes where it may, with these names;
// `syncer roles` may make others.
const (
	reader         = "syncer_reader"
	contractReader = "syncer_contract_reader"
)

// standing is what is there of a view or function of schema bi.
type standing struct {
	kind       bi.Kind
	owner      string   // quoted where it needs to be, as are all roles here
	signatures []string // more than one for functions that share a name
	grants     []grant
}

// grant is a privilege that a role other than the owner has.
type grant struct {
	grantee, privilege, column string
	grantable                  bool
}

// readGrants are the views and functions of schema bi, whoever made them, by name.
func readGrants(ctx context.Context, db sqlcgen.DBTX) (map[string]standing, error) {
	const query = `SELECT c.relname, 'VIEW', c.oid::regclass::text, quote_ident(pg_get_userbyid(c.relowner)),
			coalesce(CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END, ''),
			coalesce(acl.privilege_type, ''), coalesce(quote_ident(acl.attname), ''), coalesce(acl.is_grantable, false)
		FROM pg_class AS c
		LEFT JOIN LATERAL (
			SELECT own.grantee, own.privilege_type, NULL::name AS attname, own.is_grantable
			FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS own WHERE own.grantee <> c.relowner
			UNION ALL
			SELECT own.grantee, own.privilege_type, a.attname, own.is_grantable
			FROM pg_attribute AS a, aclexplode(a.attacl) AS own WHERE a.attrelid = c.oid AND NOT a.attisdropped AND own.grantee <> c.relowner
		) AS acl ON true
		WHERE c.relnamespace = to_regnamespace('bi') AND c.relkind IN ('v', 'm', 'r', 'p', 'f')
		UNION ALL
		SELECT p.proname, 'FUNCTION', p.oid::regprocedure::text, quote_ident(pg_get_userbyid(p.proowner)),
			coalesce(CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END, ''),
			coalesce(acl.privilege_type, ''), '', coalesce(acl.is_grantable, false)
		FROM pg_proc AS p
		LEFT JOIN LATERAL (SELECT own.* FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS own
			WHERE own.grantee <> p.proowner) AS acl ON true
		WHERE p.pronamespace = to_regnamespace('bi')`
	rows, err := db.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read the grants of schema bi: %w", err)
	}
	all := map[string]standing{}
	var name, kind, signature, owner string
	var given grant
	_, err = pgx.ForEachRow(rows, []any{&name, &kind, &signature, &owner, &given.grantee, &given.privilege, &given.column, &given.grantable}, func() error {
		there := all[name]
		there.kind, there.owner = bi.Kind(kind), owner
		if !slices.Contains(there.signatures, signature) {
			there.signatures = append(there.signatures, signature)
		}
		if given.grantee != "" {
			there.grants = append(there.grants, given)
		}
		all[name] = there
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the grants of schema bi: %w", err)
	}
	return all, nil
}

// restore gives an object that was made again the owner and the grants that it had;
// grants on columns that are no more are lost with them.
func restore(ctx context.Context, tx pgx.Tx, object bi.Object, was standing) error {
	all, err := readGrants(ctx, tx)
	if err != nil {
		return err
	}
	is := all[object.Name]
	var sql strings.Builder
	if is.owner != was.owner {
		fmt.Fprintf(&sql, "ALTER %s bi.%s OWNER TO %s;\n", object.Kind, object.Name, was.owner)
	}
	for _, given := range is.grants { // by default privileges
		fmt.Fprintf(&sql, "REVOKE ALL ON %s FROM %s;\n", on(object), given.grantee)
	}
	for _, given := range was.grants {
		column, option := "", ""
		if given.column != "" {
			if has, err := hasColumn(ctx, tx, object.Name, given.column); err != nil || !has {
				if err != nil {
					return err
				}
				continue
			}
			column = " (" + given.column + ")"
		}
		if given.grantable {
			option = " WITH GRANT OPTION"
		}
		fmt.Fprintf(&sql, "GRANT %s%s ON %s TO %s%s;\n", given.privilege, column, on(object), given.grantee, option)
	}
	if err := execute(ctx, tx, sql.String()); err != nil {
		return fmt.Errorf("give back the grants: %w", err)
	}
	return nil
}

func hasColumn(ctx context.Context, tx pgx.Tx, view, quoted string) (has bool, err error) {
	const query = `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('bi.' || $1) AND quote_ident(attname) = $2 AND NOT attisdropped)`
	if err := tx.QueryRow(ctx, query, view, quoted).Scan(&has); err != nil {
		return false, fmt.Errorf("look for column %s of bi.%s: %w", quoted, view, err)
	}
	return has, nil
}

// on is an object as GRANT and REVOKE name it.
func on(object bi.Object) string {
	if object.Kind == bi.Function {
		return "FUNCTION bi." + object.Name
	}
	return "bi." + object.Name
}

// grantTo gives an object to its audience, and takes it from the reader that is not
// of it. Roles that do not exist are left out.
func grantTo(ctx context.Context, tx pgx.Tx, object bi.Object) error {
	privilege := "SELECT"
	if object.Kind == bi.Function {
		privilege = "EXECUTE"
	}
	statements := []string{"REVOKE ALL ON " + on(object) + " FROM PUBLIC"}
	if object.Audience == bi.Anybody {
		statements = []string{"GRANT " + privilege + " ON " + on(object) + " TO PUBLIC"}
	}
	for _, role := range []string{reader, contractReader} {
		var exists bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role).Scan(&exists); err != nil {
			return err
		}
		switch {
		case !exists:
		case role == reader && object.Audience == bi.Contracts:
			statements = append(statements, "REVOKE ALL ON "+on(object)+" FROM "+role)
		default:
			statements = append(statements, "GRANT "+privilege+" ON "+on(object)+" TO "+role)
		}
	}
	if err := execute(ctx, tx, strings.Join(statements, "; ")); err != nil {
		return fmt.Errorf("grant to its audience: %w", err)
	}
	return nil
}

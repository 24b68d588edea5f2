package schema

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"syncer/bi"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// SQLSTATEs of a CREATE OR REPLACE that cannot change what is there: a view would
// lose, rename or retype a column, a function its result or a default.
const (
	invalidTableDefinition    = "42P16"
	invalidFunctionDefinition = "42P13"
)

// errOverloaded means that CREATE OR REPLACE has made a second function beside one
// with other arguments.
var errOverloaded = errors.New("the function has other arguments than before")

// outdated are the names of the views and functions of schema bi that are not as
// this binary has them; sorted.
func outdated(ctx context.Context, db sqlcgen.DBTX) ([]string, error) {
	objects, err := bi.Objects()
	if err != nil {
		return nil, err
	}
	return differing(ctx, db, objects)
}

// differing are the names of objects that are not installed as they are here, and of
// installed ones that are not here; sorted.
func differing(ctx context.Context, db sqlcgen.DBTX, objects []bi.Object) ([]string, error) {
	rows, err := installed(ctx, db)
	if err != nil {
		return nil, err
	}
	differ := map[string]bool{}
	for name := range rows {
		differ[name] = true
	}
	for _, object := range objects {
		row, found := rows[object.Name]
		differ[object.Name] = !found || row.Checksum != object.Checksum() || row.Audience != string(object.Audience)
	}
	maps.DeleteFunc(differ, func(_ string, differs bool) bool { return !differs })
	return slices.Sorted(maps.Keys(differ)), nil
}

// installed are the views and functions that a syncer installed, by name; none
// where there is no schema yet.
func installed(ctx context.Context, db sqlcgen.DBTX) (map[string]sqlcgen.BiObject, error) {
	all := map[string]sqlcgen.BiObject{}
	rows, err := sqlcgen.New().SchemaInstalled(ctx, db)
	if postgres.Code(err) == postgres.UndefinedTable {
		return all, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read which views are installed: %w", err)
	}
	for _, row := range rows {
		all[row.Name] = row
	}
	return all, nil
}

// install brings the views and functions of schema bi to those of this binary, in
// one transaction, and returns the names of those that changed. What is there keeps
// its owner and its grants, also where it has to be dropped and made again; granted
// are those of objects that a step of the migration dropped. What is new is granted
// by its audience. Nothing is changed where objects of others are in the way.
func install(ctx context.Context, conn *pgx.Conn, objects []bi.Object, granted map[string]standing) (changed []string, err error) {
	if changed, err = differing(ctx, conn, objects); err != nil || len(changed) == 0 {
		return nil, err
	}
	err = patiently(ctx, func() error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if err := execute(ctx, tx, "SET LOCAL lock_timeout = '"+lockWait+"'"); err != nil {
				return err
			}
			if err := sqlcgen.New().SchemaInstallLock(ctx, tx); err != nil {
				return err
			}
			if changed, err = differing(ctx, tx, objects); err != nil || len(changed) == 0 {
				return err // another process was first
			}
			return installAll(ctx, tx, objects, granted)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("install the views of schema bi: %w", err)
	}
	return changed, nil
}

// installation is the work of one transaction.
type installation struct {
	tx       pgx.Tx
	recorded map[string]sqlcgen.BiObject // what a syncer installed before
	present  map[string]standing         // what stands in schema bi now
	dropped  map[string]standing         // what was dropped to be made again
	blocking []string                    // what others made and is in the way
}

func installAll(ctx context.Context, tx pgx.Tx, objects []bi.Object, granted map[string]standing) error {
	in := installation{tx: tx, dropped: map[string]standing{}}
	maps.Copy(in.dropped, granted)
	var err error
	if in.recorded, err = installed(ctx, tx); err != nil {
		return err
	}
	if in.present, err = readGrants(ctx, tx); err != nil {
		return err
	}
	for _, object := range objects {
		_, ours := in.recorded[object.Name]
		if there, found := in.present[object.Name]; found && (!ours || len(there.signatures) > 1) {
			in.blocking = append(in.blocking, "bi."+object.Name+", which syncer did not make")
		}
	}
	if len(in.blocking) == 0 {
		// Once something is known to be in the way, all is rolled back, and what else
		// goes wrong follows from that.
		if err := in.all(ctx, objects); err != nil && len(in.blocking) == 0 {
			return err
		}
	}
	if len(in.blocking) > 0 {
		slices.Sort(in.blocking)
		return fmt.Errorf("%w (%s)", ErrInTheWay, strings.Join(slices.Compact(in.blocking), "; "))
	}
	return nil
}

// all installs each object after all that it uses, then removes what is no more.
func (in *installation) all(ctx context.Context, objects []bi.Object) error {
	q := sqlcgen.New()
	for _, object := range objects {
		if err := in.put(ctx, object); err != nil {
			return fmt.Errorf("bi.%s: %w", object.Name, err)
		}
		err := q.SchemaInstalledPut(ctx, in.tx, sqlcgen.SchemaInstalledPutParams{
			Name: object.Name, Audience: string(object.Audience), Checksum: object.Checksum(),
		})
		if err != nil {
			return err
		}
	}
	for name := range in.recorded {
		if slices.ContainsFunc(objects, func(o bi.Object) bool { return o.Name == name }) {
			continue
		}
		if err := in.drop(ctx, name); err != nil {
			return fmt.Errorf("bi.%s: %w", name, err)
		}
		if err := q.SchemaInstalledRemove(ctx, in.tx, name); err != nil {
			return err
		}
	}
	return nil
}

// put installs one object: in place where CREATE OR REPLACE can, else anew.
func (in *installation) put(ctx context.Context, object bi.Object) error {
	_, wasThere := in.present[object.Name]
	err := in.replace(ctx, object)
	if code := postgres.Code(err); code == invalidTableDefinition || code == invalidFunctionDefinition || errors.Is(err, errOverloaded) {
		if err := in.drop(ctx, object.Name); err != nil {
			return err
		}
		wasThere, err = false, in.replace(ctx, object)
	}
	if err != nil {
		return err
	}
	if was, found := in.dropped[object.Name]; found && !wasThere {
		if err := restore(ctx, in.tx, object, was); err != nil {
			return err
		}
		wasThere = true
	}
	if !wasThere || in.recorded[object.Name].Audience != string(object.Audience) {
		return grantTo(ctx, in.tx, object)
	}
	return nil
}

// replace runs an object's file; an error leaves the transaction as it was.
func (in *installation) replace(ctx context.Context, object bi.Object) error {
	return pgx.BeginFunc(ctx, in.tx, func(part pgx.Tx) error {
		if err := execute(ctx, part, object.SQL); err != nil {
			return err
		}
		var functions int
		const count = `SELECT count(*) FROM pg_proc WHERE pronamespace = 'bi'::regnamespace AND proname = $1`
		if err := part.QueryRow(ctx, count, object.Name).Scan(&functions); err != nil {
			return err
		}
		if functions > 1 {
			return errOverloaded
		}
		return nil
	})
}

// drop drops an object and all of ours that depends on it, and keeps in mind what
// was granted. What others made and depends on it is noted as in the way; then it is
// dropped too, so that all of it can be named before the transaction ends.
func (in *installation) drop(ctx context.Context, name string) error {
	if _, found := in.present[name]; !found {
		return nil
	}
	depending, err := dependents(ctx, in.tx, name)
	if err != nil {
		return err
	}
	names := []string{}
	for _, other := range depending {
		if other.isOurs(in.recorded) {
			names = append(names, other.name)
		} else {
			in.blocking = append(in.blocking, other.kind+" "+other.identity+", which depends on bi."+name)
		}
	}
	behavior := " RESTRICT"
	if len(in.blocking) > 0 {
		behavior = " CASCADE"
	}
	for _, gone := range append(names, name) {
		there, found := in.present[gone]
		if !found {
			continue
		}
		if err := execute(ctx, in.tx, "DROP "+string(there.kind)+" IF EXISTS bi."+gone+behavior); err != nil {
			return err
		}
		in.dropped[gone] = there
		delete(in.present, gone)
	}
	return nil
}

// dependent is an object that depends on another.
type dependent struct{ kind, schema, name, identity string }

// isOurs reports whether a syncer installed the object.
func (d dependent) isOurs(recorded map[string]sqlcgen.BiObject) bool {
	_, found := recorded[d.name]
	return found && d.schema == "bi"
}

// dependents are all objects that depend on an object of schema bi, directly or
// through others, those that nothing depends on first.
func dependents(ctx context.Context, db sqlcgen.DBTX, name string) ([]dependent, error) {
	// A view depends on what it reads through its rule. Row types of views and arrays
	// of those belong to their views.
	const query = `WITH RECURSIVE standing (classid, objid, implied, depth) AS (
			SELECT 'pg_class'::regclass::oid, c.oid, true, 0 FROM pg_class AS c WHERE c.relnamespace = to_regnamespace('bi') AND c.relname = $1
			UNION ALL
			SELECT 'pg_proc'::regclass::oid, p.oid, true, 0 FROM pg_proc AS p WHERE p.pronamespace = to_regnamespace('bi') AND p.proname = $1
			UNION ALL
			SELECT CASE WHEN rule.oid IS NULL THEN link.classid ELSE 'pg_class'::regclass END, coalesce(rule.ev_class, link.objid),
				link.deptype = 'i' AND link.classid = 'pg_type'::regclass, standing.depth + 1
			FROM standing
			JOIN pg_depend AS link ON link.refclassid = standing.classid AND link.refobjid = standing.objid
			LEFT JOIN pg_rewrite AS rule ON link.classid = 'pg_rewrite'::regclass AND rule.oid = link.objid
			WHERE coalesce(rule.ev_class, link.objid) <> standing.objid AND standing.depth < 100
		)
		SELECT object.type, coalesce(object.schema, ''), coalesce(object.name, (regexp_match(object.identity, '^bi\.(\w+)\('))[1], ''), object.identity
		FROM (SELECT classid, objid, max(depth) AS depth FROM standing WHERE NOT implied GROUP BY classid, objid) AS found
		CROSS JOIN LATERAL pg_identify_object(found.classid, found.objid, 0) AS object
		ORDER BY found.depth DESC, object.identity`
	rows, err := db.Query(ctx, query, name)
	if err != nil {
		return nil, fmt.Errorf("read what depends on bi.%s: %w", name, err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (found dependent, err error) {
		return found, row.Scan(&found.kind, &found.schema, &found.name, &found.identity)
	})
	if err != nil {
		return nil, fmt.Errorf("read what depends on bi.%s: %w", name, err)
	}
	return all, nil
}

// removal is SQL that drops all views and functions that a syncer installed, and
// their names, sorted. It is an error where objects of others depend on them.
func removal(ctx context.Context, conn *pgx.Conn, objects []bi.Object) (text string, names []string, err error) {
	recorded, err := installed(ctx, conn)
	if err != nil || len(recorded) == 0 {
		return "", nil, err
	}
	present, err := readGrants(ctx, conn)
	if err != nil {
		return "", nil, err
	}
	var order []string // each before all that it uses; first those of which this binary knows nothing
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		if !slices.ContainsFunc(objects, func(o bi.Object) bool { return o.Name == name }) {
			order = append(order, name)
		}
	}
	for _, object := range slices.Backward(objects) {
		order = append(order, object.Name)
	}
	var blocking []string
	for _, name := range order {
		there, found := present[name]
		if _, ours := recorded[name]; !found || !ours {
			continue
		}
		depending, err := dependents(ctx, conn, name)
		if err != nil {
			return "", nil, err
		}
		for _, other := range depending {
			if !other.isOurs(recorded) {
				blocking = append(blocking, other.kind+" "+other.identity+", which depends on bi."+name)
			}
		}
		text += "DROP " + string(there.kind) + " bi." + name + ";\n"
		names = append(names, name)
	}
	if len(blocking) > 0 {
		slices.Sort(blocking)
		return "", nil, fmt.Errorf("%w (%s)", ErrInTheWay, strings.Join(slices.Compact(blocking), "; "))
	}
	slices.Sort(names)
	return text + "DELETE FROM bi_objects;\n", names, nil
}

// execute runs statements that have no arguments and no answer.
func execute(ctx context.Context, tx pgx.Tx, sql string) error {
	_, err := tx.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	return err
}

// few is a list of names that an error can show.
func few(names []string) string {
	const most = 3
	if len(names) > most+1 {
		return fmt.Sprintf("bi.%s and %d more", strings.Join(names[:most], ", bi."), len(names)-most)
	}
	return "bi." + strings.Join(names, ", bi.")
}

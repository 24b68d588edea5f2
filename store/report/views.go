package report

import (
	"context"
	"fmt"

	"syncer/catalog"
)

// Lists are the lists that the database knows, for who may only read schema bi.
func (r *Reader) Lists(ctx context.Context) ([]catalog.ListID, error) {
	answer, err := r.Query(ctx, "SELECT source, list FROM bi.freshness ORDER BY source, list")
	if err != nil {
		return nil, fmt.Errorf("read the names of lists: %w", err)
	}
	all := make([]catalog.ListID, len(answer.Rows))
	for i, row := range answer.Rows {
		all[i] = catalog.ListID{Source: row[0], Name: row[1]}
	}
	return all, nil
}

// Views are the names of all views of schema bi that the user may read.
func (r *Reader) Views(ctx context.Context) ([]string, error) {
	answer, err := r.Query(ctx, `SELECT relname FROM pg_class
		WHERE relnamespace = to_regnamespace('bi') AND relkind = 'v' AND has_table_privilege(oid, 'SELECT') ORDER BY relname`)
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	var all []string
	for _, row := range answer.Rows {
		all = append(all, row[0])
	}
	return all, nil
}

package report

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Answer is the result of a query as text: for screens that show a query with
// its answer. Null is "".
type Answer struct {
	Columns []string
	Rows    [][]string
}

// Query runs a reading query, written in the program and not by a user, in a
// read-only transaction.
func (r *Reader) Query(ctx context.Context, query string) (Answer, error) {
	var answer Answer
	err := pgx.BeginTxFunc(ctx, r.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, query, pgx.QueryResultFormats{pgx.TextFormatCode})
		if err != nil {
			return err
		}
		defer rows.Close()
		for _, field := range rows.FieldDescriptions() {
			answer.Columns = append(answer.Columns, field.Name)
		}
		for rows.Next() {
			var line []string
			for _, value := range rows.RawValues() {
				line = append(line, string(value))
			}
			answer.Rows = append(answer.Rows, line)
		}
		return rows.Err()
	})
	if err != nil {
		return Answer{}, fmt.Errorf("ask: %w", err)
	}
	return answer, nil
}

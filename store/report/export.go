package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// ColumnKind says how a value of a view is to be read.
type ColumnKind string

// The kinds of columns. Numbers are exact decimals as text, moments RFC 3339 in
// UTC, dates 2026-01-31, booleans t or f; everything else is text as Postgres
// writes it.
const (
	TextColumn    ColumnKind = "text"
	NumberColumn  ColumnKind = "number"
	MomentColumn  ColumnKind = "moment"
	DateColumn    ColumnKind = "date"
	BooleanColumn ColumnKind = "boolean"
)

// Column is one column of a view.
type Column struct {
	Name string
	Kind ColumnKind
}

// Filter limits what is exported; zero values do not.
type Filter struct {
	Source, List string
	Since        time.Time
}

// ErrFilter is a filter that a view has no column for.
var ErrFilter = errors.New("the view cannot be filtered so")

// momentColumns are the columns that --since compares, the first that a view
// has.
var momentColumns = []string{
	"changed_at", "month_end", "last_snapshot_at", "taken_at", "held_at", "started_at", "first_seen_at", "valid_from",
	"x_observed_from", "used_from", "since", "last_absent_from", "announced_at", "recorded_at",
}

// SinceColumn is the column that Since is compared with; "" where a view has
// none.
func (f Filter) SinceColumn(columns []Column) string { return firstOf(momentColumns, columns) }

func firstOf(names []string, columns []Column) string {
	for _, name := range names {
		if slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name }) {
			return name
		}
	}
	return ""
}

// Export reads a view of schema bi, in one read-only transaction, row by row, in
// no promised order. begin gets the columns, row each row; a null is nil. What
// either returns ends the export. ErrNotFound means that there is no such view,
// ErrFilter that it lacks a column to filter by.
func (r *Reader) Export(ctx context.Context, view string, filter Filter, begin func([]Column) error, row func([]*string) error) error {
	views, err := r.Views(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(views, view) {
		return fmt.Errorf("view %q: %w; there are: %s", view, ErrNotFound, strings.Join(views, ", "))
	}
	from := " FROM " + pgx.Identifier{"bi", view}.Sanitize()
	err = pgx.BeginTxFunc(ctx, r.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		shape, err := tx.Query(ctx, "SELECT *"+from+" LIMIT 0")
		if err != nil {
			return err
		}
		columns := columnsOf(shape.FieldDescriptions())
		shape.Close()
		where, args, err := filter.where(columns)
		if err != nil {
			return err
		}
		if err := begin(columns); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT *"+from+where, append([]any{pgx.QueryResultFormats{pgx.TextFormatCode}}, args...)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := row(texts(columns, rows.RawValues())); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("export bi.%s: %w", view, err)
	}
	return nil
}

func columnsOf(fields []pgconn.FieldDescription) []Column {
	all := make([]Column, len(fields))
	for i, field := range fields {
		kind := TextColumn
		switch field.DataTypeOID {
		case pgtype.NumericOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.Float8OID:
			kind = NumberColumn
		case pgtype.TimestamptzOID:
			kind = MomentColumn
		case pgtype.DateOID:
			kind = DateColumn
		case pgtype.BoolOID:
			kind = BooleanColumn
		}
		all[i] = Column{field.Name, kind}
	}
	return all
}

// where is the condition of a filter; its values are parameters.
func (f Filter) where(columns []Column) (text string, args []any, err error) {
	var all []string
	add := func(names []string, operator, flag string, value any) {
		name := firstOf(names, columns)
		if name == "" {
			err = errors.Join(err, fmt.Errorf("%w: it has no column for %s", ErrFilter, flag))
			return
		}
		args = append(args, value)
		all = append(all, fmt.Sprintf("%s %s $%d", pgx.Identifier{name}.Sanitize(), operator, len(args)))
	}
	if f.Source != "" {
		add([]string{"source", "x_source"}, "=", "--source", f.Source)
	}
	if f.List != "" {
		add([]string{"list", "x_list"}, "=", "--list", f.List)
	}
	if !f.Since.IsZero() {
		add(momentColumns, ">=", "--since", f.Since)
	}
	if len(all) == 0 {
		return "", nil, err
	}
	return " WHERE " + strings.Join(all, " AND "), args, err
}

// texts are the values of a row, copied.
func texts(columns []Column, raw [][]byte) []*string {
	all := make([]*string, len(raw))
	for i, value := range raw {
		if value == nil {
			continue
		}
		text := string(value)
		switch columns[i].Kind {
		case NumberColumn:
			text = plainNumber(text)
		case MomentColumn:
			text = rfc3339(text)
		}
		all[i] = &text
	}
	return all
}

// plainNumber leaves out the zeros that a scale adds.
func plainNumber(text string) string {
	amount, err := decimal.NewFromString(text)
	if err != nil { // NaN, Infinity
		return text
	}
	return catalog.DecimalText(amount)
}

// rfc3339 rewrites what Postgres writes in a session whose zone is UTC.
func rfc3339(text string) string {
	at, err := time.Parse("2006-01-02 15:04:05.999999-07", text)
	if err != nil { // infinity
		return text
	}
	return at.UTC().Format(time.RFC3339Nano)
}

package demo

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"syncer/cmd/syncer/terminal"
	"syncer/pgtemp/pgtest"
)

// updateDocs, when set, has the pages rewritten instead of compared:
//
//	SYNCER_UPDATE_DOCS=1 go test ./cmd/syncer/demo -run TestThePagesShowTheDemo
const updateDocs = "SYNCER_UPDATE_DOCS"

// TestThePagesShowTheDemo lets the demo's weeks pass, asks the questions of
// docs/analysts.md and wants the answers below them, and in README.md what the
// demo shows.
func TestThePagesShowTheDemo(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	d := demonstrated(t, database)
	t.Run("doubts", func(t *testing.T) { doubtsAreShown(t, database) })
	t.Run("analysts.md", func(t *testing.T) {
		conn := seoul(t, database)
		held(t, filepath.Join("..", "..", "..", "docs", "analysts.md"), func(page string) string { return answered(t, conn, page) })
	})
	t.Run("README.md", func(t *testing.T) {
		held(t, filepath.Join("..", "..", "..", "README.md"), func(page string) string { return shown(t, d, page) })
	})
}

// held compares a page with what it ought to be.
func held(t *testing.T, path string, ought func(string) string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := ought(string(page))
	if os.Getenv(updateDocs) != "" {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(page), "\n")); diff != "" {
		t.Errorf("%s is not what the demo says (-demo +page); %s=1 rewrites it:\n%s", path, updateDocs, diff)
	}
}

// demonstrated is the demo after its last day, on a database of the test's.
func demonstrated(t *testing.T, database string) *Demo {
	t.Helper()
	options := Options{Screen: terminal.Screen{Writer: io.Discard}, Now: time.Now, Products: 300, Seed: 1}
	d := &Demo{options: options, at: &atomic.Pointer[time.Time]{}, started: time.Now()}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.open(t.Context(), database); err != nil {
		t.Fatal(err)
	}
	if err := d.simulate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Watch(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// seoul is a session of the analyst.
func seoul(t *testing.T, database string) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	config.RuntimeParams["timezone"] = "Asia/Seoul"
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// question is a block of SQL, and the answer below it where one stands.
func question() *regexp.Regexp {
	return regexp.MustCompile("(?m)^```sql\n((?:.*\n)*?)```\n(?:\n(?:    .*\n)+)?")
}

// answered is the page with today's answers. Every question below the heading of
// questions has one; elsewhere it is only asked.
func answered(t *testing.T, conn *pgx.Conn, page string) string {
	t.Helper()
	questions := strings.Index(page, "## Questions, with answers")
	var out strings.Builder
	last := 0
	for _, at := range question().FindAllStringSubmatchIndex(page, -1) {
		out.WriteString(page[last:at[0]])
		last = at[1]
		sql := page[at[2]:at[3]]
		answer := table(t, conn, sql)
		if at[0] < questions {
			out.WriteString(page[at[0]:at[1]])
			continue
		}
		out.WriteString("```sql\n" + sql + "```\n\n" + answer)
	}
	return out.String() + page[last:]
}

// table is the answer to a question as psql shows it, indented.
func table(t *testing.T, conn *pgx.Conn, sql string) string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, pgx.QueryResultFormats{pgx.TextFormatCode})
	if err != nil {
		t.Fatalf("%v:\n%s", err, sql)
	}
	defer rows.Close()
	fields := rows.FieldDescriptions()
	head, numbers, widths := make([]string, len(fields)), make([]bool, len(fields)), make([]int, len(fields))
	for i, field := range fields {
		head[i], widths[i] = field.Name, len(field.Name)
		switch field.DataTypeOID {
		case pgtype.NumericOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.Float8OID:
			numbers[i] = true
		}
	}
	var lines [][]string
	for rows.Next() {
		line := make([]string, len(fields))
		for i, value := range rows.RawValues() {
			line[i] = string(value)
			widths[i] = max(widths[i], terminal.Columns(line[i]))
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil || len(lines) == 0 && strings.Contains(sql, "ORDER BY") {
		t.Fatalf("%d rows, %v:\n%s", len(lines), err, sql)
	}
	return drawn(head, numbers, widths, lines)
}

// drawn is a table with the borders of psql.
func drawn(head []string, numbers []bool, widths []int, lines [][]string) string {
	var out strings.Builder
	row := func(cells []string, before func(column, blanks int) int) {
		var text []string
		for i, cell := range cells {
			blanks := widths[i] - terminal.Columns(cell)
			left := before(i, blanks)
			text = append(text, " "+strings.Repeat(" ", left)+cell+strings.Repeat(" ", blanks-left)+" ")
		}
		out.WriteString("    " + strings.TrimRight(strings.Join(text, "|"), " ") + "\n")
	}
	row(head, func(_, blanks int) int { return blanks / 2 })
	var rule []string
	for _, width := range widths {
		rule = append(rule, strings.Repeat("-", width+2))
	}
	out.WriteString("    " + strings.Join(rule, "+") + "\n")
	for _, line := range lines {
		row(line, func(column, blanks int) int {
			if numbers[column] {
				return blanks
			}
			return 0
		})
	}
	return out.String()
}

// shown is the page with what the demo shows on a terminal of 100 columns. How
// long it took, and where its database is, are another at each time.
func shown(t *testing.T, d *Demo, page string) string {
	t.Helper()
	before, rest, begins := strings.Cut(page, "over HTTP in ")
	took, rest, _ := strings.Cut(rest, ".\n")
	_, after, ends := strings.Cut(rest, "\nConnect:  ")
	if !begins || !ends {
		t.Fatal("the page shows no demo")
	}
	before = before[:strings.LastIndex(before, "```text\n")+len("```text\n")]
	var out bytes.Buffer
	d.options.Screen = terminal.Screen{Writer: &out, Width: 100}
	if err := d.results(t.Context()); err != nil {
		t.Fatal(err)
	}
	now := regexp.MustCompile("over HTTP in .*\\.\n").ReplaceAllLiteralString(strings.TrimLeft(out.String(), "\n"), "over HTTP in "+took+".\n")
	return before + now + "Connect:  " + after
}

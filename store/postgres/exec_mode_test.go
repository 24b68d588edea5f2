package postgres_test

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/postgres"
	"syncer/store/schema"
	"syncer/store/storetest"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// TestEveryExecModeWritesTheSame sends one world through each way of sending
// statements, migration included, and wants the tables of the default way.
func TestEveryExecModeWritesTheSame(t *testing.T) {
	t.Parallel()
	want := inMode(t, "")
	if len(want.Versions) == 0 || len(want.Prices) == 0 || len(want.Absences) == 0 {
		t.Fatalf("the world is too plain: %+v", want)
	}
	for _, mode := range postgres.ExecModes() {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			if diff := gocmp.Diff(want, inMode(t, mode)); diff != "" {
				t.Errorf("tables (-default +%s):\n%s", mode, diff)
			}
		})
	}
}

// inMode lets things come, change, go and come back, in and out of order.
func inMode(t *testing.T, mode string) timelinetest.History {
	t.Helper()
	plain := pgtest.EmptyURL(t)
	url, err := postgres.WithExecMode(plain, mode)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := schema.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	pool, err := pgxpool.New(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 2})
	cheap, dear, other := storetest.Item("a", "100", catalog.PriceList), storetest.Item("a", "200", catalog.PriceList), catalog.Entry{Key: "b"}
	status := "on"
	worlds := map[int][]catalog.Entry{
		1: {cheap, other}, 3: {dear, other}, 5: {dear}, 6: {dear}, 9: {cheap, other}, 4: {{Key: "a", Status: &status}}, 2: {},
	}
	for _, at := range []int{1, 3, 5, 9, 6, 4, 2} {
		l.Put(storetest.Day(at), worlds[at]...)
	}
	if _, err := s.Report.PriceChanges(t.Context(), storetest.Day(1), 1000); err != nil {
		t.Error(err)
	}
	if _, err := s.Report.Freshness(t.Context()); err != nil {
		t.Error(err)
	}
	return storetest.Tables(t, pool, l.Source.Described)
}

func TestWithExecMode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ address, mode, want, err string }{
		{"postgres://u:p@h/d?sslmode=disable", "exec", "postgres://u:p@h/d?default_query_exec_mode=exec&sslmode=disable", ""},
		{"host=h dbname=d", "exec", "host=h dbname=d default_query_exec_mode=exec", ""},
		{"postgres://u:p@h/d", "", "postgres://u:p@h/d", ""},
		{"postgres://u:p@h/d", "prepared", "", "want one of cache_statement, cache_describe, describe_exec, exec, simple_protocol"},
		{"postgres://u:s3cret@h:port/d", "exec", "", "cannot be read"},
	} {
		got, err := postgres.WithExecMode(c.address, c.mode)
		if got != c.want {
			t.Errorf("%s in mode %q: got %s", c.address, c.mode, got)
		}
		if (err != nil) != (c.err != "") || err != nil && (!strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "s3cret")) {
			t.Errorf("%s in mode %q: got error %v", c.address, c.mode, err)
		}
	}
}

package storetest

import (
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/pgtemp/pgtest"
	"syncer/store"
)

// Fixture is lists in a database that are written once a test binary, by the
// first test that asks, and cloned for each: writing takes much longer.
type Fixture struct {
	write func(t testing.TB, pool *pgxpool.Pool) []*Live

	once  sync.Once
	url   string
	lists []*Live
}

// NewFixture returns a fixture whose lists write makes.
func NewFixture(write func(t testing.TB, pool *pgxpool.Pool) []*Live) *Fixture {
	return &Fixture{write: write}
}

// URL returns the address of a clone of the test's own.
func (f *Fixture) URL(t testing.TB) string {
	t.Helper()
	f.once.Do(func() {
		url := pgtest.KeptURL(t)
		pool, err := pgxpool.New(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close() // nobody may be connected to what is cloned
		f.lists, f.url = f.write(t, pool), url
	})
	if f.url == "" {
		t.Fatal("the fixture could not be written")
	}
	return pgtest.CloneURL(t, f.url)
}

// Clone returns the lists in a clone of the test's own.
func (f *Fixture) Clone(t testing.TB) []*Live {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), f.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s := store.New(pool)
	lists := make([]*Live, len(f.lists))
	for i, list := range f.lists {
		lists[i] = &Live{T: t, Pool: pool, Store: s, Source: list.Source.clone(), List: list.List}
	}
	return lists
}

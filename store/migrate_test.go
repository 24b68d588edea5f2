package store_test

import (
	"context"
	"testing"

	"syncer/pgtemp/pgtest"
	"syncer/store"
)

// TestMigrateDownToNothingAndUpAgain walks the schema both ways, one step at a
// time, and wants a store that opens at the end.
func TestMigrateDownToNothingAndUpAgain(t *testing.T) {
	ctx, url := context.Background(), pgtest.EmptyURL(t)
	up, err := store.Migrate(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	for range up {
		if _, err := store.MigrateDown(ctx, url); err != nil {
			t.Fatal(err)
		}
	}
	again, err := store.Migrate(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	if len(again) != len(up) || len(up) == 0 {
		t.Errorf("%d steps up, %d the second time", len(up), len(again))
	}
	opened, err := store.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	opened.Close()
}

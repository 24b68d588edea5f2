package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store/record"
	"syncer/timeline"
)

// TestHeartbeatsNeedNoConnectionOfAWriter takes every connection of the pool, as
// long writes of many lists do: a run that lives says so all the same.
func TestHeartbeatsNeedNoConnectionOfAWriter(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	s, err := Open(t.Context(), address+separator+"pool_max_conns=1")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list := record.List{
		List:         catalog.List{ID: catalog.ListID{Source: "a", Name: "b"}, Provider: "a", Kind: catalog.Products, DecoderVersion: 1},
		ListSettings: record.ListSettings{Rule: timeline.Rule{Snapshots: 1}},
	}
	run, err := s.BeginSync(t.Context(), list, nil)
	if err != nil {
		t.Fatal(err)
	}
	writer, err := s.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Release()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Heartbeat(ctx, run); err != nil {
		t.Error(err)
	}
}

// TestDatesAreISOWhateverTheDatabaseSays exports from a database whose dates are
// German.
func TestDatesAreISOWhateverTheDatabaseSays(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	for range 2 { // the second connection finds the setting
		s, err := Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.pool.Exec(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET datestyle TO ''German''', current_database()); END $$`); err != nil {
			t.Fatal(err)
		}
		var style, moment string
		if err := s.pool.QueryRow(t.Context(), "SELECT current_setting('datestyle'), timestamptz '2026-11-26 03:45:35Z'::text").Scan(&style, &moment); err != nil {
			t.Fatal(err)
		}
		if style != "ISO, YMD" || moment != "2026-11-26 03:45:35+00" {
			t.Errorf("datestyle %s: %s", style, moment)
		}
		s.Close()
	}
}

package main

import (
	"testing"
	"time"

	"syncer/store"
)

// TestVerdicts wants the screen to say what is proven and what is not.
func TestVerdicts(t *testing.T) {
	at := func(day int) *time.Time {
		moment := time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)
		return &moment
	}
	span := func(from, to, snapshots int) store.Unproven {
		return store.Unproven{From: *at(from), To: *at(to), Snapshots: snapshots, Why: "spared"}
	}
	for want, one := range map[string]store.Verified{
		"proven since 2026-01-01T00:00:00Z":                                                                          {Snapshots: 5, Proven: 5, ProvenSince: at(1)},
		"holds its invariants; no page is kept":                                                                      {Snapshots: 5, Unproven: []store.Unproven{span(1, 5, 5)}},
		"proven since 2026-01-03T00:00:00Z, before that invariants only":                                             {Snapshots: 5, Proven: 3, ProvenSince: at(3), Unproven: []store.Unproven{span(1, 2, 2)}},
		"proven but for 1 snapshot without pages (2026-01-05T00:00:00Z)":                                             {Snapshots: 5, Proven: 4, Unproven: []store.Unproven{span(5, 5, 1)}},
		"proven but for 1 snapshot without pages (2026-01-03T00:00:00Z)":                                             {Snapshots: 5, Proven: 4, ProvenSince: at(4), Unproven: []store.Unproven{span(3, 3, 1)}},
		"proven but for 3 snapshots without pages (2026-01-02T00:00:00Z to 2026-01-05T00:00:00Z)":                    {Snapshots: 5, Proven: 2, Unproven: []store.Unproven{span(2, 3, 2), span(5, 5, 1)}},
		"proven since 2026-01-01T00:00:00Z; answers before 2026-01-04T00:00:00Z are proven by their own digest only": {Snapshots: 5, Proven: 5, ProvenSince: at(1), RetracedSince: at(4)},
		"1 rows are contradicted":                                                                                    {Snapshots: 5, Proven: 5, ProvenSince: at(1), Contradictions: []store.Contradiction{{}}},
	} {
		one.First = at(1)
		if got := proof(verified(store.List{}, one)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

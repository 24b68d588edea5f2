package main

import (
	"testing"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
)

// TestAgendaUsesTheSourcesZone wants 03:20 in Seoul to be due at 18:20 UTC.
func TestAgendaUsesTheSourcesZone(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	source := config.Source{Location: seoul, Lists: []config.List{
		{ID: catalog.ListID{Source: "iwinv", Name: "zones"}, Schedule: "20 3 * * *"},
		{ID: catalog.ListID{Source: "iwinv", Name: "images"}, Schedule: "0 3 * * *"},
		{ID: catalog.ListID{Source: "iwinv", Name: "by-hand"}},
	}}
	agenda, err := agendaOf(source, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if len(agenda) != 2 {
		t.Fatalf("%d duties, want 2", len(agenda))
	}
	if want := time.Date(2026, 11, 22, 18, 20, 0, 0, time.UTC); !agenda[0].due.Equal(want) {
		t.Errorf("due %s, want %s", agenda[0].due, want)
	}
	if first := earliest(agenda); first.list.ID.Name != "images" {
		t.Errorf("first is %s, want images", first.list.ID)
	}
}

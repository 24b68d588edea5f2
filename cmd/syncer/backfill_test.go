package main

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"syncer/archive"
	"syncer/catalog"
	"syncer/cmd/syncer/pipeline"
	"syncer/fetchers"
	"syncer/pgtemp/pgtest"
)

func TestBackfillIsIdempotentAndNeedsNoSecrets(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	dir, path := t.TempDir(), configured(t, endpoint, endpoint.BaseURL)
	secrets := make(map[string]catalog.Secret)
	for field, text := range endpoint.Credentials {
		secrets[field] = catalog.NewSecret(text)
	}
	source := catalog.Source{Name: "iwinv", Provider: "iwinv", BaseURL: endpoint.BaseURL, Credentials: secrets, Location: time.UTC}
	fetchers, err := pipeline.Fetchers(source, fetchers.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	list := fetchers["flavors"].List()
	for day := range 2 {
		err := archive.Write(dir, archive.Content{
			List: list.ID, TakenAt: time.Date(2026, 1, 5+day, 0, 0, 0, 0, time.UTC),
			DecoderVersion: list.DecoderVersion, Pages: fetchers["flavors"].Pages(t.Context()),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for field := range endpoint.Credentials { // Decode needs none of them
		if err := os.Remove(strings.TrimSuffix(path, "syncer.yaml") + field); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"2 snapshots: 1 changed, 1 unchanged, 0 held, 0 failed", "2 snapshots: 0 changed, 2 unchanged, 0 held, 0 failed"} {
		code, stdout, stderr := command(t, database, "backfill", "-c", path, "iwinv/flavors", dir)
		if code != exitOK || !strings.Contains(stdout, want) {
			t.Fatalf("got %d:\n%s%s\nwant %s", code, stdout, stderr, want)
		}
	}
	if code, _, stderr := command(t, database, "backfill", "-c", path, "iwinv/zones", dir); code != exitFailed || !strings.Contains(stderr, "its manifest says that it is one of iwinv/flavors") {
		t.Errorf("another list's archive: got %d:\n%s", code, stderr)
	}
}

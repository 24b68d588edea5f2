package config_test

import (
	"strings"
	"testing"
	"time"

	"syncer/cmd/syncer/config"
)

// FuzzParse wants every text to be refused with a reason or to give a whole
// configuration, never a panic, and never a password in the reason.
func FuzzParse(f *testing.F) {
	const canary = "canary7f3a91"
	for _, seed := range []string{
		"", "sources:", "sources: {}", "postgres://me:" + canary + "@0", "  - postgres://me:" + canary + "@0", "a: &a {b: *a}", "[", "---\n---\n", "\xff\xfe", "sources:\n  shop:\n    base_url: [1]\n",
		"database: { embedded: data }\nsources:\n  shop:\n    base_url: https://x\n    lists: { things: { schedule: \"@daily\", jitter: 5m, timezone: Asia/Seoul } }\n",
		"database: { url: \"postgres://me:" + canary + "@host/db\" }", "database: { url: \"postgres://host/db?Password=" + canary + "\" }",
		"guard: { max_removed_percent: 101 }\nabsence: { confirm_for: -3d }\nevidence: { keep: 99999999d }\nreport_timezone: Local\nlisten: x",
		"report_timezone: postgres://me:" + canary + "@host/db", "listen: postgres://me:" + canary + "@host/db", "sources:\n  shop:\n    provider: postgres://me:" + canary + "@host\n",
		"sources: { shop: { credentials: { secret_key: " + canary + " } } }",
	} {
		f.Add(seed)
	}
	known := []config.Provider{{
		Name: "shop", Lists: []string{"things"}, Credentials: [][]string{{"access_key", "secret_key"}}, Options: []string{"regions"},
	}}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := config.Parse("syncer.yaml", []byte(text), known, func(string) (string, bool) { return "", false })
		switch {
		case err != nil && parsed != nil:
			t.Fatal("an error and a configuration")
		case err != nil && err.Error() == "":
			t.Fatal("an error without a word")
		case err != nil && strings.Contains(text, canary) && onlyAsPassword(text, canary) && strings.Contains(err.Error(), canary):
			t.Fatalf("the reason shows a password: %v", err)
		case err == nil:
			whole(t, parsed)
		}
	})
}

// onlyAsPassword says whether the canary stands where passwords do.
func onlyAsPassword(text, canary string) bool {
	return strings.Count(text, canary) == strings.Count(text, "postgres://me:"+canary+"@")
}

// whole uses a configuration as the commands do.
func whole(t *testing.T, parsed *config.Config) {
	if parsed.ReportTimezone == nil || parsed.Listen == "" {
		t.Fatalf("%+v", parsed)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, source := range parsed.Sources {
		if source.Location == nil || source.Name == "" || len(source.Lists) == 0 {
			t.Fatalf("%+v", source)
		}
		for _, list := range source.Lists {
			list.Times.Next(now)
		}
	}
}

package main

import (
	"strings"
	"testing"

	"syncer/cmd/syncer/config"
)

// TestUnheededSettingsAreRefused wants an error for settings that nothing
// follows yet, instead of a promise that is not kept.
func TestUnheededSettingsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"evidence: { keep: forever }\n":               "",
		"evidence: { keep: boundaries }\n":            "evidence.keep",
		"evidence: { keep: forever, mirror: copy }\n": "evidence.mirror",
	} {
		loaded, err := config.Parse("s.yaml", []byte(text), configProviders(), func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatal(err)
		}
		err = unheeded(loaded)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error that names %q", text, err, want)
		}
	}
}

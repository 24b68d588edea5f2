package config

import (
	"strings"
	"testing"
)

func TestPauseBelow(t *testing.T) {
	for text, want := range map[string]uint64{"": 1e9, "evidence: { keep: forever }": 1e9, "evidence: { pause_below: 0 }": 0,
		"evidence: { pause_below: 500MB }": 5e8, "evidence: { pause_below: 1.5 GB }": 15e8, "evidence: { pause_below: 2TB }": 2e12} {
		c, err := Parse("s.yaml", []byte(text), providers(), environment(nil))
		if err != nil || c.Evidence.PauseBelow != want {
			t.Errorf("%s: got %+v, %v", text, c, err)
		}
	}
	for _, wrong := range []string{"1", "GB", "-1GB", "NaNGB", "InfTB", "1e9TB", "1kB", "1GiB", "1 G B", "lots", `""`} {
		_, err := Parse("s.yaml", []byte("evidence: { pause_below: "+wrong+" }"), providers(), environment(nil))
		if err == nil || !strings.Contains(err.Error(), "s.yaml:1:13: evidence.pause_below: want a size such as") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

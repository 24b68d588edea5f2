package config

import (
	"testing"

	"syncer/ingest"
)

func TestGroupsLeftEmptyKeepTheirDefaults(t *testing.T) {
	for _, text := range []string{"guard:\nabsence:\nevidence:\nlisten:\nreport_timezone:\ndatabase:\nsources:\n", "guard: {}\n", "guard: { ignore_up_to: 4 }\n", "# nothing\n", "null\n"} {
		got, err := Parse("s.yaml", []byte(text), providers(), environment(nil))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		want := ingest.DefaultGuard()
		if got.Guard != want || got.Listen == "" {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

package config

import "testing"

func TestGroupsLeftEmptyKeepTheirDefaults(t *testing.T) {
	for _, text := range []string{"guard:\nabsence:\nevidence:\nlisten:\nreport_timezone:\ndatabase:\nsources:\n", "guard: {}\n", "guard: { ignore_up_to: 4 }\n", "# nothing\n", "null\n"} {
		got, err := Parse("s.yaml", []byte(text), providers(), environment(nil))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		want := Guard{Enabled: true, MaxRemovedPercent: 20, IgnoreUpTo: 4, MaxChangedPercent: 30}
		if got.Guard != want || got.Listen == "" {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

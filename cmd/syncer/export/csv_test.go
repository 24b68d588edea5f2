package export

import "testing"

func TestHarmlessCell(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain": "plain", "=1+1": "'=1+1", "+82": "'+82", "-1+1": "'-1+1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "-12.5": "-12.5", "a=1": "a=1",
	} {
		if got := harmlessCell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

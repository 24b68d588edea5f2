package main

import (
	"strings"
	"testing"

	"syncer/pgtemp/pgtest"
)

// TestOneListDoesNotHideTheOthers verifies and rebuilds two lists of which one
// was never read, before and after the other: what is known of the other is
// shown, the error too, and the exit is 1.
func TestOneListDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	endpoint := simulated(t)
	for _, test := range []struct{ read, never string }{{"iwinv/zones", "iwinv/flavors"}, {"iwinv/flavors", "iwinv/zones"}} {
		database := pgtest.URL(t)
		path := configured(t, endpoint, endpoint.BaseURL)
		if code, stdout, stderr := command(t, database, "sync", "-c", path, test.read); code != exitOK {
			t.Fatalf("%d\n%s%s", code, stdout, stderr)
		}
		must(t, database, "UPDATE product_versions SET name = 'wrong' WHERE product_id = (SELECT min(id) FROM products)")
		for _, ask := range []struct{ command, shows string }{
			{"verify", "1 rows are contradicted"}, {"verify --json", `"state": "contradicted"`}, {"rebuild", test.read}, {"rebuild --json", `"entries_changed": 1`},
		} {
			code, stdout, stderr := command(t, database, append(strings.Fields(ask.command), "-c", path, test.read, test.never)...)
			if code != exitFailed || !strings.Contains(stdout, ask.shows) || !strings.Contains(stderr, "syncer: "+test.never+": ") {
				t.Errorf("%s of %s and %s: exit %d\n%s%s", ask.command, test.read, test.never, code, stdout, stderr)
			}
		}
	}
}

package daemon

import "testing"

func TestPathsForTheShell(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/var/lib/syncer/data": "/var/lib/syncer/data",
		"/srv/my data":         "'/srv/my data'",
		"/srv/it's":            `'/srv/it'\''s'`,
		"/srv/$(x)":            "'/srv/$(x)'",
	} {
		if got := forShell(path); got != want {
			t.Errorf("%s: got %s", path, got)
		}
	}
}

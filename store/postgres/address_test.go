package postgres_test

import (
	"strings"
	"testing"

	"syncer/store"
	"syncer/store/schema"
)

// TestPasswordWithAnAtIsNoHost wants the way out, and no part of the address.
func TestPasswordWithAnAtIsNoHost(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"postgres://me:pa@ss@host/db", "postgres://me:p@ss@host,other/db", "host=ok,pa@ss port=1,1 dbname=db"} {
		_, open := store.Open(t.Context(), address)
		_, migrate := schema.Migrate(t.Context(), address)
		for _, err := range []error{open, migrate} {
			if err == nil || !strings.Contains(err.Error(), "%40") || strings.Contains(err.Error(), "ss@") || strings.Contains(err.Error(), "pa@") {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
}

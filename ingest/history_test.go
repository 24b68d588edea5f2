package ingest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/store/record"
)

// TestSecondSyncWritesNoVersion wants one more snapshot row and nothing else.
func TestSecondSyncWritesNoVersion(t *testing.T) {
	for _, list := range []string{
		"iwinv/flavors", "iwinv/zones", "iwinv/images", "iwinv/block-storage-types",
		"zstack/instance-offerings", "zstack/disk-offerings", "zstack/price-tables", "huawei/products", "huawei/availability-zones",
		"ncp/regions", "ncp/server-images", "ncp/server-specs", "ncp/product-prices",
		"scp/contract-types", "scp/os-types", "scp/server-types", "scp/service-types", "scp/prices",
	} {
		t.Run(list, func(t *testing.T) {
			provider, name, _ := strings.Cut(list, "/")
			s := newStage(t, provider, name)
			s.mustSync(t, record.Changed)
			want := s.counts(t)
			want["snapshots"]++
			s.mustSync(t, record.Unchanged)
			if diff := cmp.Diff(want, s.counts(t)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// TestGuardHolds wants a shrunk list to wait for a person and a later whole one
// to pass.
func TestGuardHolds(t *testing.T) {
	for fault, heldFor := range map[string]string{
		"iwinv:shrink:fraction=0.1": "entries would be removed",
		"iwinv:empty":               "entries would be removed",
	} {
		t.Run(fault, func(t *testing.T) { testGuardHolds(t, fault, heldFor) })
	}
}

func testGuardHolds(t *testing.T, fault, heldFor string) {
	s := newStage(t, "iwinv", "flavors")
	s.mustSync(t, record.Changed)
	before, tables := s.counts(t), []string{"products", "product_versions", "prices", "price_history", "product_status_changes", "absences"}
	s.simulated(t, "iwinv", fault)
	held := s.mustSync(t, record.Held)
	if !strings.Contains(held.HeldFor, heldFor) {
		t.Errorf("held for %q, want %q", held.HeldFor, heldFor)
	}
	after := s.counts(t)
	for _, table := range tables {
		if before[table] != after[table] {
			t.Errorf("%s went from %d rows to %d", table, before[table], after[table])
		}
	}
	if state := one[string](t, s.pool, "SELECT state FROM bi.freshness"); state != "held" {
		t.Errorf("bi.freshness says %q", state)
	}
	if pages := one[int](t, s.pool, `SELECT count(*) FROM snapshot_pages p JOIN snapshots s USING (list_id, taken_at)
		WHERE s.status = 'held'`); pages == 0 {
		t.Error("a held snapshot has no evidence")
	}
	s.simulated(t, "iwinv")
	s.mustSync(t, record.Unchanged)
}

// oneFlavor is a whole list whose only price is written as given.
func oneFlavor(amount string) string {
	return `{"code":"0x00","error_code":"SUCCESS","message":"","result":[{"flavor_id":"f","name":"f","status":"available",` +
		`"spec":{"vcpu":1},"price":{"full":{"type":"month","KRW":{"price":` + amount + `}}}}],` +
		`"count":1,"page_no":1,"page_size":10,"total":1}`
}

func (s *stage) serves(t *testing.T, body string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	s.behind.play(t, server.URL)
}

// TestSpellingMakesNoVersion wants equal decimals to be one version, and a
// decimal that differs by the least to be another.
func TestSpellingMakesNoVersion(t *testing.T) {
	for _, c := range []struct{ amounts, other string }{
		{"1.10 1.1 1.100 11e-1", "1.1000000000000000001"},
		{"1.9e-08 0.000000019 19E-9", "0.00000001900000001"},
		{"0 0.0 0e5", "1e-18"},
		{"5600 5600.0 5.6e3", "5600.01"},
	} {
		t.Run(c.amounts, func(t *testing.T) {
			s := newStage(t, "iwinv", "flavors")
			for i, amount := range strings.Fields(c.amounts) {
				s.serves(t, oneFlavor(amount))
				want := record.Unchanged
				if i == 0 {
					want = record.Changed
				}
				s.mustSync(t, want)
			}
			if n := one[int](t, s.pool, "SELECT (SELECT count(*) FROM product_versions) + (SELECT count(*) FROM price_history)"); n != 2 {
				t.Errorf("%d versions of entry and price, want 1 of each", n)
			}
			s.serves(t, oneFlavor(c.other))
			s.mustSync(t, record.Changed)
		})
	}
}

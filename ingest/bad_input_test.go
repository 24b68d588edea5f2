package ingest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/store/record"
)

// TestBadInput wants of every spoilt answer: an error that names list, page and
// field, a failed run, not one row written, and a next sync that succeeds.
func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault string
		list  string // iwinv/flavors unless given
		class string // decode unless given
		says  []string
	}{
		{fault: "iwinv:http500:page=2", class: "server_error", says: []string{"page 2", "GET /v1/flavors", "status 500"}},
		{fault: "iwinv:http401", class: "unauthorized", says: []string{"page 1", "status 401"}},
		{fault: "iwinv:http403:page=2", class: "forbidden", says: []string{"page 2", "status 403"}},
		{fault: "iwinv:truncate:page=2", class: "network", says: []string{"page 2", "unexpected EOF"}},
		{fault: "iwinv:truncate:page=2:length=half", says: []string{"page 2", "want JSON"}},
		{fault: "iwinv:gzip:page=2", class: "network", says: []string{"page 2", "checksum"}},
		{fault: "iwinv:html200:page=3", class: "html", says: []string{"page 3", "HTML"}},
		{fault: "iwinv:redirect", class: "redirect", says: []string{"page 1", "redirect"}},
		{fault: "iwinv:code_error:page=2", says: []string{"page 2", "code: want 0x00"}},
		{fault: "iwinv:bad_price:value=NaN", says: []string{"page 1", "/result/0/price/"}},
		{fault: "iwinv:repeat", class: "incomplete", says: []string{"page 2", "repeats"}},
		{fault: "iwinv:wrong_total:value=+5", class: "incomplete", says: []string{"total of", "the pages hold"}},
		{fault: "iwinv:wrong_total:value=-1", class: "incomplete", says: []string{"total of", "the pages hold"}},
		{fault: "iwinv:wrong_total:page=2:value=+5", class: "incomplete", says: []string{"page 2", "total changed"}},
		{fault: "zstack:http500:page=2", list: "zstack/instance-offerings", class: "server_error", says: []string{"page 2", "500"}},
		{fault: "zstack:truncate:page=2", list: "zstack/instance-offerings", class: "network", says: []string{"page 2", "unexpected EOF"}},
		{fault: "zstack:html200:page=2", list: "zstack/instance-offerings", class: "html", says: []string{"page 2", "HTML"}},
		{fault: "zstack:repeat", list: "zstack/instance-offerings", class: "incomplete", says: []string{"page 2", "repeats"}},
		{fault: "zstack:wrong_total:page=2:value=+5", list: "zstack/instance-offerings", class: "incomplete", says: []string{"page 2", "total changed"}},
	} {
		if c.list == "" {
			c.list = "iwinv/flavors"
		}
		if c.class == "" {
			c.class = "decode"
		}
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			testBadInput(t, c.list, c.fault, c.class, append(c.says, c.list))
		})
	}
}

// TestOddInput wants of every answer with one odd row that the rest is read, that
// history stays, and that page and field of the row are named.
func TestOddInput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault string
		list  string // iwinv/flavors unless given
		says  []string
	}{
		{fault: "iwinv:bad_price:value=text", says: []string{"result[0].price.", ".KRW.price", "5,600"}},
		{fault: "iwinv:bad_price:value=negative", says: []string{"result[0].price.", ".KRW.price", "-5600"}},
		{fault: "iwinv:bad_price:value=empty", says: []string{"result[0].price.", ".KRW.price"}},
		{fault: "iwinv:bad_price:value=huge", says: []string{"result[0].price.", ".KRW.price", "1e400"}},
		{fault: "iwinv:conflict", says: []string{"same key with other content"}},
		{fault: "iwinv:empty_id", says: []string{"result[0].flavor_id", "not empty"}},
		{fault: "iwinv:number_id", says: []string{"result[0].flavor_id", "12345678901234567890"}},
		{fault: "zstack:conflict", list: "zstack/instance-offerings", says: []string{"same key with other content"}},
		{fault: "zstack:empty_id", list: "zstack/instance-offerings", says: []string{"inventories[0].uuid"}},
		{fault: "zstack:number_id", list: "zstack/instance-offerings", says: []string{"inventories[0].uuid"}},
	} {
		if c.list == "" {
			c.list = "iwinv/flavors"
		}
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			provider, name, _ := strings.Cut(c.list, "/")
			s := newStage(t, provider, name)
			s.mustSync(t, record.Changed)
			before := s.counts(t)
			s.simulated(t, provider, c.fault)
			if _, err := s.sync(t); err != nil {
				t.Fatal(err)
			}
			got := column[string](t, s.pool, `SELECT 'page ' || page_number || ': ' || detail FROM set_aside WHERE reason <> 'hidden'`)
			if len(got) == 0 || len(got) > 2 {
				t.Fatalf("set aside: %q", got)
			}
			for _, text := range append(c.says, "page ") {
				if !strings.Contains(got[0], text) {
					t.Errorf("set aside: %q does not say %q", got[0], text)
				}
			}
			for table, rows := range s.counts(t) {
				if strings.Contains(table, "pages") || table == "snapshots" || table == "drift" {
					continue
				}
				if rows != before[table] {
					t.Errorf("%s went from %d rows to %d", table, before[table], rows)
				}
			}
			s.simulated(t, provider)
			s.mustSync(t, record.Unchanged)
		})
	}
}

func testBadInput(t *testing.T, list, fault, class string, says []string) {
	provider, name, _ := strings.Cut(list, "/")
	s := newStage(t, provider, name)
	s.mustSync(t, record.Changed)
	before := s.counts(t)
	s.simulated(t, provider, fault)
	_, err := s.sync(t)
	if err == nil {
		t.Fatal("the sync succeeded")
	}
	s.mustBeFailed(t, err, class, says)
	if diff := cmp.Diff(before, s.counts(t)); diff != "" {
		t.Errorf("a failed sync wrote rows (-before +after):\n%s", diff)
	}
	s.simulated(t, provider)
	s.mustSync(t, record.Unchanged)
}

// mustBeFailed wants the error's text, the same in the run's row.
func (s *stage) mustBeFailed(t *testing.T, err error, class string, says []string) {
	t.Helper()
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not say %q", err, text)
		}
	}
	const newest = " FROM runs ORDER BY id DESC LIMIT 1"
	if outcome := one[string](t, s.pool, "SELECT outcome"+newest); outcome != "failed" {
		t.Errorf("the run's outcome is %q", outcome)
	}
	if text := one[string](t, s.pool, "SELECT error_text"+newest); text != err.Error() {
		t.Errorf("the run says %q, the error %q", text, err)
	}
	if got := one[string](t, s.pool, "SELECT error_class"+newest); got != class {
		t.Errorf("the run's error_class is %q, want %q", got, class)
	}
	if strings.Count(err.Error(), s.list.ID.String()) > 1 {
		t.Errorf("error %q names the list more than once", err)
	}
}

// TestNoPriceIsNotZero wants no row for a price that is null or absent.
func TestNoPriceIsNotZero(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"null", "absent"} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "iwinv", "flavors")
			s.simulated(t, "iwinv", "iwinv:bad_price:page=1:value="+value)
			s.mustSync(t, record.Changed)
			bare := one[int](t, s.pool, `SELECT count(*) FROM products p WHERE NOT EXISTS (SELECT FROM prices s
				JOIN price_history h ON h.list_id = s.list_id AND h.price_id = s.id
				WHERE s.list_id = p.list_id AND s.product_id = p.id)`)
			if bare != 1 {
				t.Errorf("%d products have no price_history, want 1", bare)
			}
			if zero := one[int](t, s.pool, "SELECT count(*) FROM price_history WHERE list_unit_price = 0"); zero != 0 {
				t.Errorf("%d prices are 0", zero)
			}
		})
	}
}

// TestUnknownField wants a new member to make no version and to be told once.
func TestUnknownField(t *testing.T) {
	t.Parallel()
	s := newStage(t, "iwinv", "flavors")
	s.mustSync(t, record.Changed)
	before := s.counts(t)
	s.simulated(t, "iwinv", "iwinv:unknown_field")
	first, second := s.mustSync(t, record.Unchanged), s.mustSync(t, record.Unchanged)
	if len(first.Drift) != 1 || len(second.Drift) != 0 {
		t.Errorf("told %v, then %v; want it once", first.Drift, second.Drift)
	}
	after := s.counts(t)
	for _, table := range []string{"products", "product_versions", "price_history", "product_status_changes", "absences"} {
		if before[table] != after[table] {
			t.Errorf("%s went from %d rows to %d", table, before[table], after[table])
		}
	}
	want := []string{"result[].brand_new_member"}
	if diff := cmp.Diff(want, column[string](t, s.pool, "SELECT path FROM bi.drift WHERE kind = 'field'")); diff != "" {
		t.Errorf("bi.drift (-want +got):\n%s", diff)
	}
}

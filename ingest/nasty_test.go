package ingest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/ingest"
	"syncer/store/record"
)

// nasty is a list whose provider a test plays by hand: rows, and whatever is
// wrong with an answer. Its tests carry the numbers of the forty-six nasty
// cases that the project wants covered; others stand where their matter is
// (fetchers, schedule, archive, soak).
type nasty struct {
	*stage
	t *testing.T

	mutex sync.Mutex
	rows  []string // of the list, each a JSON object
	// spoil may answer instead: it is told the page and how often that page
	// was asked for, and is handed the good body.
	spoil func(w http.ResponseWriter, r *http.Request, page, nth int, body string) bool
	asked map[int]int
	day   int
}

const nastyPage = 10

// newNasty has a committed snapshot of n flavors, f-000 and on, at day 0.
func newNasty(t *testing.T, n int) *nasty {
	t.Helper()
	s := &nasty{stage: newStage(t, "iwinv", "flavors"), t: t, asked: map[int]int{}}
	for i := range n {
		s.rows = append(s.rows, flavorRow(fmt.Sprintf("f-%03d", i), krw("5600", "560", "6160")))
	}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	s.behind.play(t, server.URL)
	if report := s.take(); report.Outcome != record.Changed {
		t.Fatalf("the first snapshot: %+v", report)
	}
	return s
}

func krw(price, vat, total string) string {
	return fmt.Sprintf(`{"full":{"type":"month","KRW":{"price":%s,"vat":%s,"total":%s}}}`, price, vat, total)
}

func flavorRow(id, price string) string { return flavorNamed(strconv.Quote(id), `"General"`, price) }

// flavorNamed takes JSON for the id and the name, whatever it is.
func flavorNamed(id, name, price string) string {
	return fmt.Sprintf(`{"flavor_id":%s,"name":%s,"status":"available","spec":{"type":"GENERAL","vcpu":1,"memory":1024,"disk":50,"network":1,"gpu":null},"zone":["KR-1"],"price":%s}`, id, name, price)
}

func (s *nasty) serve(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	page, _ := strconv.Atoi(r.URL.Query().Get("page_no"))
	s.asked[page]++
	w.Header().Set("Content-Type", "application/json")
	body := s.body(page)
	if s.spoil != nil && s.spoil(w, r, page, s.asked[page], body) {
		return
	}
	fmt.Fprint(w, body)
}

func (s *nasty) body(page int) string {
	from := min((page-1)*nastyPage, len(s.rows))
	rows := s.rows[from:min(from+nastyPage, len(s.rows))]
	return envelope(rows, page, strconv.Itoa(len(s.rows)))
}

func envelope(rows []string, page int, total string) string {
	return fmt.Sprintf(`{"code":"0x00","error_code":"SUCCESS","message":"","count":%d,"page_no":%d,"page_size":%d,"total":%s,"result":[%s]}`,
		len(rows), page, nastyPage, total, strings.Join(rows, ","))
}

// put sets one row; a new id goes to the end.
func (s *nasty) put(id, row string) {
	at := slices.IndexFunc(s.rows, func(r string) bool { return strings.Contains(r, strconv.Quote(id)) })
	if at < 0 {
		s.rows = append(s.rows, row)
		return
	}
	s.rows[at] = row
}

func (s *nasty) drop(ids ...string) {
	s.rows = slices.DeleteFunc(s.rows, func(row string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(row, strconv.Quote(id)) })
	})
}

// take makes a snapshot a day later than the last and wants no error.
func (s *nasty) take() ingest.Report {
	s.t.Helper()
	report, err := s.try()
	if err != nil {
		s.t.Fatal(err)
	}
	return report
}

func (s *nasty) try() (ingest.Report, error) {
	s.asked = map[int]int{}
	moment := at(s.day)
	s.day++
	return s.runner.SyncAt(s.t.Context(), s.list, s.fetcher, moment)
}

// mustFailClean wants a failed run that says why, not one row written, and the
// next snapshot of what was there before to be unchanged.
func (s *nasty) mustFailClean(class string, says ...string) {
	s.t.Helper()
	before := s.counts(s.t)
	_, err := s.try()
	if err == nil {
		s.t.Fatal("the sync succeeded")
	}
	s.mustBeFailed(s.t, err, class, append(says, "iwinv/flavors"))
	if diff := cmp.Diff(before, s.counts(s.t)); diff != "" {
		s.t.Errorf("rows (-before +after):\n%s", diff)
	}
}

// mustSetAside wants the snapshot to be history but for a part of one row, which is
// named.
func (s *nasty) mustSetAside(key, part string, says ...string) {
	s.t.Helper()
	if report := s.take(); report.Outcome != record.Unchanged {
		s.t.Errorf("the snapshot is %s: %+v", report.Outcome, report.Delta)
	}
	s.mustHaveSetAside(s.t, key, part, says...)
}

// mustHaveSetAside wants the newest snapshot to have set one part of one row aside;
// an empty key is that of a row without.
func (s *stage) mustHaveSetAside(t testing.TB, key, part string, says ...string) {
	t.Helper()
	got := column[string](t, s.pool, `SELECT concat_ws(' ', coalesce(key, '-'), part, detail) FROM set_aside
		WHERE taken_at = (SELECT max(taken_at) FROM snapshots) ORDER BY number`)
	if len(got) != 1 || !strings.HasPrefix(got[0], fmt.Sprintf("%s %s ", orDash(key), part)) {
		t.Fatalf("set aside: %q, want %s of %q", got, part, key)
	}
	for _, text := range says {
		if !strings.Contains(got[0], text) {
			t.Errorf("set aside: %q does not say %q", got[0], text)
		}
	}
}

func orDash(key string) string {
	if key == "" {
		return "-"
	}
	return key
}

// mustRecover wants the good rows to change nothing after whatever happened.
func (s *nasty) mustRecover(good []string) {
	s.t.Helper()
	history := s.history(s.t)
	s.spoil, s.rows = nil, good
	if report := s.take(); report.Outcome != record.Unchanged {
		s.t.Errorf("the next snapshot is %s: %+v", report.Outcome, report.Delta)
	}
	if diff := cmp.Diff(strip(history), strip(s.history(s.t))); diff != "" {
		s.t.Errorf("history (-before +after):\n%s", diff)
	}
}

// strip leaves out what moves with every snapshot: when a product was last
// seen.
func strip(history map[string][]string) map[string][]string {
	left := map[string][]string{}
	for view, rows := range history {
		if view != "products_current" {
			left[view] = rows
		}
	}
	return left
}

// mustHold wants the snapshot held for a reason, and history as it was.
func (s *nasty) mustHold(says string) ingest.Report {
	s.t.Helper()
	before := s.history(s.t)
	report := s.take()
	if report.Outcome != record.Held || !strings.Contains(report.HeldFor, says) {
		s.t.Fatalf("outcome %q for %q, want held for %q", report.Outcome, report.HeldFor, says)
	}
	if diff := cmp.Diff(before, s.history(s.t)); diff != "" {
		s.t.Errorf("history (-before +after):\n%s", diff)
	}
	return report
}

// prices are the rows of bi.price_history of a key: "5600 KRW/month 0-3".
func (s *nasty) prices(key string) []string {
	s.t.Helper()
	return column[string](s.t, s.pool, `SELECT list_unit_price_text || ' ' || pricing_currency || '/' || pricing_unit || ' ' ||
		(valid_from::date - $2::date) || '-' || coalesce((valid_to::date - $2::date)::text, '')
		FROM bi.price_history WHERE product_key = $1 ORDER BY valid_from, pricing_currency, pricing_unit`, key, at(0))
}

// events are the rows of bi.product_status_changes of a key: "1 missing".
func (s *nasty) events(key string) []string {
	s.t.Helper()
	return column[string](s.t, s.pool, `SELECT (changed_at::date - $2::date) || ' ' || event
		FROM bi.product_status_changes WHERE product_key = $1 ORDER BY changed_at`, key, at(0))
}

func (s *nasty) want(what string, want, got []string) {
	s.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func status(w http.ResponseWriter, code int, body string) bool {
	w.WriteHeader(code)
	fmt.Fprint(w, body)
	return true
}

package ingest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"syncer/store/record"
)

// TestNastyWalks covers the cases in which pages, totals and connections are
// wrong.
func TestNastyWalks(t *testing.T) {
	for name, run := range map[string]func(*nasty){
		"1 page 3 is 500 four times, then fine": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, _ *http.Request, page, nth int, _ string) bool {
				return page == 3 && nth <= 4 && status(w, 500, `{"code":"0x99","error_code":"INTERNAL","message":"","result":""}`)
			}
			if report := s.take(); report.Outcome != record.Unchanged {
				s.t.Errorf("the sync is %s", report.Outcome)
			}
			for page, times := range s.asked {
				if want := map[bool]int{true: 5, false: 1}[page == 3]; times != want {
					s.t.Errorf("page %d was asked for %d times, want %d", page, times, want)
				}
			}
		},
		"2 page 3 is always 500": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, _ *http.Request, page, _ int, _ string) bool {
				return page == 3 && status(w, 500, "{}")
			}
			good := slices.Clone(s.rows)
			s.mustFailClean("server_error", "page 3", "status 500")
			s.mustRecover(good)
			s.want("events of page 5", []string{"0 appeared"}, s.events("f-045"))
		},
		"3 an item moves from page 2 to page 1 after page 1 was read": func(s *nasty) { s.shift(s.rows[1:]) },
		"4 an item is inserted at the top between two pages": func(s *nasty) {
			s.shift(append([]string{flavorRow("f-new", krw("1", "0", "1"))}, s.rows...))
		},
		"27 a maintenance page with 200, twice, then fine": func(s *nasty) {
			good := slices.Clone(s.rows)
			for range 2 {
				s.spoil = func(w http.ResponseWriter, _ *http.Request, _, _ int, _ string) bool {
					return status(w, 200, "<!DOCTYPE html><html><body>Maintenance</body></html>")
				}
				s.mustFailClean("html", "page 1", "HTML")
			}
			s.mustRecover(good)
		},
		"28 another code with 200": func(s *nasty) {
			good := slices.Clone(s.rows)
			s.spoil = func(w http.ResponseWriter, _ *http.Request, page, _ int, _ string) bool {
				return page == 2 && status(w, 200, `{"code":"0x99","error_code":"DB_DOWN","message":"later","count":0,"result":[]}`)
			}
			s.mustFailClean("decode", "page 2", "want 0x00", "DB_DOWN", "later")
			s.mustRecover(good)
		},
		"29 401 on page 1": func(s *nasty) {
			good := slices.Clone(s.rows)
			s.spoil = func(w http.ResponseWriter, _ *http.Request, _, _ int, _ string) bool {
				return status(w, 401, `{"code":"0x7","error_code":"CHECK_SIGNATURE","message":"no","result":"error"}`)
			}
			s.mustFailClean("unauthorized", "page 1", "CHECK_SIGNATURE")
			if s.asked[1] > 2 {
				s.t.Errorf("asked %d times, which may lock the account", s.asked[1])
			}
			s.mustRecover(good)
		},
		"29 403 on page 1": func(s *nasty) {
			good := slices.Clone(s.rows)
			s.spoil = func(w http.ResponseWriter, _ *http.Request, _, _ int, _ string) bool {
				return status(w, 403, `{"code":"0x9","error_code":"CHECK_IP","message":"no","result":"error"}`)
			}
			s.mustFailClean("forbidden", "page 1", "CHECK_IP")
			if s.asked[1] != 1 {
				s.t.Errorf("asked %d times, want once", s.asked[1])
			}
			s.mustRecover(good)
		},
		"31 the clocks are ten minutes apart": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, _ *http.Request, _, _ int, _ string) bool {
				w.Header().Set("Date", clock().Add(-10*time.Minute).Format(http.TimeFormat))
				return status(w, 401, `{"code":"0x7","error_code":"CHECK_SIGNATURE","message":"","result":"error"}`)
			}
			s.mustFailClean("unauthorized", "clock is 10m0s ahead")
		},
		"32 a redirect to another host": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, r *http.Request, _, _ int, _ string) bool {
				http.Redirect(w, r, "http://elsewhere.invalid/login?next=1", http.StatusFound)
				return true
			}
			s.mustFailClean("redirect", "redirects are refused", "elsewhere.invalid")
		},
		"33 the server ignores the page number": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, _ *http.Request, _, _ int, _ string) bool {
				return status(w, 200, s.body(1))
			}
			s.mustFailClean("decode", "page 2", "asked for page 2, got page 1")
		},
		"33 and echoes the one it was asked for": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, _ *http.Request, page, _ int, _ string) bool {
				return status(w, 200, envelope(s.rows[:nastyPage], page, strconv.Itoa(len(s.rows))))
			}
			s.mustFailClean("incomplete", "page 2", "repeats")
		},
		"34 the total is 240, the rows are fewer": func(s *nasty) {
			s.spoil = s.total("240")
			s.mustFailClean("incomplete", "240", "the pages hold 50")
		},
		"35 the total as a text": func(s *nasty) {
			s.spoil = s.total(`"50"`)
			if report := s.take(); report.Outcome != record.Unchanged {
				s.t.Errorf("the sync is %s", report.Outcome)
			}
		},
		"35 the total is null": func(s *nasty) {
			s.spoil = s.total("null")
			if report := s.take(); report.Outcome != record.Unchanged {
				s.t.Errorf("the sync is %s", report.Outcome)
			}
		},
		"35 the total is -1": func(s *nasty) {
			s.spoil = s.total("-1")
			s.mustFailClean("decode", "page 1", "total: want a count of at least 0, got -1")
		},
		"36 the echo of the page is wrong": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, _ *http.Request, page, _ int, body string) bool {
				return page == 3 && status(w, 200, strings.Replace(body, `"page_no":3`, `"page_no":7`, 1))
			}
			s.mustFailClean("decode", "page 3", "asked for page 3, got page 7")
		},
		"36 a middle page is short": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, _ *http.Request, page, _ int, _ string) bool {
				return page == 2 && status(w, 200, envelope(s.rows[10:15], 2, "50"))
			}
			s.mustFailClean("incomplete", "50", "the pages hold 45")
		},
	} {
		t.Run(name, func(t *testing.T) { run(newNasty(t, 50)) })
	}
}

// total states another total on every page.
func (s *nasty) total(text string) func(http.ResponseWriter, *http.Request, int, int, string) bool {
	return func(w http.ResponseWriter, _ *http.Request, _, _ int, body string) bool {
		return status(w, 200, strings.Replace(body, fmt.Sprintf(`"total":%d`, len(s.rows)), `"total":`+text, 1))
	}
}

// shift changes the list after page 1 of the first walk was read. The walk is
// made again and finds the list at rest.
func (s *nasty) shift(after []string) {
	walks := 0
	s.spoil = func(w http.ResponseWriter, _ *http.Request, page, _ int, body string) bool {
		fmt.Fprint(w, body)
		if page == 1 {
			walks++
		}
		if page == 1 && walks == 1 {
			s.rows = after
		}
		return true
	}
	report := s.take()
	if walks != 2 {
		s.t.Errorf("%d walks were made, want 2", walks)
	}
	if want := len(after); report.Entries != want {
		s.t.Errorf("%d entries, want %d", report.Entries, want)
	}
	s.want("events of an entry on page 2", []string{"0 appeared"}, s.events("f-010"))
	s.want("events of an entry on page 3", []string{"0 appeared"}, s.events("f-025"))
}

package ingest_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"syncer/ingest"
	"syncer/store/record"
)

// TestBugsOfOthers are real bugs of tools of this field, one each, beside the
// nasty cases.
func TestBugsOfOthers(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(*nasty){
		"the last page is lost": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, _ *http.Request, page, _ int, _ string) bool {
				return page == 3 && status(w, 200, envelope(nil, 3, "30"))
			}
			s.mustFailClean("incomplete", "30", "the pages hold 20")
		},
		"a price comes back to what it was": func(s *nasty) {
			for _, price := range []string{"5700", "5600"} {
				s.put("f-001", flavorRow("f-001", krw(price, "0", price)))
				s.take()
			}
			s.want("prices", []string{"5600 KRW/month 0-1", "5700 KRW/month 1-2", "5600 KRW/month 2-"}, s.prices("f-001"))
		},
		"a price beyond what a float holds, and far below a cent": func(s *nasty) {
			s.put("f-001", flavorRow("f-001", krw("9007199254740993", "0", "9007199254740993")))
			s.put("f-002", flavorRow("f-002", krw("0.0000000000000001", "0", "0")))
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-1", "9007199254740993 KRW/month 1-"}, s.prices("f-001"))
			s.want("prices", []string{"5600 KRW/month 0-1", "0.0000000000000001 KRW/month 1-"}, s.prices("f-002"))
		},
		"a list within a row comes in another order": func(s *nasty) {
			for i, row := range s.rows {
				s.rows[i] = strings.Replace(row, `"zone":["KR-1"]`, `"zone":["KR-1","KR-2"]`, 1)
			}
			s.take()
			for i, row := range s.rows {
				s.rows[i] = strings.Replace(row, `["KR-1","KR-2"]`, `["KR-2","KR-1"]`, 1)
			}
			s.mustBeUnchanged()
		},
		"a number becomes a text that holds it": func(s *nasty) {
			for i, row := range s.rows {
				s.rows[i] = strings.Replace(row, `"vcpu":1`, `"vcpu":"1"`, 1)
			}
			s.mustBeUnchanged()
		},
		"a field becomes an object": func(s *nasty) {
			good := slices.Clone(s.rows)
			s.rows[0] = strings.Replace(s.rows[0], `"vcpu":1`, `"vcpu":{"count":1}`, 1)
			s.mustSetAside("f-000", "fields", "result[0].spec.vcpu: want a number, got an object")
			s.mustRecover(good)
		},
		"keys that are one when they are joined": func(s *nasty) {
			s.rows = append(s.rows, flavorRow("a/b", krw("1", "0", "1")), flavorRow("a", krw("2", "0", "2")))
			s.take()
			s.drop("a")
			s.take()
			s.want("prices", []string{"1 KRW/month 1-"}, s.prices("a/b"))
		},
		"a reader sees only before or after": func(s *nasty) { s.readWhileWriting() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(newNasty(t, 30))
		})
	}
}

// readWhileWriting changes all prices at once, again and again, while somebody
// looks: there is never a mixture.
func (s *nasty) readWhileWriting() {
	s.runner.Guard = ingest.Guard{}
	ctx, cancel := context.WithCancel(s.t.Context())
	var reader sync.WaitGroup
	looks := 0
	reader.Go(func() {
		for ctx.Err() == nil {
			var prices, amounts int
			err := s.pool.QueryRow(ctx, "SELECT count(*), count(DISTINCT list_unit_price) FROM bi.prices_current").Scan(&prices, &amounts)
			if ctx.Err() == nil && (err != nil || prices != 30 || amounts != 1) {
				s.t.Errorf("saw %d prices of %d amounts, %v", prices, amounts, err)
			}
			looks++
		}
	})
	for round := range 10 {
		price := fmt.Sprint(5700 + round)
		for i := range s.rows {
			s.rows[i] = flavorRow(fmt.Sprintf("f-%03d", i), krw(price, "0", price))
		}
		if report := s.take(); report.Outcome != record.Changed {
			s.t.Errorf("round %d is %s", round, report.Outcome)
		}
	}
	cancel()
	reader.Wait()
	if looks < 10 {
		s.t.Errorf("looked only %d times", looks)
	}
}

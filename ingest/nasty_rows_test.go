package ingest_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"syncer/store/record"
	"syncer/timeline"
)

// TestWhatIsSetAsideIsLogged wants the log to name list, key, part, page and field of
// a row that is set aside, at every run.
func TestWhatIsSetAsideIsLogged(t *testing.T) {
	t.Parallel()
	s := newNasty(t, 30)
	_, said := s.mirrored(t)
	s.runner.Mirror = nil
	s.put("f-012", flavorRow("f-012", krw(`"5,600"`, "560", "6160")))
	for range 2 {
		said.Reset()
		s.take()
		for _, want := range []string{`msg="set aside"`, "list=iwinv/flavors", "key=f-012", "part=prices", "reason=unreadable", "page=2", "result[2].price.full.KRW.price"} {
			if !strings.Contains(said.String(), want) {
				t.Errorf("the log does not say %s:\n%s", want, said)
			}
		}
	}
}

// TestNastyRows covers the cases in which rows hold what they should not.
func TestNastyRows(t *testing.T) {
	t.Parallel()
	price := krw("5600", "560", "6160")
	for name, run := range map[string]func(*nasty){
		"5 the same id twice with different prices": func(s *nasty) {
			good := slices.Clone(s.rows)
			s.rows = append(s.rows, flavorRow("f-001", krw("1", "0", "1")))
			s.mustFailClean("incomplete", "states a total of 31, the pages hold 30")
			s.mustRecover(good)
		},
		"6 the same id twice, identical": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, _ *http.Request, page, _ int, body string) bool {
				if page != 1 {
					return false
				}
				rows := append([]string{s.rows[0]}, s.rows[:nastyPage]...)
				return status(w, 200, envelope(rows, 1, fmt.Sprint(len(s.rows))))
			}
			if report := s.take(); report.Outcome != record.Unchanged || report.Entries != 30 {
				s.t.Errorf("%s, %d entries", report.Outcome, report.Entries)
			}
		},
		"7 ids that differ in case, blanks and width": func(s *nasty) {
			for _, id := range []string{"vm-1", "VM-1", " vm-1 ", "vm-1\u200b"} {
				s.rows = append(s.rows, flavorRow(id, price))
			}
			s.take()
			got := column[string](s.t, s.pool, "SELECT product_key FROM bi.products_current WHERE lower(product_key) LIKE '%vm-1%' ORDER BY product_key COLLATE \"C\"")
			s.want("keys", []string{" vm-1 ", "VM-1", "vm-1", "vm-1\u200b"}, got)
		},
		"8 an empty id":       func(s *nasty) { s.oddRow(flavorNamed(`""`, `"x"`, price), "result[0].flavor_id", "not empty") },
		"8 a null id":         func(s *nasty) { s.oddRow(flavorNamed(`null`, `"x"`, price), "result[0].flavor_id", "null") },
		"8 an id as a number": func(s *nasty) { s.oddRow(flavorNamed(`12345678901234567890`, `"x"`, price), "12345678901234567890") },
		"14 price null": func(s *nasty) {
			s.put("f-001", flavorRow("f-001", `{"full":{"type":"month","KRW":null}}`))
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-1"}, s.prices("f-001"))
		},
		"14 price absent": func(s *nasty) {
			s.put("f-001", flavorRow("f-001", `{"full":{"type":"month"}}`))
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-1"}, s.prices("f-001"))
		},
		"15 price with a comma":       func(s *nasty) { s.badPrice(krw(`"5,600"`, "560", "6160"), `5,600`) },
		"15 price with a currency":    func(s *nasty) { s.badPrice(krw(`"5600원"`, "560", "6160"), `5600원`) },
		"15 price NaN as a text":      func(s *nasty) { s.badPrice(krw(`"NaN"`, "560", "6160"), `NaN`) },
		"15 price an empty text":      func(s *nasty) { s.badPrice(krw(`""`, "560", "6160"), `""`) },
		"16 a bare NaN":               func(s *nasty) { s.badRow(flavorRow("f-x", krw("NaN", "560", "6160")), "want JSON") },
		"16 a bare Infinity":          func(s *nasty) { s.badRow(flavorRow("f-x", krw("Infinity", "560", "6160")), "want JSON") },
		"16 a negative price":         func(s *nasty) { s.badPrice(krw("-5600", "560", "6160"), "-5600") },
		"17 a price of 10 to the 400": func(s *nasty) { s.badPrice(krw("1e400", "0", "0"), "1e400") },
		"16 a price of 0": func(s *nasty) {
			s.put("f-001", flavorRow("f-001", krw("0", "0", "0")))
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-1", "0 KRW/month 1-"}, s.prices("f-001"))
		},
		"17 thirty digits and more": func(s *nasty) {
			const exact = "123456789012345678901234567890.1234567890123456789"
			s.put("f-001", flavorRow("f-001", krw(exact, "0", exact)))
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-1", exact + " KRW/month 1-"}, s.prices("f-001"))
			s.put("f-002", flavorRow("f-002", krw("1e-09", "0", "1e-09")))
			s.take()
			s.put("f-002", flavorRow("f-002", krw("0.000000001", "0", "1e-9")))
			if report := s.take(); report.Outcome != record.Unchanged {
				s.t.Errorf("1e-09 as 0.000000001: %s", report.Outcome)
			}
		},
		"18 a total that does not add up": func(s *nasty) {
			s.put("f-001", flavorRow("f-001", krw("5600", "560", "6161")))
			s.take()
			got := column[string](s.t, s.pool, "SELECT trim_scale(tax_amount)::text || ' ' || trim_scale(price_with_tax)::text FROM bi.prices_current WHERE product_key = 'f-001'")
			s.want("tax and total", []string{"560 6161"}, got)
			if warnings := one[int](s.t, s.pool, "SELECT warnings FROM runs ORDER BY id DESC LIMIT 1"); warnings != 1 {
				s.t.Errorf("%d warnings, want 1", warnings)
			}
		},
		"19 KRW becomes USD": func(s *nasty) {
			s.put("f-001", flavorRow("f-001", strings.ReplaceAll(price, "KRW", "USD")))
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-1", "5600 USD/month 1-"}, s.prices("f-001"))
			s.want("changes", []string{"currency"}, column[string](s.t, s.pool, "SELECT change_kind FROM bi.price_changes WHERE product_key = 'f-001' AND changed_at > $1", at(0)))
		},
		"19 both currencies": func(s *nasty) {
			both := `{"full":{"type":"month","KRW":{"price":5600,"vat":560,"total":6160},"USD":{"price":4,"vat":0,"total":4}}}`
			s.put("f-001", flavorRow("f-001", both))
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-", "4 USD/month 1-"}, s.prices("f-001"))
		},
		"20 month becomes hour": func(s *nasty) {
			s.put("f-001", flavorRow("f-001", strings.ReplaceAll(price, `"month"`, `"hour"`)))
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-1", "5600 KRW/hour 1-"}, s.prices("f-001"))
			s.want("changes", []string{"unit"}, column[string](s.t, s.pool, "SELECT change_kind FROM bi.price_changes WHERE product_key = 'f-001' AND changed_at > $1", at(0)))
		},
		"21 a new member on every row": func(s *nasty) {
			for i, row := range s.rows {
				s.rows[i] = strings.Replace(row, `{"flavor_id"`, `{"brand_new":{"x":1},"flavor_id"`, 1)
			}
			s.mustBeUnchanged()
			s.want("drift", []string{"result[].brand_new"}, column[string](s.t, s.pool, "SELECT path FROM bi.drift"))
		},
		"21 members in another order, other white space": func(s *nasty) {
			for i, row := range s.rows {
				row = strings.Replace(row, `"status":"available",`, "", 1)
				s.rows[i] = strings.Replace(row, `"zone":`, "\n  \"status\" : \"available\" , \"zone\":", 1)
			}
			s.mustBeUnchanged()
		},
		"22 1.10, 1.1, 1.100": func(s *nasty) {
			s.put("f-001", flavorRow("f-001", krw("1.10", "0", "1.10")))
			s.take()
			for _, spelling := range []string{"1.1", "1.100", `"1.10"`, "110e-2"} {
				s.put("f-001", flavorRow("f-001", krw(spelling, "0.0", "1.1")))
				s.mustBeUnchanged()
			}
		},
		"23 a name in another Unicode form": func(s *nasty) {
			s.put("f-001", flavorNamed(`"f-001"`, "\"caf\u00e9\"", price))
			s.take()
			s.put("f-001", flavorNamed(`"f-001"`, "\"cafe\u0301\"", price))
			if report := s.take(); len(report.Delta.Changed) != 1 {
				s.t.Errorf("changed %v, want a version byte for byte", report.Delta.Changed)
			}
			s.want("prices", []string{"5600 KRW/month 0-"}, s.prices("f-001"))
		},
		"24 a name that is not UTF-8":     func(s *nasty) { s.badRow(flavorNamed(`"f-x"`, "\"a\xffb\"", price), "UTF-8") },
		"24 a name with half a surrogate": func(s *nasty) { s.badRow(flavorNamed(`"f-x"`, `"a\ud800b"`, price), "surrogate") },
		"25 U+0000 in a name": func(s *nasty) {
			s.put("f-001", flavorNamed(`"f-001"`, `"a\u0000b"`, price))
			s.take()
			s.want("name", []string{"a\u2400b"}, column[string](s.t, s.pool, "SELECT product_name FROM bi.products_current WHERE product_key = 'f-001'"))
			s.mustBeUnchanged()
		},
		"26 a name of 70 MB": func(s *nasty) {
			s.badRow(flavorNamed(`"f-x"`, `"`+strings.Repeat("x", 70<<20)+`"`, price), "too large")
		},
		"26 a gzip bomb": func(s *nasty) {
			bomb := gzipped(s.t, 256<<20)
			s.spoil = func(w http.ResponseWriter, _ *http.Request, _, _ int, _ string) bool {
				w.Header().Set("Content-Encoding", "gzip")
				return status(w, 200, bomb)
			}
			s.mustFailClean("too_large", "page 1", "too large")
		},
		"26 a body without end": func(s *nasty) {
			s.spoil = func(w http.ResponseWriter, r *http.Request, _, _ int, _ string) bool {
				chunk := bytes.Repeat([]byte(" "), 1<<20)
				for r.Context().Err() == nil {
					if _, err := w.Write(chunk); err != nil {
						return true
					}
				}
				return true
			}
			s.mustFailClean("too_large", "page 1", "too large")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(newNasty(t, 30))
		})
	}
}

func gzipped(t *testing.T, size int) string {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 1<<20)
	for range size >> 20 {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// badRow puts a row that spoils its page in front.
func (s *nasty) badRow(row string, says ...string) {
	s.t.Helper()
	good := slices.Clone(s.rows)
	s.rows = append([]string{row}, s.rows...)
	class := "decode"
	if says[0] == "too large" {
		class = "too_large"
	}
	s.mustFailClean(class, append(says, "page 1")...)
	s.mustRecover(good)
}

func (s *nasty) badPrice(price, says string) {
	s.t.Helper()
	good := slices.Clone(s.rows)
	s.put("f-001", flavorRow("f-001", price))
	s.mustSetAside("f-001", "prices", ".price.full.KRW.price", strings.Trim(says, `"`))
	s.mustRecover(good)
}

// oddRow wants a row whose key cannot be read to be set aside.
func (s *nasty) oddRow(row string, says ...string) {
	s.t.Helper()
	good := slices.Clone(s.rows)
	s.rows = append([]string{row}, s.rows...)
	s.mustSetAside("", "fields", says...)
	s.mustRecover(good)
}

func (s *nasty) mustBeUnchanged() {
	s.t.Helper()
	before := s.counts(s.t)
	if report := s.take(); report.Outcome != record.Unchanged {
		s.t.Errorf("the snapshot is %s: %+v", report.Outcome, report.Delta)
	}
	after := s.counts(s.t)
	for _, table := range []string{"products", "product_versions", "prices", "price_history", "product_status_changes", "absences"} {
		if before[table] != after[table] {
			s.t.Errorf("%s went from %d rows to %d", table, before[table], after[table])
		}
	}
}

// TestNastyLists covers the cases in which the whole list is unlikely.
func TestNastyLists(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(*nasty){
		"9 no rows where there were many": func(s *nasty) {
			good := slices.Clone(s.rows)
			s.rows = nil
			s.mustHold("all 30 entries would be removed")
			s.mustRecover(good)
		},
		"10 a tenth of the rows, twice, accepted once": func(s *nasty) {
			s.rows = s.rows[:3]
			s.mustHold("27 of 30 entries would be removed")
			s.mustHold("27 of 30 entries would be removed")
			if _, err := s.runner.Accept(s.t.Context(), s.list, s.fetcher, nil, decision()); err != nil {
				s.t.Fatal(err)
			}
			three := s.rows
			s.rows = three[:1]
			s.mustHold("2 of 3 entries would be removed") // half or more is not few
			s.rows = three[:2]
			if report := s.take(); report.Outcome != record.Changed {
				s.t.Errorf("one of three gone is %s: few may vanish", report.Outcome)
			}
			s.rows = three[:1]
			s.mustHold("2 of 3 entries would be removed (limit 40 %) since") // little by little
			s.rows = nil
			s.mustHold("all 2 entries would be removed")
		},
		"11 one item is missing once": func(s *nasty) {
			good := slices.Clone(s.rows)
			s.drop("f-007")
			s.take()
			s.rows = good
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-"}, s.prices("f-007"))
			s.want("events", []string{"0 appeared", "1 missing", "2 relisted"}, s.events("f-007"))
			s.want("absence", []string{"bridged"}, column[string](s.t, s.pool, "SELECT 'bridged' FROM absences WHERE absent_to IS NOT NULL AND confirmed_at IS NULL"))
		},
		"12 all statuses flip and flip back": func(s *nasty) {
			good := slices.Clone(s.rows)
			for i, row := range s.rows {
				s.rows[i] = strings.Replace(row, `"available"`, `"pending"`, 1)
			}
			s.mustHold("30 of 30 entries would change their status")
			s.mustAccept(s.t)
			s.rows = good
			s.mustHold("30 of 30 entries would change their status")
			s.mustAccept(s.t)
			s.want("events", []string{"0 appeared", "1 changed", "2 changed"}, s.events("f-007"))
			if empty := one[int](s.t, s.pool, "SELECT count(*) FROM product_versions WHERE valid_from >= valid_to"); empty != 0 {
				s.t.Errorf("%d empty versions", empty)
			}
		},
		"13 all ids are renamed at once": func(s *nasty) {
			for i, row := range s.rows {
				s.rows[i] = strings.Replace(row, `"f-`, `"g-`, 1)
			}
			held := s.mustHold("30 of 30 entries would be removed")
			if _, err := s.runner.Accept(s.t.Context(), s.list, s.fetcher, &held.TakenAt, decision()); err != nil {
				s.t.Fatal(err)
			}
			for range 3 {
				s.take()
			}
			got := column[string](s.t, s.pool, "SELECT event || ' ' || count(*) FROM bi.product_status_changes WHERE changed_at > $1 GROUP BY event ORDER BY 1", at(0))
			s.want("events", []string{"appeared 30", "delisted 30", "missing 30"}, got)
			s.want("the old price", []string{"5600 KRW/month 0-1"}, s.prices("f-007"))
		},
		"46 last night's backup": func(s *nasty) {
			s.put("f-001", flavorRow("f-001", krw("5700", "570", "6270")))
			s.take() // day 1: in the backup
			s.day = 3
			s.put("f-001", flavorRow("f-001", krw("5800", "580", "6380")))
			s.take() // after the restore: what day 2 saw is not known any more
			s.want("prices", []string{"5600 KRW/month 0-1", "5700 KRW/month 1-3", "5800 KRW/month 3-"}, s.prices("f-001"))
			s.day = 2 // the archive of day 2 is loaded: the past is repaired
			s.put("f-001", flavorRow("f-001", krw("5800", "580", "6380")))
			s.take()
			s.want("prices", []string{"5600 KRW/month 0-1", "5700 KRW/month 1-2", "5800 KRW/month 2-"}, s.prices("f-001"))
			s.mustBeConsistent(s.t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(newNasty(t, 30))
		})
	}
}

// TestNastyFirstSnapshot covers case 9 on a source never seen: a list without
// rows is held, for nobody can tell an empty catalog from a broken one.
func TestNastyFirstSnapshot(t *testing.T) {
	t.Parallel()
	s := &nasty{stage: newStage(t, "iwinv", "flavors"), t: t, asked: map[int]int{}}
	s.simulatedAt(t, "iwinv", at(0), "iwinv:empty")
	if report := s.take(); report.Outcome != record.Held || report.HeldFor != "the first snapshot has no entries" {
		t.Errorf("got %+v", report)
	}
}

// TestNastyRawRule covers case 11 without confirmation: one delisted and one
// relisted, and a gap.
func TestNastyRawRule(t *testing.T) {
	t.Parallel()
	s := newNasty(t, 30)
	list, err := s.runner.Store.FindList(t.Context(), s.fetcher.List())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.runner.Rebuild(t.Context(), list, s.fetcher, timeline.Rule{Snapshots: 1}, decision()); err != nil {
		t.Fatal(err)
	}
	s.list.Rule = timeline.Rule{Snapshots: 1}
	good := slices.Clone(s.rows)
	s.drop("f-007")
	s.take()
	s.rows = good
	s.take()
	s.want("prices", []string{"5600 KRW/month 0-1", "5600 KRW/month 2-"}, s.prices("f-007"))
	s.want("events", []string{"0 appeared", "1 delisted", "2 relisted"}, s.events("f-007"))
}

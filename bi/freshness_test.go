package bi_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/store/storetest"
)

// TestFreshnessSaysWhatIsNotRead wants what the newest snapshot does not speak for,
// what waits to be confirmed and what is announced beside a state that stays fresh.
func TestFreshnessSaysWhatIsNotRead(t *testing.T) {
	t.Parallel()
	for _, kind := range []catalog.EntryKind{catalog.Products, catalog.Contracts} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s, l := doubting(t, kind)
			entry := func(key, amount string, announced ...catalog.Price) catalog.Entry {
				entry := catalog.Entry{Key: key, Name: key, Announced: announced}
				if amount != "" {
					entry.Prices = []catalog.Price{monthly(costs(amount))}
				}
				if kind == catalog.Contracts {
					return storetest.Contracted(entry)
				}
				return entry
			}
			fresh := func(want string) {
				t.Helper()
				lists, err := s.Report.Freshness(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				since := "-"
				if at := lists[0].PricesUnreadSince; !at.IsZero() {
					since = at.Format("02")
				}
				got := fmt.Sprint(lists[0].State, " ", lists[0].SetAside, " ", lists[0].Nameless, " ", lists[0].DoubtsOpen, " ", since, " ", lists[0].PricesAnnounced)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("freshness (-want +got):\n%s", diff)
				}
			}
			l.Put(storetest.Day(1), entry("a", "100"), entry("b", "5"))
			fresh("fresh 0 0 0 - 0")
			putAside(l, 2, append(nameless("row 7"), append(catalog.Whole("c", catalog.Unreadable, "row 8"), aside("a", catalog.Incomplete, "GET /a"))...), entry("a", ""))
			fresh("fresh 2 1 0 - 0") // b is hidden, not set aside
			l.Put(storetest.Day(3), entry("a", "1000", monthly(costs("120"), from(20))), entry("b", "0"))
			fresh("fresh 0 0 2 - 1")
			l.Retract(storetest.Day(3), "b", by("kim", "a slip"))
			fresh("fresh 0 0 1 - 1") // nobody has to look at b again
			unread := func(day int) {
				l.Write(storetest.Day(day), l.Source.Odd(t, catalog.Decoded{PricesUnread: fmt.Sprintf("GET /prices: status %d", 400+day)}, entry("a", ""), entry("b", "")))
			}
			unread(4)
			unread(5)
			fresh("fresh 0 0 1 04 1")
			l.Put(storetest.Day(6), entry("a", "100"), entry("b", "5"))
			unread(7)
			fresh("fresh 0 0 0 07 0")
		})
	}
}

package bi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/store/storetest"
	"syncer/timeline"
)

// aside sets the prices of a key aside.
func aside(key string, reason catalog.SetAsideReason, detail string) catalog.SetAside {
	return catalog.SetAside{Key: key, Part: catalog.PricesPart, Reason: reason, Detail: detail}
}

// nameless are rows without a key.
func nameless(details ...string) []catalog.SetAside {
	rows := make([]catalog.SetAside, len(details))
	for i, detail := range details {
		rows[i] = catalog.SetAside{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: detail}
	}
	return rows
}

// putAside makes entries the snapshot of a day which sets parts aside besides.
func putAside(l *storetest.Live, day int, parts []catalog.SetAside, entries ...catalog.Entry) {
	l.T.Helper()
	l.Write(storetest.Day(day), l.Source.Odd(l.T, catalog.Decoded{SetAside: parts}, entries...))
}

const runsAside = `SELECT product_key, product_name, part, reason, to_char(since, 'DD') AS since, to_char(until, 'DD') AS until,
	snapshots, rows, detail, page_number, stands, to_char(stands_from, 'DD') FROM bi.set_aside ORDER BY set_aside.since, product_key, part, reason`

// TestSetAside wants one row a run of snapshots that say nothing of the same part for
// the same reason, with what stood meanwhile, whatever the order in which they came.
func TestSetAside(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 2})
	sold := func(name, status string, prices ...catalog.Price) catalog.Entry {
		return catalog.Entry{Key: "a", Name: name, Status: &status, Prices: prices}
	}
	partly := catalog.Price{SKUPriceID: "a/part", Kind: catalog.PriceList, Variant: "part", Unit: "hour", Currency: "USD", TaxBasis: catalog.TaxUnknown, ListUnitPrice: amount("0.50")}
	l.Put(storetest.Day(1), sold("A", "on", monthly(), partly), catalog.Entry{Key: "b"})
	putAside(l, 2, []catalog.SetAside{aside("a", catalog.Unreadable, "price: want a number")}, sold("A", "on"), catalog.Entry{Key: "b"})
	putAside(l, 5, []catalog.SetAside{aside("a", catalog.Incomplete, "GET /a: status 500")}, sold("A 2", "on"), catalog.Entry{Key: "b"})
	putAside(l, 3, []catalog.SetAside{aside("a", catalog.Unreadable, "price: want a number, got x")}, sold("A", "off"), catalog.Entry{Key: "b"}) // late
	l.Put(storetest.Day(4), sold("A", "off", monthly(costs("110")), partly), catalog.Entry{Key: "b"})
	putAside(l, 6, append(catalog.Whole("new", catalog.TooLong, "name: too long"), nameless("row 7: no key", "row 9: no key")...), sold("A 2", "on", monthly(costs("110")), partly))
	l.Write(storetest.Day(7), l.Source.Odd(t, catalog.Decoded{PricesUnread: "GET /prices: status 403"}, sold("A 2", "on"), catalog.Entry{Key: "b"}))
	l.Write(storetest.Day(8), l.Source.Odd(t, catalog.Decoded{PricesUnread: "GET /prices: status 503"}, sold("A 2", "on")))
	l.Sync(storetest.Day(9), "too little") // held: it is no member of history
	want := []string{
		"a|A 2|prices|unreadable|02|04|2|1|price: want a number, got x|1|full 100 KRW per month; part 0.5 USD per hour|01",
		"a|A 2|prices|incomplete|05|06|1|1|GET /a: status 500|1|full 110 KRW per month; part 0.5 USD per hour|04",
		"b||fields|hidden|06|07|1|1|the snapshot lacks this key; a row whose key cannot be read may be it|||01",
		"new||fields|too long|06|07|1|1|name: too long|1||",
		"new||prices|too long|06|07|1|1|name: too long|1||",
		"||fields|unreadable|06|07|1|2|row 7: no key|1||",
		"||prices|prices unread|07||2|1|GET /prices: status 503|||",
	}
	if diff := cmp.Diff(want, ask(t, s, runsAside)); diff != "" {
		t.Errorf("set aside (-want +got):\n%s", diff)
	}
	if got := ask(t, s, strings.ReplaceAll(strings.ReplaceAll(runsAside, "set_aside", "contract_set_aside"), "product_", "contract_")); len(got) > 0 {
		t.Errorf("contracts: %v", got)
	}
}

// TestSetAsideOfContracts wants parts of contracts for their own readers only.
func TestSetAsideOfContracts(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "contracts", catalog.Contracts, timeline.Rule{Snapshots: 2})
	contract := storetest.Contracted(catalog.Entry{Key: "c", Name: "web", Prices: []catalog.Price{monthly()}})
	l.Put(storetest.Day(1), contract)
	contract.Prices = nil
	putAside(l, 2, append(nameless("row 2: no key"), aside("c", catalog.Incomplete, "GET /fee: status 500")), contract)
	l.Write(storetest.Day(3), l.Source.Odd(t, catalog.Decoded{PricesUnread: "GET /fees: status 403"}, contract))
	want := []string{
		"c|web|prices|incomplete|02|03|1|1|GET /fee: status 500|1|full 100 KRW per month|01",
		"||fields|unreadable|02|03|1|1|row 2: no key|1||",
		"||prices|prices unread|03||1|1|GET /fees: status 403|||",
	}
	if diff := cmp.Diff(want, ask(t, s, strings.ReplaceAll(strings.ReplaceAll(runsAside, "set_aside", "contract_set_aside"), "product_", "contract_"))); diff != "" {
		t.Errorf("set aside (-want +got):\n%s", diff)
	}
	if got := ask(t, s, runsAside); len(got) > 0 {
		t.Errorf("everybody reads %v", got)
	}
}

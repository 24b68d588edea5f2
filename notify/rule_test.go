package notify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/notify"
	"syncer/store/outbox"
	"syncer/store/storetest"
)

// TestTheThresholdIsExact moves prices to its bound and by the least decimal
// below, up and down.
func TestTheThresholdIsExact(t *testing.T) {
	for name, c := range map[string]struct {
		atLeast, from, to string
		want              bool
	}{
		"up to the bound":       {"5", "100", "105", true},
		"just below":            {"5", "100", "104.999999999999999999999999", false},
		"down to the bound":     {"5", "100", "95", true},
		"just not down":         {"5", "100", "95.000000000000000000000001", false},
		"what floats get wrong": {"5", "0.3", "0.315", true},
		"and just below it":     {"5", "0.3", "0.3149999999999999999", false},
		"a fraction":            {"0.1", "1000", "1001", true},
		"below a fraction":      {"0.1", "1000", "1000.9", false},
		"thirds":                {"33.3333333333333333", "3", "4", true},
		"every change":          {"0", "1000000000", "1000000000.0000000001", true},
		"from nothing":          {"50", "0", "0.0001", true},
		"to nothing":            {"100", "7", "0", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := everything()
			rule.Prices = moves(c.atLeast)
			move := outbox.PriceMove{Kind: catalog.PriceList, From: decimal.RequireFromString(c.from), To: decimal.RequireFromString(c.to)}
			news, err := rule.Subscription().Compose(outbox.Facts{Kind: outbox.Changed, Prices: []outbox.PriceMove{move}})
			if err != nil || (news != nil) != c.want {
				t.Errorf("%s %% from %s to %s: got %s, %v", c.atLeast, c.from, c.to, news, err)
			}
		})
	}
}

// TestAnotherTaxBasisIsNoMove wants no news that a price rose where tax came
// into it, as bi.price_changes does not say so either.
func TestAnotherTaxBasisIsNoMove(t *testing.T) {
	t.Parallel()
	w := newRuns(t, everything())
	based := func(amount string, basis catalog.TaxBasis) catalog.Entry {
		entry := storetest.Item("a", amount, catalog.PriceList)
		entry.Prices[0].TaxBasis = basis
		return entry
	}
	w.Sync(storetest.Day(1), "", based("10000", catalog.TaxExcluded))
	w.Sync(storetest.Day(2), "", based("11000", catalog.TaxIncluded))
	w.want(0, "tax came in")
	w.Sync(storetest.Day(3), "", based("12000", catalog.TaxIncluded))
	w.want(1, "the price rose")
	kinds := w.Lines("SELECT change_kind FROM bi.price_changes ORDER BY changed_at")
	if diff := cmp.Diff([]string{"new", "tax", "raised"}, kinds); diff != "" {
		t.Errorf("bi.price_changes (-want +got):\n%s", diff)
	}
}

// TestRulesChoose by list, event, direction and kind; each rule that matches
// has a message of its own.
func TestRulesChoose(t *testing.T) {
	t.Parallel()
	rule := func(name string, change func(*notify.Rule)) notify.Rule {
		rule := everything()
		rule.Name = name
		change(&rule)
		return rule
	}
	w := newRuns(t,
		rule("1 all", func(*notify.Rule) {}),
		rule("2 this list", func(r *notify.Rule) { r.Lists = []string{"other/x", "test/th*"} }),
		rule("3 this source", func(r *notify.Rule) { r.Lists = []string{"test"} }),
		rule("other list", func(r *notify.Rule) { r.Lists = []string{"test/x", "other", "test/"} }),
		rule("4 up", func(r *notify.Rule) { r.Prices.Down, r.Statuses = false, false }),
		rule("down", func(r *notify.Rule) { r.Prices.Up, r.Statuses = false, false }),
		rule("contract", func(r *notify.Rule) { r.Prices.Kinds = []catalog.PriceKind{catalog.PriceContract} }),
		rule("no prices", func(r *notify.Rule) { r.Prices = nil }),
	)
	w.Sync(storetest.Day(1), "", storetest.Item("a", "1", catalog.PriceList))
	w.Sync(storetest.Day(2), "", storetest.Item("a", "2", catalog.PriceList))
	rules := w.Lines("SELECT rule FROM notifications WHERE list = 'test/things' ORDER BY rule")
	if diff := cmp.Diff([]string{"1 all", "2 this list", "3 this source", "4 up"}, rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

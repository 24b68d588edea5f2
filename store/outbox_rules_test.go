package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/timeline"
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
			rule.Prices = watch(c.atLeast)
			w := newTold(t, rule)
			w.sync(day(1), "", item("a", c.from, catalog.PriceList))
			w.sync(day(2), "", item("a", c.to, catalog.PriceList))
			if news := w.news(); (len(news) == 1) != c.want {
				t.Errorf("%s %% from %s to %s: got %+v", c.atLeast, c.from, c.to, news)
			}
		})
	}
}

// TestAnotherTaxBasisIsNoMove wants nobody told that a price rose where tax came
// into it, as bi.price_changes does not say so either.
func TestAnotherTaxBasisIsNoMove(t *testing.T) {
	w := newTold(t, everything())
	based := func(amount string, basis catalog.TaxBasis) catalog.Entry {
		entry := item("a", amount, catalog.PriceList)
		entry.Prices[0].TaxBasis = basis
		return entry
	}
	w.sync(day(1), "", based("10000", catalog.TaxExcluded))
	w.sync(day(2), "", based("11000", catalog.TaxIncluded))
	w.mustTell(0, "tax came in")
	w.sync(day(3), "", based("12000", catalog.TaxIncluded))
	w.mustTell(1, "the price rose")
	kinds := rows(t, w.pool, w.source.list.ID, "SELECT change_kind FROM bi.price_changes WHERE list = $1 ORDER BY changed_at", pgx.RowTo[string])
	if diff := cmp.Diff([]string{"new", "tax", "raised"}, kinds); diff != "" {
		t.Errorf("bi.price_changes (-want +got):\n%s", diff)
	}
}

// TestRulesChoose by list, event, direction and kind; each rule that matches
// has a message of its own.
func TestRulesChoose(t *testing.T) {
	rule := func(name string, change func(*store.Subscription)) store.Subscription {
		one := everything()
		one.Rule = name
		change(&one)
		return one
	}
	w := newTold(t,
		rule("1 all", func(*store.Subscription) {}),
		rule("2 this list", func(s *store.Subscription) { s.Lists = []string{"other/x", "test/th*"} }),
		rule("3 this source", func(s *store.Subscription) { s.Lists = []string{"test"} }),
		rule("other list", func(s *store.Subscription) { s.Lists = []string{"test/x", "other", "test/"} }),
		rule("4 up", func(s *store.Subscription) { s.Prices.Down, s.Statuses = false, false }),
		rule("down", func(s *store.Subscription) { s.Prices.Up, s.Statuses = false, false }),
		rule("contract", func(s *store.Subscription) { s.Prices.Kinds = []catalog.PriceKind{catalog.PriceContract} }),
		rule("no prices", func(s *store.Subscription) { s.Prices = nil }),
	)
	w.sync(day(1), "", item("a", "1", catalog.PriceList))
	w.sync(day(2), "", item("a", "2", catalog.PriceList))
	rules := rows(t, w.pool, w.source.list.ID, "SELECT rule FROM notifications WHERE list = 'test/' || $1 ORDER BY rule", pgx.RowTo[string])
	if diff := cmp.Diff([]string{"1 all", "2 this list", "3 this source", "4 up"}, rules); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// statements counts what is sent to the database.
type statements struct{ texts []string }

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	s.texts = append(s.texts, data.SQL)
	return ctx
}
func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TestRulesCostAnUnchangedRunNothing compares its statements with those of a
// run that nobody is told of.
func TestRulesCostAnUnchangedRunNothing(t *testing.T) {
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	sent := &statements{}
	config.ConnConfig.Tracer, config.MaxConns = sent, 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	w := &told{t: t, pool: pool, store: store.New(pool), source: newScripted()}
	w.list = ensure(t, w.store, w.source.list, timeline.Rule{Snapshots: 1})
	snapshot := w.source.snapshot(t, items(item("a", "1", catalog.PriceList)))
	count := func(at time.Time, rules ...store.Subscription) []string {
		w.rules = rules
		run := w.begin(at)
		sent.texts = nil
		if _, err := w.store.Update(t.Context(), run, snapshot, pass); err != nil {
			t.Fatal(err)
		}
		return sent.texts
	}
	count(day(1))
	without, with := count(day(2)), count(day(3), everything(), everything())
	if diff := cmp.Diff(without, with); diff != "" || len(with) == 0 {
		t.Errorf("statements (-without rules +with):\n%s", diff)
	}
}

// TestStaleIsToldOnceAnEpisode however often and by however many it is said.
func TestStaleIsToldOnceAnEpisode(t *testing.T) {
	w := newTold(t, everything())
	say := func(last time.Time) {
		t.Helper()
		stale := []store.StaleList{{List: w.list.ID, Provider: "test", LastSnapshot: last}}
		done := make(chan error)
		for range 4 {
			go func() { done <- w.store.AnnounceStale(t.Context(), w.rules, stale) }()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
	}
	say(time.Time{})
	say(time.Time{})
	w.mustTell(1, "never read")
	w.sync(day(1), "", item("a", "1", catalog.PriceList))
	say(day(1))
	say(day(1))
	if news := w.mustTell(2, "a new episode")[1]; news.Kind != store.NewsStale || !news.LastSnapshot.Equal(day(1)) {
		t.Errorf("got %+v", news)
	}
	other := everything()
	other.Stale = false
	w.rules = []store.Subscription{other}
	say(day(2))
	w.mustTell(2, "a rule that is not about it")
}

// TestOldMessagesAreForgotten but for the staleness that goes on, and for what
// nobody has got yet.
func TestOldMessagesAreForgotten(t *testing.T) {
	w := newTold(t, everything())
	w.sync(day(1), "", item("a", "1", catalog.PriceList))
	w.sync(day(2), "", item("a", "2", catalog.PriceList))
	for _, last := range []time.Time{day(1), day(2)} {
		if err := w.store.AnnounceStale(t.Context(), w.rules, []store.StaleList{{List: w.list.ID, LastSnapshot: last}}); err != nil {
			t.Fatal(err)
		}
	}
	kinds := func() []string {
		return rows(t, w.pool, w.source.list.ID, "SELECT kind || ' ' || coalesce(extract(day FROM stale_since)::text, '') FROM notifications WHERE list = 'test/' || $1 ORDER BY id", pgx.RowTo[string])
	}
	prune := func(state string) {
		t.Helper()
		if _, err := w.pool.Exec(t.Context(), "UPDATE notifications SET state = $1, ended_at = now() - interval '31 days'", state); err != nil {
			t.Fatal(err)
		}
		if err := w.store.PruneNotifications(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	prune("parked")
	if got := kinds(); len(got) != 3 {
		t.Errorf("parked ones are forgotten: %v", got)
	}
	prune("delivered")
	if diff := cmp.Diff([]string{"stale 2"}, kinds()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

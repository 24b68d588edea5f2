package timelinetest

import "testing"

func TestVersions(t *testing.T) {
	t.Parallel()
	one, two := product("a", "one", "on"), product("a", "two", "on")
	check(t, []example{
		{"there and back", confirm(2, 0, at(1, one), at(2, one), at(3, two), at(4, one)), story{
			versions: []string{"a one [1,3)", "a two [3,4)", "a one [4,)"},
			events:   []string{"1 a status appeared ->on"},
		}},
		{"other content after a bridged absence", confirm(2, 0, at(1, one), at(2), at(3, two)), story{
			versions: []string{"a one [1,3)", "a two [3,)"},
			absences: []string{"a [2,3)"},
			events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on"},
		}},
		{"keys know nothing of each other", confirm(1, 0, at(1, one, product("B", "b", "on")), at(2, one)), story{
			versions: []string{"B b [1,2)", "a one [1,)"},
			absences: []string{"B [2,) confirmed 2"},
			events:   []string{"1 B status appeared ->on", "2 B status delisted on>-", "1 a status appeared ->on"},
		}},
	})
}

func TestPrices(t *testing.T) {
	t.Parallel()
	one := product("a", "one", "on")
	check(t, []example{
		{"missing from a present entry ends at once", confirm(2, 72,
			at(1, priced(one, "full", "100", "part", "7")), at(2, priced(one, "full", "100.0")), at(3, priced(one, "full", "100", "part", "7"))), story{
			versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,)"},
			prices:   []string{"a full 100 [1,)", "a part 7 [1,2)", "a part 7 [3,)"},
			events:   []string{"1 a status appeared ->on"},
		}},
		{"of a bridged entry runs on", confirm(2, 0, at(1, priced(one, "full", "100")), at(2), at(3, priced(one, "full", "120"))), story{
			versions: []string{"a one [1,3)", "a one [3,)"},
			absences: []string{"a [2,3)"},
			prices:   []string{"a full 100 [1,3)", "a full 120 [3,)"},
			events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on"},
		}},
		{"of a delisted entry ends with it", confirm(1, 0, at(1, priced(one, "full", "100")), at(2), at(3, priced(one, "full", "100"))), story{
			versions: []string{"a one [1,2)", "a one [3,)"},
			absences: []string{"a [2,3) confirmed 2"},
			prices:   []string{"a full 100 [1,2)", "a full 100 [3,)"},
			events:   []string{"1 a status appeared ->on", "2 a status delisted on>-", "3 a status relisted ->on"},
		}},
		{"runs on over versions that differ otherwise", confirm(2, 0,
			at(1, priced(one, "full", "100")), at(2, priced(product("a", "two", "on"), "full", "100"))), story{
			versions: []string{"a one [1,2)", "a two [2,)"},
			prices:   []string{"a full 100 [1,)"},
			events:   []string{"1 a status appeared ->on"},
		}},
	})
}

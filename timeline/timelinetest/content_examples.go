package timelinetest

func versionExamples() []Example {
	one, two := product("a", "one", "on"), product("a", "two", "on")
	return []Example{
		{"there and back", confirm(2, 0, at(1, one), at(2, one), at(3, two), at(4, one)), Story{
			Versions: []string{"a one [1,3)", "a two [3,4)", "a one [4,)"},
			Events:   []string{"1 a status appeared ->on"},
		}},
		{"other content after a bridged absence", confirm(2, 0, at(1, one), at(2), at(3, two)), Story{
			Versions: []string{"a one [1,3)", "a two [3,)"},
			Absences: []string{"a [2,3)"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on"},
		}},
		{"keys know nothing of each other", confirm(1, 0, at(1, one, product("B", "b", "on")), at(2, one)), Story{
			Versions: []string{"B b [1,2)", "a one [1,)"},
			Absences: []string{"B [2,) confirmed 2"},
			Events:   []string{"1 B status appeared ->on", "2 B status delisted on>-", "1 a status appeared ->on"},
		}},
	}
}

func priceExamples() []Example {
	one := product("a", "one", "on")
	return []Example{
		{"missing from a present entry ends at once", confirm(2, 72,
			at(1, priced(one, "full", "100", "part", "7")), at(2, priced(one, "full", "100.0")), at(3, priced(one, "full", "100", "part", "7"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,)"},
			Prices:   []string{"a full 100 [1,)", "a part 7 [1,2)", "a part 7 [3,)"},
			Events:   []string{"1 a status appeared ->on"},
		}},
		{"of a bridged entry runs on", confirm(2, 0, at(1, priced(one, "full", "100")), at(2), at(3, priced(one, "full", "120"))), Story{
			Versions: []string{"a one [1,3)", "a one [3,)"},
			Absences: []string{"a [2,3)"},
			Prices:   []string{"a full 100 [1,3)", "a full 120 [3,)"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on"},
		}},
		{"of a delisted entry ends with it", confirm(1, 0, at(1, priced(one, "full", "100")), at(2), at(3, priced(one, "full", "100"))), Story{
			Versions: []string{"a one [1,2)", "a one [3,)"},
			Absences: []string{"a [2,3) confirmed 2"},
			Prices:   []string{"a full 100 [1,2)", "a full 100 [3,)"},
			Events:   []string{"1 a status appeared ->on", "2 a status delisted on>-", "3 a status relisted ->on"},
		}},
		{"runs on over versions that differ otherwise", confirm(2, 0,
			at(1, priced(one, "full", "100")), at(2, priced(product("a", "two", "on"), "full", "100"))), Story{
			Versions: []string{"a one [1,2)", "a two [2,)"},
			Prices:   []string{"a full 100 [1,)"},
			Events:   []string{"1 a status appeared ->on"},
		}},
	}
}

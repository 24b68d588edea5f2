package timelinetest

import "syncer/catalog"

func silentExamples() []Example {
	one, two := product("a", "one", "on"), product("a", "two", "off")
	gone := []string{"1 a status appeared ->on", "2 a status delisted on>-"}
	return []Example{
		{"of fields what stood goes on", confirm(2, 0, at(1, full("100")), at(2, priced(two, "full", "200")).silent("a", catalog.FieldsPart)), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"}, Prices: []string{"a full 100 [1,2)", "a full 200 [2,)"}, Events: appeared(),
		}},
		{"of prices what stood goes on", confirm(2, 0, at(1, full("100")), at(2, priced(two, "full", "200")).silent("a", catalog.PricesPart)), Story{
			Versions: []string{"a one [1,2)", "a two [2,)"}, Prices: []string{"a full 100 [1,)"},
			Events: []string{"1 a status appeared ->on", "2 a status changed on>off"},
		}},
		{"no version ends where nothing speaks", confirm(2, 0, at(1, full("100")), at(2).seen("a"), at(3, priced(two, "full", "200"))), Story{
			Versions: []string{"a one [1,3)", "a two [3,)"}, Prices: []string{"a full 100 [1,3)", "a full 200 [3,)"},
			Events: []string{"1 a status appeared ->on", "3 a status changed on>off"},
		}},
		{"prices of a whole list", confirm(2, 0, at(1, full("100")), at(2, priced(two, "full", "200")).unread(), at(3, priced(two, "full", "200"))), Story{
			Versions: []string{"a one [1,2)", "a two [2,3)", "a two [3,)"}, Prices: []string{"a full 100 [1,3)", "a full 200 [3,)"},
			Events: []string{"1 a status appeared ->on", "2 a status changed on>off"},
		}},
		{"fields, and prices of a whole list", confirm(2, 0, at(1, full("100")), at(2, full("200")).silent("a", catalog.FieldsPart).unread(), at(3, full("300"))), Story{
			Versions: []string{"a one [1,3)", "a one [3,)"}, Prices: []string{"a full 100 [1,3)", "a full 300 [3,)"}, Events: appeared(),
		}},
		{"prices that never spoke are none", confirm(2, 0, at(1, full("100")).silent("a", catalog.PricesPart), at(2, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"}, Prices: []string{"a full 100 [2,)"}, Events: appeared(),
		}},
		{"fields speak first of all", confirm(1, 0, at(1, full("100")).silent("a", catalog.FieldsPart), at(2).seen("a"), at(3), at(4, one)), Story{
			Versions: []string{"a one [4,)"}, Events: []string{"4 a status appeared ->on"},
		}},
		{"seen by name ends a pending absence", confirm(2, 0, at(1, one), at(2), at(3).seen("a"), at(4)), Story{
			Versions: []string{"a one [1,)"}, Absences: []string{"a [2,3)", "a [4,)"},
			Events: []string{
				"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on", "4 a status missing on>-",
			},
		}},
		{"prices alone end a pending absence", confirm(2, 0, at(1, full("100")), at(2), at(3, full("200")).silent("a", catalog.FieldsPart)), Story{
			Versions: []string{"a one [1,3)", "a one [3,)"}, Absences: []string{"a [2,3)"},
			Prices: []string{"a full 100 [1,3)", "a full 200 [3,)"},
			Events: []string{"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on"},
		}},
		{"seen by name after a confirmed absence says nothing", confirm(1, 0, at(1, one), at(2), at(3).seen("a"), at(4)), Story{
			Versions: []string{"a one [1,2)"}, Absences: []string{"a [2,) confirmed 2"}, Events: gone,
		}},
		{"a late absence takes its word from a sight by name", confirm(2, 0, at(1, one), at(2), at(4).seen("a"), at(5, one), at(3)), Story{
			Versions: []string{"a one [1,2)", "a one [5,)"}, Absences: []string{"a [2,5) confirmed 3"},
			Events: []string{
				"1 a status appeared ->on", "2 a status missing on>-", "3 a status delisted on>-", "5 a status relisted ->on",
			},
		}},
		{"prices of a delisted entry say nothing", confirm(1, 0,
			at(1, full("100")), at(2), at(3, full("200")).silent("a", catalog.FieldsPart), at(4, one).silent("a", catalog.PricesPart), at(5, full("300"))), Story{
			Versions: []string{"a one [1,2)", "a one [4,5)", "a one [5,)"}, Absences: []string{"a [2,4) confirmed 2"},
			Prices: []string{"a full 100 [1,2)", "a full 300 [5,)"},
			Events: append(gone[:2:2], "4 a status relisted ->on"),
		}},
		{"prices that say nothing are not believed", doubted(2, 0, confirm(1, 0,
			at(1, full("100")), at(2), at(3, full("200")).silent("a", catalog.FieldsPart), at(4, full("100000")))), Story{
			Versions: []string{"a one [1,2)", "a one [4,)"}, Absences: []string{"a [2,4) confirmed 2"},
			Prices: []string{"a full 100 [1,2)", "a full 100000 [4,)"},
			Events: append(gone[:2:2], "4 a status relisted ->on"),
		}},
		{"doubt is against what last spoke", doubted(2, 0, confirm(1, 0,
			at(1, full("100")), at(2, one).silent("a", catalog.PricesPart), at(3, full("1000")))), Story{
			Versions: []string{"a one [1,)"}, Prices: []string{"a full 100 [1,)"}, Doubts: []string{"a full amount [3,)"}, Events: appeared(),
		}},
		{"zones and lifecycle go by fields that speak", confirm(2, 0,
			at(1, phased(zoned(one, "az1", "full"), "GA")), at(2, two).silent("a", catalog.FieldsPart), at(3), at(4).seen("a"), at(5, zoned(two, "az1", "full"))), Story{
			Versions: []string{"a one [1,5)", "a two [5,)"}, Absences: []string{"a [3,4)"},
			Events: []string{
				"1 a lifecycle appeared ->GA", "1 a status appeared ->on", "1 a az1 appeared ->full", "3 a status missing on>-",
				"4 a lifecycle relisted ->GA", "4 a status relisted ->on", "4 a az1 relisted ->full",
				"5 a lifecycle changed GA>-", "5 a status changed on>off",
			},
		}},
	}
}

func namelessExamples() []Example {
	one, two := product("a", "one", "on"), product("a", "two", "on")
	gone := []string{"1 a status appeared ->on", "2 a status delisted on>-"}
	return []Example{
		{"one hides a key that is missing", confirm(1, 0, at(1, one), at(2).nameless(1)), Story{
			Versions: []string{"a one [1,)"}, Events: appeared(),
		}},
		{"it hides every key that is missing", confirm(1, 0, at(1, one, product("B", "b", "on")), at(2).nameless(1)), Story{
			Versions: []string{"B b [1,)", "a one [1,)"}, Events: []string{"1 B status appeared ->on", "1 a status appeared ->on"},
		}},
		{"as many as where the key was hide nothing", confirm(1, 0, at(1, one).nameless(1), at(2).nameless(1)), Story{
			Versions: []string{"a one [1,2)"}, Absences: []string{"a [2,) confirmed 2"}, Events: gone,
		}},
		{"fewer than where the key was hide nothing", confirm(1, 0, at(1, one).nameless(2), at(2).nameless(1)), Story{
			Versions: []string{"a one [1,2)"}, Absences: []string{"a [2,) confirmed 2"}, Events: gone,
		}},
		{"more than where the key was hide it", confirm(1, 0, at(1, one).nameless(1), at(2).nameless(2)), Story{
			Versions: []string{"a one [1,)"}, Events: appeared(),
		}},
		{"a hidden absence begins none", confirm(2, 0, at(1, one), at(2).nameless(1), at(3), at(4)), Story{
			Versions: []string{"a one [1,3)"}, Absences: []string{"a [3,) confirmed 4"},
			Events: []string{"1 a status appeared ->on", "3 a status missing on>-", "4 a status delisted on>-"},
		}},
		{"a hidden absence neither counts nor ends one", confirm(2, 0, at(1, one), at(2), at(3).nameless(1), at(4)), Story{
			Versions: []string{"a one [1,2)"}, Absences: []string{"a [2,) confirmed 4"},
			Events: []string{"1 a status appeared ->on", "2 a status missing on>-", "4 a status delisted on>-"},
		}},
		{"a hidden absence ends no run of doubt", doubted(2, 0, confirm(1, 0,
			at(1, full("100")), at(2, full("1000")), at(3).nameless(1), at(4, full("1000")))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"}, Prices: []string{"a full 100 [1,2)", "a full 1000 [2,)"},
			Doubts: []string{"a full amount [2,) confirmed 4"}, Events: appeared(),
		}},
		{"the last that held the key counts, not the fullest", confirm(1, 0, at(1, one).nameless(2), at(2, one), at(3).nameless(1)), Story{
			Versions: []string{"a one [1,)"}, Events: appeared(),
		}},
		{"the last that held the key may have seen it by name", confirm(1, 0, at(1, one), at(2).seen("a").nameless(1), at(3).nameless(1)), Story{
			Versions: []string{"a one [1,3)"}, Absences: []string{"a [3,) confirmed 3"},
			Events: []string{"1 a status appeared ->on", "3 a status delisted on>-"},
		}},
		{"one that was taken back does not count", decided(confirm(1, 0, at(1, one), at(2, two).nameless(1), at(3).nameless(1)), retract("a", 2)), Story{
			Versions: []string{"a one [1,)"}, Events: appeared(),
		}},
		{"a key that is there is not hidden", confirm(1, 0, at(1, one), at(2, two).nameless(1)), Story{
			Versions: []string{"a one [1,2)", "a two [2,)"}, Events: appeared(),
		}},
		{"a late snapshot takes the last place of the key", confirm(1, 0, at(1, one), at(3).nameless(1), at(2, one).nameless(1)), Story{
			Versions: []string{"a one [1,3)"}, Absences: []string{"a [3,) confirmed 3"},
			Events: []string{"1 a status appeared ->on", "3 a status delisted on>-"},
		}},
	}
}

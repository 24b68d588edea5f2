package timelinetest

import "syncer/catalog"

// full is a product with one price.
func full(amount string) catalog.Entry { return priced(product("a", "one", "on"), "full", amount) }

func appeared() []string { return []string{"1 a status appeared ->on"} }

func reasonExamples() []Example {
	one := product("a", "one", "on")
	two := func(all ...Snapshot) World { return doubted(2, 0, confirm(2, 0, all...)) }
	stays := []string{"a one [1,)"}
	stood := []string{"a full 100 [1,)"}
	return []Example{
		{"ten times up", two(at(1, full("100")), at(2, full("1000")), at(3, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,3)"}, Events: appeared(),
		}},
		{"less than ten times is none", two(at(1, full("100")), at(2, full("999.99"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 999.99 [2,)"}, Events: appeared(),
		}},
		{"ten times down", two(at(1, full("100")), at(2, full("10.0")), at(3, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,3)"}, Events: appeared(),
		}},
		{"zero", two(at(1, full("100")), at(2, full("0")), at(3, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full zero [2,3)"}, Events: appeared(),
		}},
		{"from zero is none", two(at(1, full("0")), at(2, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 0 [1,2)", "a full 100 [2,)"}, Events: appeared(),
		}},
		{"tax basis", two(at(1, full("100")), at(2, full("100 included")), at(3, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full tax [2,3)"}, Events: appeared(),
		}},
		{"tax basis comes before amount and zero", two(at(1, full("100")), at(2, full("1000 included")), at(3, full("100")), at(4, full("0 included"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full tax [2,3)", "a full tax [4,)"}, Events: appeared(),
		}},
		{"tax basis from zero", two(at(1, full("0")), at(2, full("0 included"))), Story{
			Versions: stays, Prices: []string{"a full 0 [1,)"}, Doubts: []string{"a full tax [2,)"}, Events: appeared(),
		}},
		{"currency", two(at(1, full("100")), at(2, priced(one, "full/USD", "100")), at(3, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full currency [2,3)"}, Events: appeared(),
		}},
		{"unit", two(at(1, full("100")), at(2, priced(one, "full/hour", "100")), at(3, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full unit [2,3)"}, Events: appeared(),
		}},
		{"a second currency is a new price", two(at(1, full("100")), at(2, priced(one, "full", "100", "full/USD", "7"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,)", "a full/USD 7 [2,)"}, Events: appeared(),
		}},
		{"a second currency that goes is no loss", two(at(1, priced(one, "full", "100", "full/USD", "7")), at(2, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,)", "a full/USD 7 [1,2)"}, Events: appeared(),
		}},
		{"the unit changes within a currency first", two(
			at(1, priced(one, "full", "100", "full/USD", "7")), at(2, priced(one, "full/EUR", "6", "full/hour/USD", "1"))), Story{
			Versions: stays, Prices: []string{"a full 100 [1,)", "a full/USD 7 [1,)"},
			Doubts: []string{"a full currency [2,)", "a full/USD unit [2,)"}, Events: appeared(),
		}},
		{"the last price lost", two(at(1, full("100")), at(2, one), at(3, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full lost [2,3)"}, Events: appeared(),
		}},
		{"the last price of a variant lost", two(at(1, priced(one, "full", "100", "part", "7")), at(2, full("100"))), Story{
			Versions: stays, Prices: []string{"a full 100 [1,)", "a part 7 [1,)"}, Doubts: []string{"a part lost [2,)"}, Events: appeared(),
		}},
		{"a tier that goes is no loss, the last of them is", two(
			at(1, priced(one, "full", "100", "full/>10", "90")), at(2, full("100")), at(3, one)), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,)", "a full/>10 90 [1,2)"}, Doubts: []string{"a full lost [3,)"}, Events: appeared(),
		}},
		{"prices of a variant are lost together", two(at(1, priced(one, "full", "100", "full/>10", "90")), at(2, one)), Story{
			Versions: stays, Prices: []string{"a full 100 [1,)", "a full/>10 90 [1,)"},
			Doubts: []string{"a full lost [2,)", "a full/>10 lost [2,)"}, Events: appeared(),
		}},
		{"a price of a variant elsewhere is no loss and no doubt", two(at(1, priced(one, "full/@KR", "100")), at(2, priced(one, "full/@JP", "100000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full/@JP 100000 [2,)", "a full/@KR 100 [1,2)"}, Events: appeared(),
		}},
		{"never a fee", two(at(1, priced(one, "full/fee", "1")), at(2, priced(one, "full/fee", "1000")), at(3, one)), Story{
			Versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,)"},
			Prices:   []string{"a full/fee 1 [1,2)", "a full/fee 1000 [2,3)"}, Events: appeared(),
		}},
		{"a fee is no price that is left", two(at(1, priced(one, "full", "100", "full/fee", "5")), at(2, priced(one, "full/fee", "5"))), Story{
			Versions: stays, Prices: []string{"a full/fee 5 [1,)", "a full 100 [1,)"}, Doubts: []string{"a full lost [2,)"}, Events: appeared(),
		}},
		{"never a first sight", two(at(1, one), at(2, full("100")), at(3, priced(one, "full", "100", "part", "100000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,)"},
			Prices:   []string{"a full 100 [2,)", "a part 100000 [3,)"}, Events: appeared(),
		}},
		{"off", confirm(2, 0, at(1, full("100")), at(2, full("100000")), at(3, one)), Story{
			Versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 100000 [2,3)"}, Events: appeared(),
		}},
		{"everything else speaks on", two(
			at(1, priced(one, "full", "100", "part", "7")),
			at(2, priced(product("a", "two", "off"), "full", "1000", "part", "8"))), Story{
			Versions: []string{"a one [1,2)", "a two [2,)"},
			Prices:   []string{"a full 100 [1,)", "a part 7 [1,2)", "a part 8 [2,)"}, Doubts: []string{"a full amount [2,)"},
			Events: []string{"1 a status appeared ->on", "2 a status changed on>off"},
		}},
	}
}

// datedExamples are of prices that their provider dates.
func datedExamples() []Example {
	one := product("a", "one", "on")
	two := func(all ...Snapshot) World { return doubted(2, 0, confirm(2, 0, all...)) }
	return []Example{
		{"never what was announced with its amount", two(
			at(1, announcing(full("100"), "full", "5000")), at(2, full("5000")), at(3, full("50000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 5000 [2,)"}, Doubts: []string{"a full amount [3,)"}, Events: appeared(),
		}},
		{"what is shown and announced at once is believed at the next look alike", two(
			at(1, full("100")), at(2, announcing(full("5000"), "full", "5000")), at(3, announcing(full("5000"), "full", "5000"))), Story{
			Versions: []string{"a one [1,3)", "a one [3,)"},
			Prices:   []string{"a full 100 [1,3)", "a full 5000 [3,)"}, Doubts: []string{"a full amount [2,3)"}, Events: appeared(),
		}},
		{"what was announced with another amount", two(at(1, announcing(full("100"), "full", "6000")), at(2, full("5000"))), Story{
			Versions: []string{"a one [1,)"}, Prices: []string{"a full 100 [1,)"}, Doubts: []string{"a full amount [2,)"}, Events: appeared(),
		}},
		{"what ends on its day is not lost", two(at(1, ending(full("100"), 2)), at(2, one)), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"}, Prices: []string{"a full 100 [1,2)"}, Events: appeared(),
		}},
		{"nothing takes the place of what ends on its day", two(at(1, ending(full("100"), 2)), at(2, priced(one, "full/USD", "7"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"}, Prices: []string{"a full 100 [1,2)", "a full/USD 7 [2,)"}, Events: appeared(),
		}},
		{"what goes before its day is lost, also after it", two(at(1, ending(full("100"), 5)), at(2, one), at(6, one)), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"}, Prices: []string{"a full 100 [1,2)"},
			Doubts: []string{"a full lost [2,) confirmed 6"}, Events: appeared(),
		}},
		{"a jump that goes on its day is a loss that nobody looks for", two(at(1, ending(full("100"), 3)), at(2, full("1000")), at(3, one)), Story{
			Versions: []string{"a one [1,3)", "a one [3,)"}, Prices: []string{"a full 100 [1,3)"},
			Doubts: []string{"a full amount [2,3)"}, Events: appeared(),
		}},
		{"what is put off is not lost", two(at(1, full("100")), at(2, announcing(one, "full", "100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"}, Prices: []string{"a full 100 [1,2)"}, Events: appeared(),
		}},
	}
}

func runExamples() []Example { //nolint:funlen // one example after another
	one := product("a", "one", "on")
	under := func(snapshots int, hours float64, all ...Snapshot) World {
		return doubted(snapshots, hours, confirm(2, 0, all...))
	}
	stays, stood := []string{"a one [1,)"}, []string{"a full 100 [1,)"}
	missed := []string{"1 a status appeared ->on", "3 a status missing on>-", "4 a status relisted ->on"}
	return []Example{
		{"confirmed, it stands from its first sight", under(2, 0, at(1, full("100")), at(2, full("100000")), at(3, full("100000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 100000 [2,)"}, Doubts: []string{"a full amount [2,) confirmed 3"}, Events: appeared(),
		}},
		{"1 snapshot and 0 h", under(1, 0, at(1, full("100")), at(2, full("100000")), at(3, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 100000 [2,3)", "a full 100 [3,)"},
			Doubts:   []string{"a full amount [2,3) confirmed 2"}, Events: appeared(),
		}},
		{"enough snapshots, not long enough", under(2, 72, at(1, full("100")), at(2, full("1000")), at(3, full("1000")), at(73.9, full("1000"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,)"}, Events: appeared(),
		}},
		{"exactly long enough", under(2, 72, at(1, full("100")), at(2, full("1000")), at(74, full("1000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,)"}, Doubts: []string{"a full amount [2,) confirmed 74"}, Events: appeared(),
		}},
		{"long enough, not enough snapshots", under(3, 24, at(1, full("100")), at(2, full("1000")), at(50, full("1000")), at(51, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,51)"}, Events: appeared(),
		}},
		{"amounts near its first are one run", under(3, 0, at(1, full("100")), at(2, full("5000")), at(3, full("49999")), at(4, full("1000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 5000 [2,3)", "a full 49999 [3,4)", "a full 1000 [4,)"},
			Doubts:   []string{"a full amount [2,) confirmed 4"}, Events: appeared(),
		}},
		{"ten times from its first ends it, another begins", under(2, 0, at(1, full("100")), at(2, full("1000")), at(3, full("10000")), at(4, full("10000"))), Story{
			Versions: []string{"a one [1,3)", "a one [3,)"},
			Prices:   []string{"a full 100 [1,3)", "a full 10000 [3,)"},
			Doubts:   []string{"a full amount [2,3)", "a full amount [3,) confirmed 4"}, Events: appeared(),
		}},
		{"doubt of another kind ends it", under(2, 0, at(1, full("100")), at(2, full("0")), at(3, full("1000")), at(4, one)), Story{
			Versions: stays, Prices: stood,
			Doubts: []string{"a full zero [2,3)", "a full amount [3,4)", "a full lost [4,)"}, Events: appeared(),
		}},
		{"another currency ends it", under(2, 0, at(1, full("100")), at(2, priced(one, "full/USD", "7")), at(3, priced(one, "full/EUR", "7"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full currency [2,3)", "a full currency [3,)"}, Events: appeared(),
		}},
		{"another tax basis ends it", under(2, 0, at(1, full("100")), at(2, priced(one, "full/USD", "7")), at(3, priced(one, "full/USD", "7 included"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full currency [2,3)", "a full currency [3,)"}, Events: appeared(),
		}},
		{"two runs are not added up", under(2, 0, at(1, full("100")), at(2, full("1000")), at(3, full("120")), at(4, full("1200"))), Story{
			Versions: []string{"a one [1,3)", "a one [3,)"},
			Prices:   []string{"a full 100 [1,3)", "a full 120 [3,)"},
			Doubts:   []string{"a full amount [2,3)", "a full amount [4,)"}, Events: appeared(),
		}},
		{"a late snapshot confirms it", under(2, 0, at(1, full("100")), at(2, full("1000")), at(4, full("100")), at(3, full("1000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,4)", "a full 100 [4,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3"}, Events: appeared(),
		}},
		{"a late snapshot splits it", under(2, 0, at(1, full("100")), at(2, full("1000")), at(4, full("1000")), at(3, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,3)", "a full amount [4,)"}, Events: appeared(),
		}},
		{"a late snapshot begins it", under(2, 0, at(1, full("100")), at(3, full("1000")), at(4, full("100")), at(2, full("1000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,4)", "a full 100 [4,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3"}, Events: appeared(),
		}},
		{"a late snapshot before all makes a first sight doubtful", under(2, 0, at(2, full("1000")), at(3, full("100")), at(1, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,3)"}, Events: appeared(),
		}},
		{"an unread part neither ends it nor counts", under(2, 0,
			at(1, full("100")), at(2, full("1000")), at(3, full("0")).silent("a", catalog.PricesPart), at(4, full("1000")).unread(), at(5).seen("a"), at(6, full("100"))), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,6)"}, Events: appeared(),
		}},
		{"an unread part may lie in a confirmed one", under(2, 0,
			at(1, full("100")), at(2, full("1000")), at(3, one).silent("a", catalog.PricesPart), at(4, full("1000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,)"}, Doubts: []string{"a full amount [2,) confirmed 4"}, Events: appeared(),
		}},
		{"prices count where fields are silent", under(2, 0, at(1, full("100")), at(2, full("1000")), at(3, full("1000")).silent("a", catalog.FieldsPart)), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,)"}, Doubts: []string{"a full amount [2,) confirmed 3"}, Events: appeared(),
		}},
		{"an absence ends it, also one that is bridged", under(2, 0, at(1, full("100")), at(2, full("1000")), at(3), at(4, full("1000"))), Story{
			Versions: stays, Absences: []string{"a [3,4)"}, Prices: stood,
			Doubts: []string{"a full amount [2,3)", "a full amount [4,)"}, Events: missed,
		}},
		{"a bridged absence ends a confirmed one, and it is believed", under(2, 0,
			at(1, full("100")), at(2, full("1000")), at(2.5, full("2000")), at(3), at(4, full("10000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,2.5)", "a one [2.5,4)", "a one [4,)"}, Absences: []string{"a [3,4)"},
			Prices: []string{"a full 100 [1,2)", "a full 1000 [2,2.5)", "a full 2000 [2.5,4)", "a full 10000 [4,)"},
			Doubts: []string{"a full amount [2,3) confirmed 2.5"}, Events: missed,
		}},
		{"what is relisted is a first sight", doubted(2, 0, confirm(1, 0, at(1, full("100")), at(2), at(3, full("1000")))), Story{
			Versions: []string{"a one [1,2)", "a one [3,)"}, Absences: []string{"a [2,3) confirmed 2"},
			Prices: []string{"a full 100 [1,2)", "a full 1000 [3,)"},
			Events: []string{"1 a status appeared ->on", "2 a status delisted on>-", "3 a status relisted ->on"},
		}},
		{"a delisting ends it", doubted(2, 0, confirm(1, 0, at(1, full("100")), at(2, full("1000")), at(3))), Story{
			Versions: []string{"a one [1,3)"}, Absences: []string{"a [3,) confirmed 3"},
			Prices: []string{"a full 100 [1,3)"}, Doubts: []string{"a full amount [2,3)"},
			Events: []string{"1 a status appeared ->on", "3 a status delisted on>-"},
		}},
		{"runs of two prices know nothing of each other", under(2, 0,
			at(1, priced(one, "full", "100", "part", "7")), at(2, priced(one, "full", "1000", "part", "7")),
			at(3, priced(one, "full", "1000", "part", "70")), at(4, priced(one, "full", "100", "part", "70"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,4)", "a full 100 [4,)", "a part 7 [1,3)", "a part 70 [3,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3", "a part amount [3,) confirmed 4"}, Events: appeared(),
		}},
		{"a confirmed one lasts until it is left", under(2, 0, at(1, full("100")), at(2, full("1000")), at(3, full("1000")), at(4, full("1500")), at(5, full("10000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,5)", "a one [5,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,4)", "a full 1500 [4,5)", "a full 10000 [5,)"},
			Doubts:   []string{"a full amount [2,5) confirmed 3"}, Events: appeared(),
		}},
	}
}

package timelinetest

import "syncer/catalog"

func memoryExamples() []Example {
	one := product("a", "one", "on")
	under := func(all ...Snapshot) World { return doubted(2, 0, confirm(1, 0, all...)) }
	// jumped begins with a price that was 100 and is believed to be 10000.
	jumped := func(all ...Snapshot) World {
		return under(append([]Snapshot{at(1, full("100")), at(2, full("10000")), at(3, full("10000"))}, all...)...)
	}
	return []Example{
		{"the way back is not doubtful", jumped(at(4, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 10000 [2,4)", "a full 100 [4,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3"}, Events: appeared(),
		}},
		{"near the way back is not doubtful", jumped(at(4, full("999"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 10000 [2,4)", "a full 999 [4,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3"}, Events: appeared(),
		}},
		{"beyond the way back is doubtful", jumped(at(4, full("10"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 10000 [2,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3", "a full amount [4,)"}, Events: appeared(),
		}},
		{"with the return it ends", jumped(at(4, full("100")), at(5, full("10000")), at(6, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 10000 [2,4)", "a full 100 [4,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3", "a full amount [5,6)"}, Events: appeared(),
		}},
		{"a return after a run that was not believed", jumped(at(4, full("0")), at(5, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,5)", "a one [5,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 10000 [2,5)", "a full 100 [5,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3", "a full zero [4,5)"}, Events: appeared(),
		}},
		{"only the newest is remembered", jumped(at(4, full("100000")), at(5, full("100000")), at(6, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 10000 [2,4)", "a full 100000 [4,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3", "a full amount [4,6) confirmed 5", "a full amount [6,)"}, Events: appeared(),
		}},
		{"a run that was not believed is not remembered", under(at(1, full("100")), at(2, full("10000")), at(3, full("100")), at(4, full("10000"))), Story{
			Versions: []string{"a one [1,)"}, Prices: []string{"a full 100 [1,)"},
			Doubts: []string{"a full amount [2,3)", "a full amount [4,)"}, Events: appeared(),
		}},
		{"another tax basis is no return", jumped(at(4, full("100 included"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 10000 [2,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3", "a full tax [4,)"}, Events: appeared(),
		}},
		{"a delisting forgets it", jumped(at(4), at(5, full("10000")), at(6, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [5,)"}, Absences: []string{"a [4,5) confirmed 4"},
			Prices: []string{"a full 100 [1,2)", "a full 10000 [2,4)", "a full 10000 [5,)"},
			Doubts: []string{"a full amount [2,4) confirmed 3", "a full amount [6,)"},
			Events: []string{"1 a status appeared ->on", "4 a status delisted on>-", "5 a status relisted ->on"},
		}},
		{"a bridged absence does not", doubted(2, 0, confirm(2, 0,
			at(1, full("100")), at(2, full("10000")), at(3, full("10000")), at(4), at(5, full("10000")), at(6, full("100")))), Story{
			Versions: []string{"a one [1,2)", "a one [2,6)", "a one [6,)"}, Absences: []string{"a [4,5)"},
			Prices: []string{"a full 100 [1,2)", "a full 10000 [2,6)", "a full 100 [6,)"},
			Doubts: []string{"a full amount [2,4) confirmed 3"},
			Events: []string{"1 a status appeared ->on", "4 a status missing on>-", "5 a status relisted ->on"},
		}},
		{"the old currency returns", under(
			at(1, full("100")), at(2, priced(one, "full/USD", "7")), at(3, priced(one, "full/USD", "7")), at(4, full("120"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 120 [4,)", "a full/USD 7 [2,4)"},
			Doubts:   []string{"a full currency [2,4) confirmed 3"}, Events: appeared(),
		}},
		{"the old currency returns beside the new", under(
			at(1, full("100")), at(2, priced(one, "full/USD", "7")), at(3, priced(one, "full/USD", "7")), at(4, priced(one, "full", "120", "full/USD", "8"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 120 [4,)", "a full/USD 7 [2,4)", "a full/USD 8 [4,)"},
			Doubts:   []string{"a full currency [2,4) confirmed 3"}, Events: appeared(),
		}},
		{"what was lost comes back as another", under(at(1, full("100")), at(2, one), at(3, one), at(4, full("5000")), at(5, full("100"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,5)", "a one [5,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 5000 [4,5)", "a full 100 [5,)"},
			Doubts:   []string{"a full lost [2,4) confirmed 3"}, Events: appeared(),
		}},
		{"zero that was believed, and back from it", under(at(1, full("100")), at(2, full("0")), at(3, full("0")), at(4, full("5000"))), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 0 [2,4)", "a full 5000 [4,)"},
			Doubts:   []string{"a full zero [2,4) confirmed 3"}, Events: appeared(),
		}},
	}
}

func decisionExamples() []Example {
	one := product("a", "one", "on")
	under := func(snapshots int, hours float64, all ...Snapshot) World {
		return doubted(snapshots, hours, confirm(1, 0, all...))
	}
	stays, stood := []string{"a one [1,)"}, []string{"a full 100 [1,)"}
	jumps, jumped := []string{"a one [1,2)", "a one [2,)"}, []string{"a full 100 [1,2)", "a full 1000 [2,)"}
	// slipped is 1000 from 2 on, for three snapshots.
	slipped := []Snapshot{at(1, full("100")), at(2, full("1000")), at(3, full("1000")), at(4, full("1000"))}
	// again is 1000 at 2, and from 4 on another amount.
	again := func(amount string) []Snapshot {
		return []Snapshot{at(1, full("100")), at(2, full("1000")), at(3, full("100")), at(4, full(amount)), at(5, full(amount)), at(6, full(amount))}
	}
	return []Example{
		{"believed sooner than by count", decided(under(2, 72, slipped...), believe("a", 3)), Story{
			Versions: jumps, Prices: jumped, Doubts: []string{"a full amount [2,) confirmed 3"}, Events: appeared(),
		}},
		{"believed at its first look", decided(under(2, 72, slipped[:2]...), believe("a", 2)), Story{
			Versions: jumps, Prices: jumped, Doubts: []string{"a full amount [2,) confirmed 2"}, Events: appeared(),
		}},
		{"believed later than by count", decided(under(2, 0, slipped...), believe("a", 4)), Story{
			Versions: jumps, Prices: jumped, Doubts: []string{"a full amount [2,) confirmed 3"}, Events: appeared(),
		}},
		{"believed where no run is", decided(under(3, 0, at(1, full("100")), at(2, full("1000")), at(3, full("1000")), at(4, full("100"))),
			believe("a", 1), believe("a", 4)), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,4)"}, Events: appeared(),
		}},
		{"one price is believed", decided(under(3, 0, at(1, priced(one, "full", "100", "part", "7")), at(2, priced(one, "full", "1000", "part", "70"))),
			believe("a", 2).of("full")), Story{
			Versions: jumps, Prices: []string{"a full 100 [1,2)", "a full 1000 [2,)", "a part 7 [1,)"},
			Doubts: []string{"a full amount [2,) confirmed 2", "a part amount [2,)"}, Events: appeared(),
		}},
		{"a price is believed by the name that stood before", decided(under(3, 0, at(1, full("100")), at(2, priced(one, "full/USD", "7"))),
			believe("a", 2).of("full")), Story{
			Versions: jumps, Prices: []string{"a full 100 [1,2)", "a full/USD 7 [2,)"},
			Doubts: []string{"a full currency [2,) confirmed 2"}, Events: appeared(),
		}},
		{"not by the name that is doubtful", decided(under(3, 0, at(1, full("100")), at(2, priced(one, "full/USD", "7"))),
			believe("a", 2).of("full/USD")), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full currency [2,)"}, Events: appeared(),
		}},
		{"a belief is of whichever run holds its moment", decided(under(9, 0,
			at(1, full("100")), at(2, full("1000")), at(4, full("1000")), at(3, full("100"))), believe("a", 4)), Story{
			Versions: []string{"a one [1,4)", "a one [4,)"}, Prices: []string{"a full 100 [1,4)", "a full 1000 [4,)"},
			Doubts: []string{"a full amount [2,3)", "a full amount [4,) confirmed 4"}, Events: appeared(),
		}},
		{"a belief holds where the prices are silent", decided(under(9, 0,
			at(1, full("100")), at(2, full("1000")), at(3, one).silent("a", catalog.PricesPart)), believe("a", 3)), Story{
			Versions: jumps, Prices: jumped, Doubts: []string{"a full amount [2,) confirmed 3"}, Events: appeared(),
		}},
		{"what is believed lasts no longer for it", decided(under(9, 0, at(1, full("100")), at(2, full("1000")), at(3, full("100"))), believe("a", 2)), Story{
			Versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,3)", "a full 100 [3,)"},
			Doubts:   []string{"a full amount [2,3) confirmed 2"}, Events: appeared(),
		}},
		{"retracted, it is never confirmed by count", decided(under(2, 0, slipped...), retract("a", 3)), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,)"}, Events: appeared(),
		}},
		{"retracted, nor is a later one like it", decided(under(2, 0, again("9999")...), retract("a", 2)), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,3)", "a full amount [4,)"}, Events: appeared(),
		}},
		{"retracted, a later one unlike it is", decided(under(2, 0, again("10000")...), retract("a", 2)), Story{
			Versions: []string{"a one [1,4)", "a one [4,)"}, Prices: []string{"a full 100 [1,4)", "a full 10000 [4,)"},
			Doubts: []string{"a full amount [2,3)", "a full amount [4,) confirmed 5"}, Events: appeared(),
		}},
		{"retracted, a later one like any of its amounts is not", decided(under(3, 0,
			at(1, full("100")), at(2, full("1000")), at(2.5, full("9000")), at(3, full("100")), at(4, full("20000")), at(5, full("20000")), at(6, full("20000"))), retract("a", 2)), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,3)", "a full amount [4,)"}, Events: appeared(),
		}},
		{"retracted, an earlier one is confirmed all the same", decided(under(2, 0,
			at(1, full("100")), at(2, full("1000")), at(3, full("1000")), at(4, full("100")), at(5, full("1000"))), retract("a", 5)), Story{
			Versions: []string{"a one [1,2)", "a one [2,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,4)", "a full 100 [4,)"},
			Doubts:   []string{"a full amount [2,4) confirmed 3", "a full amount [5,)"}, Events: appeared(),
		}},
		{"retracted, a loss is not confirmed when it comes again", decided(under(2, 0,
			at(1, full("100")), at(2, one), at(3, full("100")), at(4, one), at(5, one)), retract("a", 2)), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full lost [2,3)", "a full lost [4,)"}, Events: appeared(),
		}},
		{"a later one like it can be believed", decided(under(2, 0, again("1000")...), believe("a", 6), retract("a", 2)), Story{
			Versions: []string{"a one [1,4)", "a one [4,)"}, Prices: []string{"a full 100 [1,4)", "a full 1000 [4,)"},
			Doubts: []string{"a full amount [2,3)", "a full amount [4,) confirmed 6"}, Events: appeared(),
		}},
		{"the newest wins, a belief", decided(under(9, 0, slipped...), retract("a", 2), believe("a", 3)), Story{
			Versions: jumps, Prices: jumped, Doubts: []string{"a full amount [2,) confirmed 3"}, Events: appeared(),
		}},
		{"the newest wins, a retraction", decided(under(2, 0, slipped...), believe("a", 3), retract("a", 2)), Story{
			Versions: stays, Prices: stood, Doubts: []string{"a full amount [2,)"}, Events: appeared(),
		}},
		{"a belief before a retraction is not revived by one after it", decided(under(9, 0, slipped...), believe("a", 2), retract("a", 3), believe("a", 4)), Story{
			Versions: jumps, Prices: jumped, Doubts: []string{"a full amount [2,) confirmed 4"}, Events: appeared(),
		}},
		{"a retraction that was overruled bars nothing", decided(under(2, 0, again("1000")...), retract("a", 2), believe("a", 2)), Story{
			Versions: []string{"a one [1,2)", "a one [2,3)", "a one [3,4)", "a one [4,)"},
			Prices:   []string{"a full 100 [1,2)", "a full 1000 [2,3)", "a full 100 [3,4)", "a full 1000 [4,)"},
			Doubts:   []string{"a full amount [2,3) confirmed 2", "a full amount [4,) confirmed 5"}, Events: appeared(),
		}},
	}
}

// likenessExamples are of what a run that was taken back bars.
func likenessExamples() []Example {
	one := product("a", "one", "on")
	under := func(snapshots int, hours float64, all ...Snapshot) World {
		return doubted(snapshots, hours, confirm(1, 0, all...))
	}
	return []Example{
		{"retracted, one like it with another tax basis is not", decided(under(2, 0,
			at(1, full("100")), at(2, full("1000 included")), at(3, full("100")), at(4, full("1000 excluded")), at(5, full("1000 excluded"))), retract("a", 2)), Story{
			Versions: []string{"a one [1,)"}, Prices: []string{"a full 100 [1,)"}, Doubts: []string{"a full tax [2,3)", "a full tax [4,)"}, Events: appeared(),
		}},
		{"retracted, the loss of another price is confirmed", decided(under(2, 0,
			at(1, priced(one, "full", "100")), at(2, one), at(3, priced(one, "full/USD", "7")), at(4, priced(one, "full/USD", "7")), at(5, one), at(6, one)), retract("a", 2)), Story{
			Versions: []string{"a one [1,3)", "a one [3,5)", "a one [5,)"}, Prices: []string{"a full 100 [1,3)", "a full/USD 7 [3,5)"},
			Doubts: []string{"a full lost [2,3)", "a full currency [3,5) confirmed 4", "a full/USD lost [5,) confirmed 6"}, Events: appeared(),
		}},
	}
}

func retractionExamples() []Example {
	one, two := product("a", "one", "on"), product("a", "two", "off")
	return []Example{
		{"outside of runs the snapshot is silent", decided(confirm(2, 0, at(1, one), at(2, two), at(3, one)), retract("a", 2)), Story{
			Versions: []string{"a one [1,)"}, Events: appeared(),
		}},
		{"silent for its key only", decided(confirm(2, 0, at(1, one, product("B", "b", "on")), at(2, two, product("B", "c", "on"))), retract("a", 2)), Story{
			Versions: []string{"B b [1,2)", "B c [2,)", "a one [1,)"},
			Events:   []string{"1 B status appeared ->on", "1 a status appeared ->on"},
		}},
		{"with doubt off every jump is outside of runs", decided(confirm(2, 0, at(1, full("100")), at(2, full("1000")), at(3, full("1000"))), retract("a", 2)), Story{
			Versions: []string{"a one [1,3)", "a one [3,)"}, Prices: []string{"a full 100 [1,3)", "a full 1000 [3,)"}, Events: appeared(),
		}},
		{"of an absence", decided(confirm(1, 0, at(1, one), at(2), at(3, one)), retract("a", 2)), Story{
			Versions: []string{"a one [1,)"}, Events: appeared(),
		}},
		{"of the first sight", decided(confirm(1, 0, at(1, one), at(2, two)), retract("a", 1)), Story{
			Versions: []string{"a two [2,)"}, Events: []string{"2 a status appeared ->off"},
		}},
		{"of the only sight", decided(confirm(1, 0, at(1, one), at(2)), retract("a", 1)), Story{}},
		{"of a sight within an absence", decided(confirm(2, 0, at(1, one), at(2), at(3, one), at(4)), retract("a", 3)), Story{
			Versions: []string{"a one [1,2)"}, Absences: []string{"a [2,) confirmed 4"},
			Events: []string{"1 a status appeared ->on", "2 a status missing on>-", "4 a status delisted on>-"},
		}},
		{"of a plausible look between two of doubt", decided(doubted(2, 0, confirm(1, 0,
			at(1, full("100")), at(2, full("1000")), at(3, full("100")), at(4, full("1000")))), retract("a", 3)), Story{
			Versions: []string{"a one [1,2)", "a one [2,)"}, Prices: []string{"a full 100 [1,2)", "a full 1000 [2,)"},
			Doubts: []string{"a full amount [2,) confirmed 4"}, Events: appeared(),
		}},
		{"of a look in a run is no silence", decided(doubted(9, 0, confirm(1, 0,
			at(1, full("100")), at(2, priced(two, "full", "1000")), at(3, full("100")))), retract("a", 2)), Story{
			Versions: []string{"a one [1,2)", "a two [2,3)", "a one [3,)"}, Prices: []string{"a full 100 [1,)"},
			Doubts: []string{"a full amount [2,3)"},
			Events: []string{"1 a status appeared ->on", "2 a status changed on>off", "3 a status changed off>on"},
		}},
		{"of a silent look in a run", decided(doubted(2, 0, confirm(1, 0,
			at(1, full("100")), at(2, full("1000")), at(3, two).silent("a", catalog.PricesPart), at(4, full("1000")))), retract("a", 3)), Story{
			Versions: []string{"a one [1,3)", "a two [3,4)", "a one [4,)"}, Prices: []string{"a full 100 [1,)"},
			Doubts: []string{"a full amount [2,)"},
			Events: []string{"1 a status appeared ->on", "3 a status changed on>off", "4 a status changed off>on"},
		}},
		{"what announced a price no longer did", decided(doubted(9, 0, confirm(1, 0,
			at(1, full("100")), at(2, announcing(full("100"), "full", "5000")), at(3, full("5000")))), retract("a", 2)), Story{
			Versions: []string{"a one [1,)"}, Prices: []string{"a full 100 [1,)"}, Doubts: []string{"a full amount [3,)"}, Events: appeared(),
		}},
	}
}

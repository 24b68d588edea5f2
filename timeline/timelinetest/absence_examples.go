package timelinetest

func absenceExamples() []Example {
	one := product("a", "one", "on")
	return []Example{
		{"bridged", confirm(2, 0, at(1, one), at(2), at(3, one)), Story{
			Versions: []string{"a one [1,)"},
			Absences: []string{"a [2,3)"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on"},
		}},
		{"a late snapshot lacks it too", confirm(2, 0, at(1, one), at(2), at(3, one), at(2.5)), Story{
			Versions: []string{"a one [1,2)", "a one [3,)"},
			Absences: []string{"a [2,3) confirmed 2.5"},
			Events: []string{
				"1 a status appeared ->on", "2 a status missing on>-",
				"2.5 a status delisted on>-", "3 a status relisted ->on",
			},
		}},
		{"gone", confirm(2, 0, at(1, one), at(2), at(4)), Story{
			Versions: []string{"a one [1,2)"},
			Absences: []string{"a [2,) confirmed 4"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "4 a status delisted on>-"},
		}},
		{"a late snapshot holds it", confirm(2, 0, at(1, one), at(2), at(4), at(3, one)), Story{
			Versions: []string{"a one [1,)"},
			Absences: []string{"a [2,3)", "a [4,)"},
			Events: []string{
				"1 a status appeared ->on", "2 a status missing on>-",
				"3 a status relisted ->on", "4 a status missing on>-",
			},
		}},
		{"first seen in a late snapshot", confirm(2, 0, at(3), at(1, one)), Story{
			Versions: []string{"a one [1,)"},
			Absences: []string{"a [3,)"},
			Events:   []string{"1 a status appeared ->on", "3 a status missing on>-"},
		}},
		{"not seen yet is no absence", confirm(1, 0, at(1), at(2), at(3, one)), Story{
			Versions: []string{"a one [3,)"},
			Events:   []string{"3 a status appeared ->on"},
		}},
		{"two absences are not added up", confirm(2, 0, at(1, one), at(2), at(3, one), at(4), at(5, one)), Story{
			Versions: []string{"a one [1,)"},
			Absences: []string{"a [2,3)", "a [4,5)"},
			Events: []string{
				"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on",
				"4 a status missing on>-", "5 a status relisted ->on",
			},
		}},
	}
}

func confirmationExamples() []Example {
	one := product("a", "one", "on")
	return []Example{
		{"1 snapshot and 0 h writes delisted only", confirm(1, 0, at(1, one), at(2), at(3, one)), Story{
			Versions: []string{"a one [1,2)", "a one [3,)"},
			Absences: []string{"a [2,3) confirmed 2"},
			Events:   []string{"1 a status appeared ->on", "2 a status delisted on>-", "3 a status relisted ->on"},
		}},
		{"enough snapshots, not long enough", confirm(2, 72, at(1, one), at(2), at(3), at(73.9)), Story{
			Versions: []string{"a one [1,)"},
			Absences: []string{"a [2,)"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-"},
		}},
		{"exactly long enough", confirm(2, 72, at(1, one), at(2), at(3), at(74), at(75)), Story{
			Versions: []string{"a one [1,2)"},
			Absences: []string{"a [2,) confirmed 74"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "74 a status delisted on>-"},
		}},
		{"long enough, not enough snapshots", confirm(3, 24, at(1, one), at(2), at(50), at(51, one)), Story{
			Versions: []string{"a one [1,)"},
			Absences: []string{"a [2,51)"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "51 a status relisted ->on"},
		}},
		{"the return does not count", confirm(1, 24, at(1, one), at(2), at(26, one)), Story{
			Versions: []string{"a one [1,)"},
			Absences: []string{"a [2,26)"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "26 a status relisted ->on"},
		}},
		{"1 snapshot and 24 h needs a second one", confirm(1, 24, at(1, one), at(2), at(26)), Story{
			Versions: []string{"a one [1,2)"},
			Absences: []string{"a [2,) confirmed 26"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "26 a status delisted on>-"},
		}},
	}
}

package timelinetest

func statusExamples() []Example {
	on, off := product("a", "one", "on"), product("a", "one off", "off")
	silent := on
	silent.Name, silent.Status = "silent", nil
	return []Example{
		{"changed", confirm(2, 0, at(1, on), at(2, off), at(3, silent), at(4, on)), Story{
			Versions: []string{"a one [1,2)", "a one off [2,3)", "a silent [3,4)", "a one [4,)"},
			Events: []string{
				"1 a status appeared ->on", "2 a status changed on>off", "3 a status changed off>-", "4 a status changed ->on",
			},
		}},
		{"without a word it is listed all the same", confirm(1, 0, at(1, silent), at(2), at(3, silent)), Story{
			Versions: []string{"a silent [1,2)", "a silent [3,)"},
			Absences: []string{"a [2,3) confirmed 2"},
			Events:   []string{"1 a status appeared ->-", "2 a status delisted ->-", "3 a status relisted ->-"},
		}},
		{"relisted with a new word", confirm(2, 0, at(1, on), at(2), at(3, off)), Story{
			Versions: []string{"a one [1,3)", "a one off [3,)"},
			Absences: []string{"a [2,3)"},
			Events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->off"},
		}},
	}
}

func lifecycleExamples() []Example {
	plain := product("a", "plain", "on")
	ga, eol := phased(product("a", "ga", "on"), "GA"), phased(product("a", "eol", "on"), "EOL")
	return []Example{
		{"where it is stated", confirm(1, 0, at(1, ga), at(2, eol), at(3), at(4, ga)), Story{
			Versions: []string{"a ga [1,2)", "a eol [2,3)", "a ga [4,)"},
			Absences: []string{"a [3,4) confirmed 3"},
			Events: []string{
				"1 a lifecycle appeared ->GA", "1 a status appeared ->on", "2 a lifecycle changed GA>EOL",
				"3 a status delisted on>-", "4 a lifecycle relisted ->GA", "4 a status relisted ->on",
			},
		}},
		{"gone when its product is relisted", confirm(1, 0, at(1, ga), at(2), at(3, plain)), Story{
			Versions: []string{"a ga [1,2)", "a plain [3,)"},
			Absences: []string{"a [2,3) confirmed 2"},
			Events: []string{
				"1 a lifecycle appeared ->GA", "1 a status appeared ->on", "2 a status delisted on>-",
				"3 a lifecycle relisted ->-", "3 a status relisted ->on",
			},
		}},
		{"stated later", confirm(1, 0, at(1, plain), at(2, ga), at(3, plain)), Story{
			Versions: []string{"a plain [1,2)", "a ga [2,3)", "a plain [3,)"},
			Events:   []string{"1 a status appeared ->on", "2 a lifecycle changed ->GA", "3 a lifecycle changed GA>-"},
		}},
	}
}

func zoneExamples() []Example {
	on, off := product("a", "on", "on"), product("a", "off", "off")
	return []Example{
		{"a zone that is no longer named has the entry's status", confirm(2, 0,
			at(1, zoned(on, "az1", "full", "az2", "on")), at(2, zoned(on, "az2", "on")), at(3, on)), Story{
			Versions: []string{"a on [1,2)", "a on [2,3)", "a on [3,)"},
			Events: []string{
				"1 a status appeared ->on", "1 a az1 appeared ->full", "1 a az2 appeared ->on", "2 a az1 changed full>on",
			},
		}},
		{"a zone that is named later had the entry's status", confirm(2, 0,
			at(1, on), at(2, zoned(off, "az1", "full", "az2", "on"))), Story{
			Versions: []string{"a on [1,2)", "a off [2,)"},
			Events:   []string{"1 a status appeared ->on", "2 a status changed on>off", "2 a az1 changed on>full"},
		}},
		{"relisted has zones named before or after", confirm(2, 0,
			at(1, zoned(on, "az1", "full")), at(2), at(3, zoned(off, "az2", "on"))), Story{
			Versions: []string{"a on [1,3)", "a off [3,)"},
			Absences: []string{"a [2,3)"},
			Events: []string{
				"1 a status appeared ->on", "1 a az1 appeared ->full", "2 a status missing on>-",
				"3 a status relisted ->off", "3 a az1 relisted ->off", "3 a az2 relisted ->on",
			},
		}},
	}
}

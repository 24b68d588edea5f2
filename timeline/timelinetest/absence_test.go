package timelinetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

type example struct {
	name  string
	world World
	want  story
}

func check(t *testing.T, examples []example) {
	t.Helper()
	for _, example := range examples {
		t.Run(example.name, func(t *testing.T) {
			got := tell(example.world)
			if diff := cmp.Diff(example.want, got, cmp.AllowUnexported(story{})); diff != "" {
				t.Errorf("history differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAbsence(t *testing.T) {
	t.Parallel()
	one := product("a", "one", "on")
	check(t, []example{
		{"bridged", confirm(2, 0, at(1, one), at(2), at(3, one)), story{
			versions: []string{"a one [1,)"},
			absences: []string{"a [2,3)"},
			events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on"},
		}},
		{"a late snapshot lacks it too", confirm(2, 0, at(1, one), at(2), at(3, one), at(2.5)), story{
			versions: []string{"a one [1,2)", "a one [3,)"},
			absences: []string{"a [2,3) confirmed 2.5"},
			events: []string{
				"1 a status appeared ->on", "2 a status missing on>-",
				"2.5 a status delisted on>-", "3 a status relisted ->on",
			},
		}},
		{"gone", confirm(2, 0, at(1, one), at(2), at(4)), story{
			versions: []string{"a one [1,2)"},
			absences: []string{"a [2,) confirmed 4"},
			events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "4 a status delisted on>-"},
		}},
		{"a late snapshot holds it", confirm(2, 0, at(1, one), at(2), at(4), at(3, one)), story{
			versions: []string{"a one [1,)"},
			absences: []string{"a [2,3)", "a [4,)"},
			events: []string{
				"1 a status appeared ->on", "2 a status missing on>-",
				"3 a status relisted ->on", "4 a status missing on>-",
			},
		}},
		{"first seen in a late snapshot", confirm(2, 0, at(3), at(1, one)), story{
			versions: []string{"a one [1,)"},
			absences: []string{"a [3,)"},
			events:   []string{"1 a status appeared ->on", "3 a status missing on>-"},
		}},
		{"not seen yet is no absence", confirm(1, 0, at(1), at(2), at(3, one)), story{
			versions: []string{"a one [3,)"},
			events:   []string{"3 a status appeared ->on"},
		}},
		{"two absences are not added up", confirm(2, 0, at(1, one), at(2), at(3, one), at(4), at(5, one)), story{
			versions: []string{"a one [1,)"},
			absences: []string{"a [2,3)", "a [4,5)"},
			events: []string{
				"1 a status appeared ->on", "2 a status missing on>-", "3 a status relisted ->on",
				"4 a status missing on>-", "5 a status relisted ->on",
			},
		}},
	})
}

func TestConfirmation(t *testing.T) {
	t.Parallel()
	one := product("a", "one", "on")
	check(t, []example{
		{"1 snapshot and 0 h writes delisted only", confirm(1, 0, at(1, one), at(2), at(3, one)), story{
			versions: []string{"a one [1,2)", "a one [3,)"},
			absences: []string{"a [2,3) confirmed 2"},
			events:   []string{"1 a status appeared ->on", "2 a status delisted on>-", "3 a status relisted ->on"},
		}},
		{"enough snapshots, not long enough", confirm(2, 72, at(1, one), at(2), at(3), at(73.9)), story{
			versions: []string{"a one [1,)"},
			absences: []string{"a [2,)"},
			events:   []string{"1 a status appeared ->on", "2 a status missing on>-"},
		}},
		{"exactly long enough", confirm(2, 72, at(1, one), at(2), at(3), at(74), at(75)), story{
			versions: []string{"a one [1,2)"},
			absences: []string{"a [2,) confirmed 74"},
			events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "74 a status delisted on>-"},
		}},
		{"long enough, not enough snapshots", confirm(3, 24, at(1, one), at(2), at(50), at(51, one)), story{
			versions: []string{"a one [1,)"},
			absences: []string{"a [2,51)"},
			events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "51 a status relisted ->on"},
		}},
		{"the return does not count", confirm(1, 24, at(1, one), at(2), at(26, one)), story{
			versions: []string{"a one [1,)"},
			absences: []string{"a [2,26)"},
			events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "26 a status relisted ->on"},
		}},
		{"1 snapshot and 24 h needs a second one", confirm(1, 24, at(1, one), at(2), at(26)), story{
			versions: []string{"a one [1,2)"},
			absences: []string{"a [2,) confirmed 26"},
			events:   []string{"1 a status appeared ->on", "2 a status missing on>-", "26 a status delisted on>-"},
		}},
	})
}

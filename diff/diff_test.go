package diff_test

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"syncer/diff"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	type lists = map[string]int
	for _, test := range []struct {
		name          string
		before, after lists
		want          diff.Delta
	}{
		{"nothing and nothing", nil, nil, diff.Delta{}},
		{"first snapshot", nil, lists{"b": 1, "a": 1}, diff.Delta{Added: []string{"a", "b"}}},
		{"all gone", lists{"b": 1, "a": 1}, nil, diff.Delta{Removed: []string{"a", "b"}}},
		{"the same", lists{"a": 1, "b": 2}, lists{"a": 1, "b": 2}, diff.Delta{}},
		{"each once", lists{"a": 1, "b": 1, "c": 1}, lists{"b": 2, "c": 1, "d": 1},
			diff.Delta{Added: []string{"d"}, Changed: []string{"b"}, Removed: []string{"a"}}},
		{"in the order of bytes", nil, lists{"a": 1, "B": 1, "한": 1, "a/1": 1, "a-1": 1},
			diff.Delta{Added: []string{"B", "a", "a-1", "a/1", "한"}}},
		{"a zero digest is a digest", lists{"a": 0}, lists{"a": 1, "b": 0},
			diff.Delta{Added: []string{"b"}, Changed: []string{"a"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := diff.Compare(sorted(test.before), sorted(test.after))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("delta differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompareRefusesDisorder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, before, after, want string }{
		{"before falls", "b a", "a", `compare: before: key "a" does not come after "b"`},
		{"after falls", "a", "c b", `compare: after: key "b" does not come after "c"`},
		{"before repeats", "a a", "a", `compare: before: key "a" does not come after "a"`},
		{"after repeats at the end", "a", "a b b", `compare: after: key "b" does not come after "b"`},
		{"after falls when before has ended", "", "b c a", `compare: after: key "a" does not come after "c"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			delta, err := diff.Compare(stream(test.before), stream(test.after))
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if diff := cmp.Diff(diff.Delta{}, delta); diff != "" {
				t.Errorf("a refused comparison has a delta (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCompareAgreesWithMaps compares with a loop over the keys of both maps.
func TestCompareAgreesWithMaps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawn().Draw(t, "before"), drawn().Draw(t, "after")
		got, err := diff.Compare(sorted(before), sorted(after))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(byMaps(before, after), got); diff != "" {
			t.Fatalf("delta differs (-maps +merge):\n%s", diff)
		}
	})
}

// TestCompareIsAPatch: before, with the delta applied, is after; and the other
// way round added and removed change places.
func TestCompareIsAPatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawn().Draw(t, "before"), drawn().Draw(t, "after")
		there, err := diff.Compare(sorted(before), sorted(after))
		if err != nil {
			t.Fatal(err)
		}
		back, err := diff.Compare(sorted(after), sorted(before))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(there, diff.Delta{Added: back.Removed, Changed: back.Changed, Removed: back.Added}); diff != "" {
			t.Fatalf("the way back differs (-there +back):\n%s", diff)
		}
		if diff := cmp.Diff(after, patched(before, after, there)); diff != "" {
			t.Fatalf("the delta does not lead to after (-want +got):\n%s", diff)
		}
	})
}

func patched(before, after map[string]int, delta diff.Delta) map[string]int {
	result := maps.Clone(before)
	for _, key := range delta.Removed {
		delete(result, key)
	}
	for _, key := range slices.Concat(delta.Added, delta.Changed) {
		result[key] = after[key]
	}
	return result
}

func byMaps(before, after map[string]int) diff.Delta {
	var delta diff.Delta
	for _, key := range slices.Sorted(maps.Keys(before)) {
		digest, stays := after[key]
		switch {
		case !stays:
			delta.Removed = append(delta.Removed, key)
		case digest != before[key]:
			delta.Changed = append(delta.Changed, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if _, known := before[key]; !known {
			delta.Added = append(delta.Added, key)
		}
	}
	return delta
}

// drawn draws few keys of few letters, so that both sides share many; "" is
// the lowest key.
func drawn() *rapid.Generator[map[string]int] {
	return rapid.MapOfN(rapid.StringMatching(`[abA한]{0,2}`), rapid.IntRange(0, 2), 0, 12)
}

func sorted(list map[string]int) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for _, key := range slices.Sorted(maps.Keys(list)) {
			if !yield(key, list[key]) {
				return
			}
		}
	}
}

// stream yields words as keys, in the order they stand in.
func stream(words string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for _, key := range strings.Fields(words) {
			if !yield(key, 0) {
				return
			}
		}
	}
}

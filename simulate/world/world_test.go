package world

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func write(after time.Duration, word string) Change[[]string] {
	return Change[[]string]{After: after, List: "words", Key: word, Text: word + " is said", Apply: func(c *[]string, at time.Time) {
		*c = append(*c, word+at.Format("@02"))
	}}
}

func newWords() *World[[]string] {
	return New(func() []string { return []string{"first"} }, []Change[[]string]{
		write(2*Day, "b"), write(Day, "a"), write(2*Day, "c"),
	})
}

func TestAtAppliesWhatIsDue(t *testing.T) {
	world := newWords()
	for _, test := range []struct {
		after time.Duration
		want  string
	}{
		{-Day, "first"}, {0, "first"}, {Day - 1, "first"}, {Day, "first a@06"},
		{2 * Day, "first a@06 b@07 c@07"}, {99 * Day, "first a@06 b@07 c@07"}, {Day, "first a@06"},
	} {
		if got := strings.Join(*world.At(Start().Add(test.after)), " "); got != test.want {
			t.Errorf("after %s: %s, want %s", test.after, got, test.want)
		}
	}
}

func TestACatalogInUseDoesNotChange(t *testing.T) {
	world := newWords()
	held := world.At(Start())
	world.At(Start().Add(9 * Day))
	if diff := cmp.Diff([]string{"first"}, *held); diff != "" {
		t.Error(diff)
	}
}

func TestMoments(t *testing.T) {
	want := []Moment{
		{Start().Add(Day), "p", "words", "a", "a is said"},
		{Start().Add(2 * Day), "p", "words", "b", "b is said"},
		{Start().Add(2 * Day), "p", "words", "c", "c is said"},
	}
	if diff := cmp.Diff(want, newWords().Moments("p")); diff != "" {
		t.Error(diff)
	}
}

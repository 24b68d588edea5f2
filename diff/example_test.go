package diff_test

import (
	"fmt"
	"iter"

	"syncer/diff"
)

func ExampleCompare() {
	type pair struct {
		key   string
		price int
	}
	stream := func(pairs ...pair) iter.Seq2[string, int] {
		return func(yield func(string, int) bool) {
			for _, p := range pairs {
				if !yield(p.key, p.price) {
					return
				}
			}
		}
	}
	monday := stream(pair{"large", 80}, pair{"medium", 40}, pair{"small", 20})
	tuesday := stream(pair{"huge", 160}, pair{"large", 75}, pair{"small", 20})

	delta, err := diff.Compare(monday, tuesday)
	fmt.Println(delta.Added, delta.Changed, delta.Removed, err)

	_, err = diff.Compare(monday, stream(pair{"small", 20}, pair{"large", 75}))
	fmt.Println(err)
	// Output:
	// [huge] [large] [medium] <nil>
	// compare: after: key "large" does not come after "small"
}

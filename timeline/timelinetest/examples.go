package timelinetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Example is a small world and its history, both written by hand from the rules.
type Example struct {
	Name  string
	World World
	Want  Story
}

// CheckExamples runs every example as a test of its own: want is that a history of
// its world is the one written by hand. The sorting of History is wanted too.
func CheckExamples(t *testing.T, history func(World) History) {
	t.Helper()
	for _, example := range Examples() {
		t.Run(example.Name, func(t *testing.T) {
			got := StoryOf(example.World, history(example.World))
			if diff := cmp.Diff(example.Want, got); diff != "" {
				t.Errorf("history differs (-want +got):\n%s", diff)
			}
		})
	}
}

// Examples returns all examples, each under a name of its own.
func Examples() []Example {
	var all []Example
	for _, group := range []struct {
		name     string
		examples []Example
	}{
		{"absence", absenceExamples()},
		{"confirmation", confirmationExamples()},
		{"versions", versionExamples()},
		{"prices", priceExamples()},
		{"status events", statusExamples()},
		{"lifecycle events", lifecycleExamples()},
		{"zone events", zoneExamples()},
		{"set aside", silentExamples()},
		{"nameless rows", namelessExamples()},
		{"doubt", reasonExamples()},
		{"dated", datedExamples()},
		{"run of doubt", runExamples()},
		{"memory", memoryExamples()},
		{"decision", decisionExamples()},
		{"alike", likenessExamples()},
		{"retraction", retractionExamples()},
	} {
		for _, example := range group.examples {
			example.Name = group.name + ": " + example.Name
			all = append(all, example)
		}
	}
	return all
}

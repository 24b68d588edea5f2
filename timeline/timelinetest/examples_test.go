package timelinetest

import "testing"

func TestExamples(t *testing.T) {
	t.Parallel()
	CheckExamples(t, Reference)
}

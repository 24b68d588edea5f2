package fetchertest

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// place is where a value stands in an answer: names and, for lists, indexes.
type place []any

// parse reads a good answer; numbers keep their text.
func parse(t *testing.T, body []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		t.Fatalf("%v in a good answer: %s", err, body)
	}
	return root
}

func printed(t *testing.T, root any) []byte {
	t.Helper()
	body, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// places are those of every value below the root, each before what is in it.
func places(root any) []place {
	var all []place
	var visit func(at place, value any)
	visit = func(at place, value any) {
		if len(at) > 0 {
			all = append(all, at)
		}
		switch value := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(value)) {
				visit(append(slices.Clone(at), name), value[name])
			}
		case []any:
			for i := range value {
				visit(append(slices.Clone(at), i), value[i])
			}
		}
	}
	visit(nil, root)
	return all
}

func get(root any, at place) any {
	for _, step := range at {
		if name, isName := step.(string); isName {
			root = root.(map[string]any)[name]
		} else {
			root = root.([]any)[step.(int)]
		}
	}
	return root
}

func set(root any, at place, value any) {
	holder, last := get(root, at[:len(at)-1]), at[len(at)-1]
	if name, isName := last.(string); isName {
		holder.(map[string]any)[name] = value
		return
	}
	holder.([]any)[last.(int)] = value
}

// remove takes a member away; an element of a list stays.
func remove(root any, at place) bool {
	name, isName := at[len(at)-1].(string)
	if isName {
		delete(get(root, at[:len(at)-1]).(map[string]any), name)
	}
	return isName
}

// isXML decides by the first byte, as clients do.
func isXML(body string) bool { return strings.HasPrefix(strings.TrimSpace(body), "<") }

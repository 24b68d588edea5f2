package ncp_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"syncer/fetchers/internal/web"
)

// jsonOf is an XML answer as the API writes it in JSON: numbers and booleans
// have types, and an empty element is nothing: null, "" or, for "drop", absent.
func jsonOf(t *testing.T, text string, nothing any) string {
	t.Helper()
	document, err := web.ParseXML([]byte(text), func(name string) bool { return strings.HasSuffix(name, "List") })
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(typed("", document.Root().Raw(), nothing))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func typed(name string, value, nothing any) any {
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i, row := range value {
			list[i] = typed("", row, nothing)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(value))
		for name, member := range value {
			if member = typed(name, member, nothing); member != "drop" {
				object[name] = member
			}
		}
		return object
	case string:
		return scalar(name, value, nothing)
	}
	return value
}

func scalar(name, text string, nothing any) any {
	numbers := " totalRows order blockStorageSize gpuCount cpuCount memorySize baseBlockStorageSize regionNo price conditionPrice freeValue startValue endValue usage "
	switch {
	case text == "" && name != "requestId":
		return nothing
	case text == "false":
		return false
	case strings.Contains(numbers, " "+name+" "):
		return json.Number(text)
	}
	return text
}

// xmlOf is a JSON answer as the API writes it in XML: each item of a list is an
// element, by the name of the list without its end.
func xmlOf(t testing.TB, text string) string {
	t.Helper()
	var root map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&root); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>`)
	for name, value := range root {
		writeXML(&out, name, value)
	}
	return out.String()
}

func writeXML(out *strings.Builder, name string, value any) {
	out.WriteString("<" + name + ">")
	switch value := value.(type) {
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(value)) {
			writeXML(out, member, value[member])
		}
	case []any:
		for _, item := range value {
			writeXML(out, strings.TrimSuffix(name, "List"), item)
		}
	default:
		fmt.Fprint(out, value)
	}
	out.WriteString("</" + name + ">")
}

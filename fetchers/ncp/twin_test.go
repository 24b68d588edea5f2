package ncp_test

import (
	"encoding/json"
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
		for i, one := range value {
			list[i] = typed("", one, nothing)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(value))
		for name, one := range value {
			if one = typed(name, one, nothing); one != "drop" {
				object[name] = one
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

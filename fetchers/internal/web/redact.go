package web

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// redact empties the values of the named members wherever they stand and leaves
// every other byte as it came. An answer that cannot be read is left alone: its
// decoder refuses it, and nothing of it is kept.
func redact(media string, body []byte, names []string) []byte {
	if len(names) == 0 {
		return body
	}
	find := valuesOf
	if media == "xml" {
		find = elementsOf
	}
	spans, ok := find(body, names)
	if !ok || len(spans) == 0 {
		return body
	}
	out, last := make([]byte, 0, len(body)), 0
	for _, at := range spans {
		out = append(append(out, body[last:at.start]...), at.with...)
		last = at.end
	}
	return append(out, body[last:]...)
}

// span is a value to replace, in bytes from the start of the body.
type span struct {
	start, end int
	with       string
}

// valuesOf finds the values of the named members.
func valuesOf(body []byte, names []string) ([]span, bool) {
	var spans []span
	decoder := jsontext.NewDecoder(bytes.NewReader(body))
	for {
		token, err := decoder.ReadToken()
		if err != nil {
			return spans, decoder.StackDepth() == 0
		}
		if !isName(decoder) || token.Kind() != '"' || !slices.Contains(names, token.String()) {
			continue
		}
		value, err := decoder.ReadValue()
		if err != nil {
			return nil, false
		}
		end := int(decoder.InputOffset())
		spans = append(spans, span{end - len(value), end, emptied(value)})
	}
}

// isName reports that the token just read is the name of a member.
func isName(decoder *jsontext.Decoder) bool {
	kind, length := decoder.StackIndex(decoder.StackDepth())
	return kind == '{' && length%2 == 1
}

func emptied(value jsontext.Value) string {
	if value.Kind() == '"' {
		return `""`
	}
	return "null"
}

package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// ParseJSON reads one JSON value and nothing after it. Duplicate names,
// invalid UTF-8, lone surrogates and more than 10,000 levels are errors.
// Numbers keep their text.
func ParseJSON(body []byte) (*Document, error) {
	decoder := jsontext.NewDecoder(bytes.NewReader(body))
	root, err := readValue(decoder)
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("want JSON, got an empty answer")
	}
	if err != nil {
		return nil, fmt.Errorf("want JSON: %w", err)
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("want nothing after the JSON value, found more at byte %d", decoder.InputOffset())
	}
	return &Document{root: root, seen: make(map[string]bool)}, nil
}

// readValue returns nil, bool, string, json.Number, []any or map[string]any.
func readValue(decoder *jsontext.Decoder) (any, error) {
	token, err := decoder.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '{':
		return readObject(decoder)
	case '[':
		return readArray(decoder)
	case '"':
		return token.String(), nil
	case '0':
		return json.Number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil // null is the only kind left
}

func readObject(decoder *jsontext.Decoder) (any, error) {
	object := make(map[string]any)
	for decoder.PeekKind() != '}' {
		name, err := decoder.ReadToken()
		if err != nil {
			return nil, err
		}
		text := name.String() // the token is gone after the next read
		if object[text], err = readValue(decoder); err != nil {
			return nil, err
		}
	}
	_, err := decoder.ReadToken()
	return object, err
}

func readArray(decoder *jsontext.Decoder) (any, error) {
	array := []any{}
	for decoder.PeekKind() != ']' {
		value, err := readValue(decoder)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := decoder.ReadToken()
	return array, err
}

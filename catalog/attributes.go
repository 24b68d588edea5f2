package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Attributes is a canonical JSON object: keys sorted, numbers in their one
// text (1.0 is 1), no white space, text byte for byte but U+0000, which
// Postgres cannot hold, shown as U+2400. Equal content has equal bytes.
type Attributes []byte

// NewAttributes builds the canonical object. Values are nil, bool, string,
// int, int64, json.Number, decimal.Decimal, []string, []any and
// map[string]any; nil values are kept as null.
func NewAttributes(values map[string]any) (Attributes, error) {
	out, err := appendCanonical(nil, values)
	if err != nil {
		return nil, fmt.Errorf("attributes: %w", err)
	}
	return out, nil
}

// CanonicalAttributes brings any JSON object, such as one read back from
// jsonb, into its canonical bytes.
func CanonicalAttributes(object []byte) (Attributes, error) {
	var values map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(object)))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		return nil, fmt.Errorf("attributes: %w", err)
	}
	return NewAttributes(values)
}

// CheckAttributePath refuses what cannot name an attribute.
func CheckAttributePath(path string) error {
	if strings.TrimSpace(path) != path || slices.ContainsFunc(strings.Split(path, "."), func(name string) bool { return strings.TrimSpace(name) == "" }) {
		return fmt.Errorf("want the name of an attribute such as fetched_at or meta.read_at, got %q", path)
	}
	return nil
}

// Without returns the attributes but those of some paths: fetched_at is a member,
// meta.read_at a member of the object meta, or of each object in the array meta.
// What is not there is left out already.
func (a Attributes) Without(paths []string) (Attributes, error) {
	if len(a) == 0 || len(paths) == 0 {
		return a, nil
	}
	var values map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(a)))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		return nil, fmt.Errorf("attributes: %w", err)
	}
	for _, path := range paths {
		leaveOut(values, path)
	}
	return NewAttributes(values)
}

// leaveOut takes a path by its whole name first, for names may hold dots.
func leaveOut(value any, path string) {
	switch within := value.(type) {
	case []any:
		for _, one := range within {
			leaveOut(one, path)
		}
	case map[string]any:
		if _, whole := within[path]; whole {
			delete(within, path)
			return
		}
		for name := range within {
			if rest, below := strings.CutPrefix(path, name+"."); below {
				leaveOut(within[name], rest)
			}
		}
	}
}

// StoredText is text as Postgres can hold it: U+0000 becomes U+2400.
func StoredText(text string) string { return strings.ReplaceAll(text, "\x00", "\u2400") }

func appendCanonical(out []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return fmt.Appendf(out, "%t", v), nil
	case string:
		return appendText(out, v)
	case int:
		return fmt.Appendf(out, "%d", v), nil
	case int64:
		return fmt.Appendf(out, "%d", v), nil
	case decimal.Decimal:
		return append(out, DecimalText(v)...), nil
	case json.Number:
		return appendNumber(out, v)
	case []string:
		return appendArray(out, v)
	case []any:
		return appendArray(out, v)
	case map[string]any:
		return appendObject(out, v)
	}
	return nil, fmt.Errorf("cannot keep a %T", value)
}

func appendNumber(out []byte, number json.Number) ([]byte, error) {
	value, err := ParseDecimal(number.String())
	if err != nil {
		return nil, err
	}
	return append(out, DecimalText(value)...), nil
}

func appendText(out []byte, text string) ([]byte, error) {
	quoted, err := json.Marshal(StoredText(text))
	if err != nil {
		return nil, err
	}
	return append(out, quoted...), nil
}

func appendArray[T any](out []byte, values []T) ([]byte, error) {
	out = append(out, '[')
	var err error
	for i, value := range values {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendCanonical(out, value); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendObject(out []byte, values map[string]any) ([]byte, error) {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	out = append(out, '{')
	var err error
	for i, name := range names {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendText(out, name); err != nil {
			return nil, err
		}
		if out, err = appendCanonical(append(out, ':'), values[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return append(out, '}'), nil
}

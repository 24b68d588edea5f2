package web

import "encoding/json"

// Flag is true or false, also written as a text, which is all that XML has;
// nil where there is none.
func (v Value) Flag() *bool {
	switch v.value {
	case nil:
		return nil
	case true, "true":
		return new(true)
	case false, "false":
		return new(false)
	}
	v.want("true or false")
	return nil
}

// Digits is a text, or the text of a number, for codes and numbers of which
// nobody knows in which of the two they come. It is not for keys.
func (v Value) Digits() string {
	if number, ok := v.value.(json.Number); ok {
		return number.String()
	}
	return v.Text()
}

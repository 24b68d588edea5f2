package ncp

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"

	"syncer/simulate/fault"
)

// A format is how an answer is written: responseFormatType.
type format string

const (
	formatXML  format = "xml" // the default
	formatJSON format = "json"
)

func formatOf(parameter string) (format, bool) {
	switch format(parameter) {
	case "", formatXML:
		return formatXML, true
	case formatJSON:
		return formatJSON, true
	}
	return formatXML, false
}

// write is an answer with one member. JSON of a service has a blank after the
// first colon and no newline at the end, which the vendor's SDK relies on;
// errors are indented.
func (f format) write(status int, name string, body object) fault.Answer {
	text, err := json.Marshal(body)
	if err != nil {
		return fault.Answer{Status: http.StatusInternalServerError, Type: "text/plain", Body: []byte(err.Error())}
	}
	if f == formatXML {
		return fault.Answer{Status: status, Type: "application/xml;charset=UTF-8", Body: xmlOf(name, text)}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{%q: %s}", name, text)
	if status >= http.StatusBadRequest {
		plain := bytes.Clone(out.Bytes())
		out.Reset()
		_ = json.Indent(&out, plain, "", "  ") // it was just written as JSON
	}
	return fault.Answer{Status: status, Type: "application/json;charset=UTF-8", Body: out.Bytes()}
}

// xmlOf writes JSON as the XML of the documents: a list's rows are named like
// the list without List, and product codes have no prefix.
func xmlOf(name string, text []byte) []byte {
	out := bytes.NewBufferString(xml.Header)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := element(out, decoder, name, ""); err != nil {
		fmt.Fprintf(out, "<!-- %s -->", err)
	}
	return out.Bytes()
}

// element writes the next value of the JSON text between the tags of a name.
func element(out *bytes.Buffer, decoder *json.Decoder, name, indent string) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	tag := xmlName(name)
	switch token := token.(type) {
	case nil:
		fmt.Fprintf(out, "%s<%s/>\n", indent, tag)
	case json.Delim:
		return container(out, decoder, name, indent, token)
	default:
		fmt.Fprintf(out, "%s<%s>%s</%s>\n", indent, tag, escaped(fmt.Sprint(token)), tag)
	}
	return nil
}

func container(out *bytes.Buffer, decoder *json.Decoder, name, indent string, open json.Delim) error {
	tag, inner := xmlName(name), new(bytes.Buffer)
	for decoder.More() {
		child := strings.TrimSuffix(name, "List")
		if open == '{' {
			token, err := decoder.Token()
			if err != nil {
				return err
			}
			child = fmt.Sprint(token)
		}
		if err := element(inner, decoder, child, indent+"  "); err != nil {
			return err
		}
	}
	if inner.Len() == 0 {
		fmt.Fprintf(out, "%s<%s/>\n", indent, tag)
	} else {
		fmt.Fprintf(out, "%s<%s>\n%s%s</%s>\n", indent, tag, inner, indent, tag)
	}
	_, err := decoder.Token()
	return err
}

// xmlName: the documents' XML prints productCode where JSON was seen to hold
// serverImageProductCode and serverProductCode.
func xmlName(name string) string {
	if name == "serverImageProductCode" || name == "serverProductCode" {
		return "productCode"
	}
	return name
}

func escaped(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text)) // a bytes.Buffer takes all
	return out.String()
}

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, member := range o {
		if i > 0 {
			out = append(out, ',')
		}
		text, err := json.Marshal(member.value)
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", member.name, err)
		}
		out = append(fmt.Appendf(out, "%q:", member.name), text...)
	}
	return append(out, '}'), nil
}

// common is a CommonCode.
func common(code, name string) object { return object{{"code", code}, {"codeName", name}} }

// nothing is a CommonCode that is not set.
func nothing() object { return object{} }

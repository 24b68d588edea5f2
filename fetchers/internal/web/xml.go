package web

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// maxXMLDepth is ten times what any document nests.
const maxXMLDepth = 100

// ParseXML reads one XML document and nothing after it, into the shape of its
// JSON twin, so that one decoder reads both: {"root":{"member":"text"}}. All
// values are texts. An element whose name isList holds is a list of its
// children, whatever they are called; any other element with children is an
// object, and one without is its text, where white space alone is "".
//
// Errors are: another charset than UTF-8, document types and with them all
// entities but the predefined five, processing instructions, text between
// elements, more than 100 levels, and an element that stands twice in an
// object with two contents. An element that stands twice alike, as in a vendor's
// own sample, is a warning. Attributes are reported as unknown fields.
func ParseXML(body []byte, isList func(name string) bool) (*Document, error) {
	reader := xmlReader{
		decoder: xml.NewDecoder(bytes.NewReader(body)), isList: isList,
		document: &Document{seen: make(map[string]bool)},
	}
	start, err := reader.prolog()
	if err != nil {
		return nil, fmt.Errorf("want XML: %w", err)
	}
	root, err := reader.element(start, start.Name.Local, 1)
	if err != nil {
		return nil, fmt.Errorf("want XML: %w", err)
	}
	if err := reader.epilog(); err != nil {
		return nil, err
	}
	reader.document.root = map[string]any{start.Name.Local: root}
	return reader.document, nil
}

type xmlReader struct {
	decoder  *xml.Decoder
	isList   func(name string) bool
	document *Document
}

// prolog reads up to the root element.
func (r xmlReader) prolog() (xml.StartElement, error) {
	for first := true; ; first = false {
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, errors.New("got an empty answer")
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return token, nil
		case xml.ProcInst:
			if !first || token.Target != "xml" {
				return xml.StartElement{}, errRefusedXML
			}
		default:
			if err := idle(token); err != nil {
				return xml.StartElement{}, err
			}
		}
	}
}

// epilog wants the end of the body.
func (r xmlReader) epilog() error {
	for {
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = idle(token)
		}
		if err != nil {
			return fmt.Errorf("want nothing after the XML document, found more at byte %d", r.decoder.InputOffset())
		}
	}
}

var errRefusedXML = errors.New("document types and processing instructions are refused")

// idle is nil for what means nothing: white space and comments.
func idle(token xml.Token) error {
	switch token := token.(type) {
	case xml.Comment:
		return nil
	case xml.CharData:
		if len(bytes.TrimSpace(token)) == 0 {
			return nil
		}
		return errors.New("text between elements")
	}
	return errRefusedXML
}

// child is one element within another.
type child struct {
	name  string
	value any
}

// element reads up to the end of an element. path is where it stands, as
// unknown fields are named.
func (r xmlReader) element(start xml.StartElement, path string, depth int) (any, error) {
	if depth > maxXMLDepth {
		return nil, fmt.Errorf("more than %d levels", maxXMLDepth)
	}
	r.attributes(start, path)
	var text bytes.Buffer
	var children []child
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			value, err := r.element(token, r.childPath(start, path, token), depth+1)
			if err != nil {
				return nil, err
			}
			children = append(children, child{token.Name.Local, value})
		case xml.EndElement:
			return r.value(start.Name.Local, path, text.Bytes(), children)
		case xml.CharData:
			text.Write(token)
		case xml.Comment:
		default:
			return nil, fmt.Errorf("%s: %w", path, errRefusedXML)
		}
	}
}

// childPath is the pattern of a child as unknown fields name it: a row of a
// list has no name of its own.
func (r xmlReader) childPath(parent xml.StartElement, path string, start xml.StartElement) string {
	if r.isList(parent.Name.Local) {
		return path + "[]"
	}
	return join(path, start.Name.Local)
}

// attributes reports XML attributes as unknown fields; namespaces mean nothing
// here.
func (r xmlReader) attributes(start xml.StartElement, path string) {
	for _, attribute := range start.Attr {
		if attribute.Name.Space == "xmlns" || attribute.Name.Local == "xmlns" {
			continue
		}
		r.document.report("field", path+".@"+attribute.Name.Local, clip(attribute.Value, 60))
	}
}

// value is a list, an object or a text.
func (r xmlReader) value(name, path string, text []byte, children []child) (any, error) {
	blank := len(bytes.TrimSpace(text)) == 0
	switch {
	case !blank && (len(children) > 0 || r.isList(name)):
		return nil, fmt.Errorf("%s: text between elements", path)
	case r.isList(name):
		return listOf(path, children)
	case len(children) > 0:
		return r.objectOf(path, children)
	case blank:
		return "", nil
	}
	return string(text), nil
}

func listOf(path string, children []child) (any, error) {
	list := make([]any, len(children))
	for i, row := range children {
		if row.name != children[0].name {
			return nil, fmt.Errorf("%s: a list of %s holds %s", path, children[0].name, clip(row.name, 60))
		}
		list[i] = row.value
	}
	return list, nil
}

func (r xmlReader) objectOf(path string, children []child) (any, error) {
	object := make(map[string]any, len(children))
	for _, element := range children {
		known, twice := object[element.name]
		if twice && !reflect.DeepEqual(known, element.value) {
			return nil, fmt.Errorf("%s: duplicate element %s with another content", path, clip(element.name, 60))
		}
		if twice {
			r.document.Warn("%s: the element stands twice", join(path, element.name))
		}
		object[element.name] = element.value
	}
	return object, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

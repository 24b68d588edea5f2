package web

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
)

// elementsOf finds what stands between the tags of the named elements.
func elementsOf(body []byte, names []string) ([]span, bool) {
	var spans []span
	decoder := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := decoder.Token()
		if err != nil {
			return spans, errors.Is(err, io.EOF)
		}
		start, opens := token.(xml.StartElement)
		if !opens || !slices.Contains(names, start.Name.Local) {
			continue
		}
		from := int(decoder.InputOffset())
		to, err := contentEnd(decoder)
		if err != nil {
			return nil, false
		}
		if from < to {
			spans = append(spans, span{start: from, end: to})
		}
	}
}

// contentEnd reads to the end of the element that was just opened and returns
// where its closing tag begins.
func contentEnd(decoder *xml.Decoder) (int, error) {
	for depth := 1; ; {
		before := int(decoder.InputOffset())
		token, err := decoder.Token()
		if err != nil {
			return 0, err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth == 0 {
			return before, nil
		}
	}
}

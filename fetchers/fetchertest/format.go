package fetchertest

import (
	"maps"
	"strings"
)

// format is how a good answer is written, to write bad ones like it.
type format struct {
	good string
	// with is the answer with one more member that holds a text.
	with func(text string) string
	// own are the faults that only this kind of answer can have.
	own map[string]string
}

func formatOf(good string) format {
	good = strings.TrimSpace(good)
	if isXML(good) {
		return xmlFormat(good)
	}
	return jsonFormat(good)
}

// bad are answers that must be refused, by what is wrong with them.
func (f format) bad() map[string]string {
	bad := map[string]string{
		"empty": "", "blank": " ", "truncated": f.good[:len(f.good)/2],
		"trailing text": f.good + "x", "a second value": f.good + f.good, "invalid UTF-8": f.with("\xff"),
		"HTML": "<!DOCTYPE html><html><body>back soon</body></html>", "HTML in capitals": "\n<HTML><BODY>back soon</BODY></HTML>",
	}
	maps.Copy(bad, f.own)
	return bad
}

func jsonFormat(good string) format {
	member := func(member string) string { return good[:len(good)-1] + "," + member + "}" }
	return format{
		good: good,
		with: func(text string) string { return member(`"x1":"` + text + `"`) },
		own: map[string]string{
			"byte order mark": "\ufeff" + good, "null": "null", "a list": "[]", "a text": `"ok"`, "only an object": "{}",
			"an object behind it": good + "{}", "duplicate names": member(`"x1":1,"x1":2`), "deep duplicate names": member(`"x1":[{"a":1,"a":2}]`),
			"lone surrogate": member(`"x1":"\ud800"`), "NaN": member(`"x1":NaN`), "Infinity": member(`"x1":Infinity`),
			"too deep":         member(`"x1":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)),
			"too deep objects": member(`"x1":` + strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)),
		},
	}
}

func xmlFormat(good string) format {
	end := strings.LastIndex(good, "</")
	member := func(member string) string { return good[:end] + member + good[end:] }
	root := good
	if strings.HasPrefix(good, "<?") {
		root = strings.TrimSpace(good[strings.Index(good, "?>")+2:])
	}
	return format{
		good: good,
		with: func(text string) string { return member("<x1>" + text + "</x1>") },
		own: map[string]string{
			"an entity of its own":   `<!DOCTYPE x [<!ENTITY a "aaaa">]>` + strings.Replace(root, "</", "&a;</", 1),
			"a file as an entity":    `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>` + strings.Replace(root, "</", "&a;</", 1),
			"another charset":        `<?xml version="1.0" encoding="EUC-KR"?>` + root,
			"another root":           "<somethingElse/>",
			"an element left open":   member("<x1>"),
			"an element ended twice": good + "</x1>",
			"too deep":               member(strings.Repeat("<a>", 200_000) + strings.Repeat("</a>", 200_000)),
		},
	}
}

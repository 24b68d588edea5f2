package ncp

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// success is the returnCode beside rows; it comes as a text or as a number.
// Anything else, also with HTTP status 200, is an error.
const success = "0"

// answer is one answer of the API, opened up to its rows.
type answer struct {
	document *web.Document
	name     string // of the part, for errors: "part 3"; "" for the first
	action   string // getServerImageList; "" where nothing says
	body     web.Object
	total    *int
	asked    url.Values // the query of the request, as far as it is known
}

// parse reads {"<action>Response": {"returnCode": "0", "totalRows": 1, ...}},
// or its XML twin. Samples in the documents lack the outer object, whose name is
// believed before the request's. The code is looked at before anyone looks at
// rows.
func parse(part catalog.Part) (answer, error) {
	document, err := parseBody(part.MediaType, part.Body)
	if err != nil {
		return answer{}, err
	}
	if code, message := refusal(document.Root()); code != "" || message != "" {
		return answer{}, refusedAnswer(fmt.Sprintf("the answer is an error: %.60s: %.300s", code, message))
	}
	root := document.Root().Object()
	parsed := answer{document: document, body: root}
	parsed.action, parsed.asked = asked(part.Request)
	for _, name := range root.Names() {
		if action, ok := strings.CutSuffix(name, "Response"); ok {
			parsed.action, parsed.body = action, root.Get(name).Object()
			root.Done()
			break
		}
	}
	code, message := parsed.body.Get("returnCode"), parsed.body.Get("returnMessage")
	parsed.body.Ignore("requestId")
	// The sample of the billing service's getRegionList has no returnCode.
	plain := !code.Given() && parsed.action == regionsAction && parsed.body.Get("regionList").Given()
	if stated := shown(code.Raw()); stated != success && !plain {
		return answer{}, refusedAnswer(fmt.Sprintf("%s: want %s, got %.60q: %.300s", code.Path(), success, stated, shown(message.Raw())))
	}
	parsed.total = parsed.body.Get("totalRows").Count()
	return parsed, document.Err()
}

// refusedAnswer is the error of an answer with status 200 that is a refusal.
type refusedAnswer string

// Error returns what the answer says.
func (r refusedAnswer) Error() string { return string(r) }

// parseBody reads an answer of either format. In XML every name of a list ends
// in List.
func parseBody(media string, body []byte) (*web.Document, error) {
	if media == "xml" {
		return web.ParseXML(body, func(name string) bool { return strings.HasSuffix(name, "List") })
	}
	return web.ParseJSON(body)
}

// asked reads action and query of "GET /vserver/v2/getRegionList?a=b". A page
// of an archive may name no request.
func asked(request string) (action string, query url.Values) {
	_, uri, _ := strings.Cut(request, " ")
	path, text, _ := strings.Cut(uri, "?")
	query, err := url.ParseQuery(text)
	if err != nil {
		query = nil
	}
	return path[strings.LastIndex(path, "/")+1:], query
}

// holds reports whether the answer is the action's. Where nothing names it, the
// member with the rows decides.
func (a *answer) holds(action, rows string) bool {
	if a.action != "" {
		return a.action == action
	}
	return a.body.Get(rows).Given()
}

// size is the page size that was asked for.
func (a *answer) size(standard int) int {
	if size, err := strconv.Atoi(a.asked.Get("pageSize")); err == nil && size > 0 {
		return size
	}
	return standard
}

// page is the number of the page that was asked for, from 1; 0 and 1 are both
// the first.
func (a *answer) page() int {
	if number, err := strconv.Atoi(a.asked.Get("pageNo")); err == nil && number > 0 {
		return number
	}
	return 1
}

// regionCodes are the codes of a getRegionList answer, in its order, each once.
func (a *answer) regionCodes() ([]string, error) {
	var codes []string
	for _, row := range rowsOf(a.body.Get("regionList")) {
		if code := row.Object().Get("regionCode").Key(); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if err := a.document.Err(); err != nil {
		return nil, err
	}
	if len(codes) == 0 {
		return nil, errors.New("regionList: want at least one region")
	}
	return codes, nil
}

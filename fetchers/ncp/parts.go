package ncp

import (
	"fmt"
	"slices"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// parts are the answers of one page by what they answer.
type parts struct {
	place place
	// asked is true where a part names its request, as all do in a page that
	// was walked. In an archive of somebody else's they may not.
	asked   bool
	rowsIn  string // the member that holds the rows
	all     []*answer
	list    *answer // nil in an archive of details alone
	details []*answer
	regions []string // of the walk, where the page carries them
}

// add puts an answer in its place.
func (p *parts) add(list list, parsed *answer) error {
	switch {
	case p.list == nil && parsed.holds(list.action, list.rows):
		p.list = parsed
	case list.detail != "" && parsed.holds(list.detail, list.rows):
		p.details = append(p.details, parsed)
	case list.regional && p.regions == nil && parsed.holds("getRegionList", "regionList"):
		codes, err := parsed.regionCodes()
		p.regions = codes
		return err
	default:
		return fmt.Errorf("want an answer of %s, got one of %.60q", list.action, parsed.action)
	}
	return nil
}

// rows are the lines of the list, each with its detail.
func (p *parts) rows() []row {
	details := p.detailRows()
	if p.list == nil {
		return details
	}
	byNumber := make(map[string]web.Object, len(details))
	for _, detail := range details {
		byNumber[numberOf(detail.line)] = detail.line
	}
	var rows []row
	for _, line := range rowsOf(p.list.body.Get(p.rowsIn)) {
		r := row{document: p.list.document, line: line.Object()}
		if len(byNumber) > 0 {
			r.detail, r.detailed = byNumber[numberOf(r.line)]
		}
		rows = append(rows, r)
	}
	refuseStrangers(rows, details)
	return rows
}

// requireDetails refuses a page that lacks what belongs to its rows: without its
// detail an image would look thinner, and so changed. An archive that names no
// requests may hold lists alone, which is a warning.
func (p *parts) requireDetails(list list, rows []row) {
	if list.detail == "" || p.list == nil {
		return
	}
	lacking := 0
	for _, row := range rows {
		if row.detailed || numberOf(row.line) == "" { // the row is refused for its own sake
			continue
		}
		lacking++
		if number := row.line.Get(imageNumber); p.asked {
			number.Fail("the page lacks the answer of %s about image %.60q", list.detail, number.Raw())
		}
	}
	if lacking > 0 {
		p.list.document.About("")
		p.list.document.Warn("the page lacks the answers of %s about %d of %d rows", list.detail, lacking, len(rows))
	}
}

// refuseStrangers refuses a detail that belongs to no row: it was asked for
// another page.
func refuseStrangers(rows, details []row) {
	if len(details) == 0 {
		return
	}
	listed := make(map[string]bool, len(rows))
	for _, row := range rows {
		listed[numberOf(row.line)] = true
	}
	for _, detail := range details {
		if number := detail.line.Get(imageNumber); !listed[numberOf(detail.line)] {
			number.Fail("the list of this page holds no image %.60q", number.Raw())
		}
	}
}

func (p *parts) detailRows() []row {
	var rows []row
	for _, detail := range p.details {
		list := detail.body.Get(p.rowsIn)
		lines := rowsOf(list)
		if len(lines) == 0 {
			list.Fail("want a row, got none")
		}
		for _, line := range lines {
			rows = append(rows, row{document: detail.document, line: line.Object()})
		}
	}
	return rows
}

// numberOf is the number of an image, "" where it is no text.
func numberOf(line web.Object) string {
	number, _ := line.Get(imageNumber).Raw().(string)
	return number
}

// finish collects the unknown fields, each once, and the warnings of all parts.
func (p *parts) finish(decoded *catalog.Decoded) error {
	for i, answer := range p.all {
		answer.body.Done()
		if err := answer.document.Err(); err != nil {
			return partError(i, err)
		}
		for _, unknown := range answer.document.Unknown() {
			if !slices.Contains(decoded.Unknown, unknown) {
				decoded.Unknown = append(decoded.Unknown, unknown)
			}
		}
		decoded.Warnings = append(decoded.Warnings, answer.document.Warnings()...)
	}
	return nil
}

package ncp

import (
	"fmt"
	"slices"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// sheet is one page with its parts told apart.
type sheet struct {
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

// sort puts an answer in its place.
func (s *sheet) sort(list list, parsed *answer) error {
	switch {
	case s.list == nil && parsed.holds(list.action, list.rows):
		s.list = parsed
	case list.detail != "" && parsed.holds(list.detail, list.rows):
		s.details = append(s.details, parsed)
	case list.regional && s.regions == nil && parsed.holds("getRegionList", "regionList"):
		codes, err := parsed.regionCodes()
		s.regions = codes
		return err
	default:
		return fmt.Errorf("want an answer of %s, got one of %.60q", list.action, parsed.action)
	}
	return nil
}

// rows are the lines of the list, each with its detail.
func (s *sheet) rows() []row {
	details := s.detailRows()
	if s.list == nil {
		return details
	}
	byNumber := make(map[string]web.Object, len(details))
	for _, detail := range details {
		byNumber[numberOf(detail.line)] = detail.line
	}
	var rows []row
	for _, line := range rowsOf(s.list.body.Get(s.rowsIn)) {
		one := row{document: s.list.document, line: line.Object()}
		if len(byNumber) > 0 {
			one.detail, one.detailed = byNumber[numberOf(one.line)]
		}
		rows = append(rows, one)
	}
	refuseStrangers(rows, details)
	return rows
}

// whole refuses a page that lacks what belongs to its rows: without its detail
// an image would look thinner, and so changed. An archive that names no
// requests may hold lists alone, which is told.
func (s *sheet) whole(list list, rows []row) {
	if list.detail == "" || s.list == nil {
		return
	}
	lacking := 0
	for _, one := range rows {
		if one.detailed || numberOf(one.line) == "" { // the row is refused for its own sake
			continue
		}
		lacking++
		if number := one.line.Get(imageNumber); s.asked {
			number.Fail("the page lacks the answer of %s about image %.60q", list.detail, number.Raw())
		}
	}
	if lacking > 0 {
		s.list.document.About("")
		s.list.document.Warn("the page lacks the answers of %s about %d of %d rows", list.detail, lacking, len(rows))
	}
}

// refuseStrangers refuses a detail that belongs to no row: it was asked for
// another page.
func refuseStrangers(rows, details []row) {
	if len(details) == 0 {
		return
	}
	listed := make(map[string]bool, len(rows))
	for _, one := range rows {
		listed[numberOf(one.line)] = true
	}
	for _, detail := range details {
		if number := detail.line.Get(imageNumber); !listed[numberOf(detail.line)] {
			number.Fail("the list of this page holds no image %.60q", number.Raw())
		}
	}
}

func (s *sheet) detailRows() []row {
	var rows []row
	for _, detail := range s.details {
		list := detail.body.Get(s.rowsIn)
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

// finish collects what all parts have told, each thing once.
func (s *sheet) finish(decoded *catalog.Decoded) error {
	for i, one := range s.all {
		one.body.Done()
		if err := one.document.Err(); err != nil {
			return partError(i, err)
		}
		for _, unknown := range one.document.Unknown() {
			if !slices.Contains(decoded.Unknown, unknown) {
				decoded.Unknown = append(decoded.Unknown, unknown)
			}
		}
		decoded.Warnings = append(decoded.Warnings, one.document.Warnings()...)
	}
	return nil
}

package ncp

import (
	"errors"
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
	all     []*answer
	list    *answer // nil in an archive of details alone
	details []detail
	regions []string // of the walk, where the page carries them
	// refused says why the list's own answer was not to be had, and so nothing of
	// its region; lacking why the regions of the billing service were not.
	refused, lacking string
}

// detail is the answer about one image, or why there is none.
type detail struct {
	image string // that was asked for; "" where nothing says
	*answer
	reason catalog.SetAsideReason
	why    string // "" where there is an answer
}

// add puts an answer in its place.
func (p *parts) add(list list, part catalog.Part, name string) error {
	action, query := asked(part.Request)
	p.asked = p.asked || part.Request != ""
	refusal, refused := web.RefusalIn(part)
	image := query.Get(imageNumber)
	switch {
	case list.detail != "" && action == list.detail && image != "":
		p.addDetail(part, name, image)
		return nil
	case refused && action == list.action && p.list == nil:
		p.refused, p.place.region = refusal.Text, query.Get("regionCode")
		return nil
	case refused && action == regionsAction && list.billed:
		p.lacking = refusal.Text
		return nil
	case refused:
		return errors.New(refusal.Text)
	}
	parsed, err := parse(part)
	if err != nil {
		return err
	}
	parsed.name = name
	p.all = append(p.all, &parsed)
	switch {
	case p.list == nil && parsed.holds(list.action, list.rows):
		p.list = &parsed
	case list.detail != "" && parsed.holds(list.detail, list.rows):
		p.details = append(p.details, detail{answer: &parsed})
	case list.regional && p.regions == nil && parsed.holds(regionsAction, "regionList"):
		p.regions, err = parsed.regionCodes()
		return err
	default:
		return fmt.Errorf("want an answer of %s, got one of %.60q", list.action, parsed.action)
	}
	return nil
}

// addDetail adds what was answered about an image, whatever it is: it concerns no
// other row.
func (p *parts) addDetail(part catalog.Part, name, image string) {
	added := detail{image: image}
	refusal, refused := web.RefusalIn(part)
	parsed, err := parse(part)
	switch {
	case refused:
		added.reason, added.why = catalog.Incomplete, refusal.Text
	case isRefusal(err):
		added.reason, added.why = catalog.Incomplete, fmt.Sprintf("%s: %v", name, err)
	case err != nil:
		added.reason, added.why = catalog.Unreadable, fmt.Sprintf("%s: %v", name, err)
	default:
		parsed.name, added.answer = name, &parsed
		p.all = append(p.all, &parsed)
	}
	p.details = append(p.details, added)
}

func isRefusal(err error) bool {
	_, refused := errors.AsType[refusedAnswer](err)
	return refused
}

// join makes the rows hear of what cannot be read in the answers that they are
// read from.
func (p *parts) join(into *web.Rows) {
	if p.list != nil {
		into.Join(p.list.document, p.list.name)
	}
	for _, detail := range p.details {
		if detail.answer != nil {
			into.Join(detail.document, detail.name)
		}
	}
}

// rows are the lines of the list, each with its detail or why it has none.
func (p *parts) rows(list list) []*row {
	details := p.detailRows(list)
	if p.list == nil {
		return details
	}
	byNumber := make(map[string]*row, len(details))
	for _, detail := range details {
		byNumber[detail.number] = detail
	}
	var rows []*row
	listed, lacking := make(map[string]bool), 0
	for _, value := range rowsOf(p.list.body.Get(list.rows)) {
		line := &row{document: p.list.document, value: value, number: numberOf(value)}
		rows = append(rows, line)
		if list.detail == "" || line.number == "" { // the row is set aside for its own sake
			continue
		}
		listed[line.number] = true
		switch detail := byNumber[line.number]; {
		case detail == nil && p.asked:
			line.reason, line.why = catalog.Incomplete, "the page lacks its answer"
		case detail == nil:
			lacking++
		case detail.why != "":
			line.reason, line.why = detail.reason, detail.why
		default:
			line.detail = &detail.value
		}
	}
	p.warn(list, lacking, len(rows), slices.DeleteFunc(details, func(detail *row) bool { return listed[detail.number] }))
	return rows
}

// warn is about what does not belong together: rows of an archive that holds lists
// alone, and details of no row.
func (p *parts) warn(list list, lacking, rows int, strangers []*row) {
	p.list.document.About("")
	if lacking > 0 {
		p.list.document.Warn("the page lacks the answers of %s about %d of %d rows", list.detail, lacking, rows)
	}
	for _, detail := range strangers {
		p.list.document.Warn("the page holds an answer of %s about image %.60q, which its list does not", list.detail, detail.number)
	}
}

// detailRows are the lines of all details. A line of another image than the one
// that was asked for is none.
func (p *parts) detailRows(list list) []*row {
	var rows []*row
	for _, detail := range p.details {
		if detail.why != "" {
			rows = append(rows, &row{number: detail.image, reason: detail.reason, why: detail.why})
			continue
		}
		var values []web.Value
		lines := detail.body.Get(list.rows)
		err := detail.document.Try(func() { values = rowsOf(lines) })
		if detail.image == "" {
			if len(values) == 0 { // nothing says whom it would be about
				lines.Fail("want a row, got none")
			}
			for _, value := range values {
				rows = append(rows, &row{document: detail.document, value: value, number: numberOf(value)})
			}
			continue
		}
		only := &row{number: detail.image}
		switch {
		case err != nil:
			only.reason, only.why = catalog.Unreadable, err.Error()
		case len(values) == 1 && numberOf(values[0]) == detail.image:
			only.document, only.value = detail.document, values[0]
		default:
			only.reason, only.why = catalog.Unreadable, detail.name+": want one row, that of the image"
		}
		rows = append(rows, only)
	}
	return rows
}

// numberOf is the number of an image, "" where it is no text.
func numberOf(line web.Value) string {
	members, _ := line.Raw().(map[string]any)
	number, _ := members[imageNumber].(string)
	return number
}

// finish collects the unknown fields, each once, and the warnings of all parts.
func (p *parts) finish(decoded *catalog.Decoded) error {
	for _, answer := range p.all {
		answer.body.Done()
		if err := answer.document.Err(); err != nil {
			return err
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

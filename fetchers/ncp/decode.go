package ncp

import (
	"errors"
	"fmt"
	"slices"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// Decode reads one page: the answer of the list and, in any order, the detail
// answers of its rows and the regions of the walk.
func (f *fetcher) Decode(page catalog.Page) (catalog.Decoded, error) {
	decoded, _, err := f.read(page)
	return decoded, err
}

// read is Decode, and reports whether the page is the last of its region.
func (f *fetcher) read(page catalog.Page) (catalog.Decoded, bool, error) {
	parts, err := f.parseParts(page)
	if err != nil {
		return catalog.Decoded{}, false, err
	}
	if parts.refused != "" || parts.lacking != "" {
		return f.unanswered(parts)
	}
	rows := web.NewRows()
	parts.join(rows)
	lines := parts.rows(f.list)
	for _, line := range lines {
		f.readRow(parts.place, line, rows)
	}
	decoded := catalog.Decoded{}
	var done bool
	decoded.End, done = f.end(parts, len(lines))
	if err := parts.finish(&decoded); err != nil {
		return catalog.Decoded{}, false, err
	}
	rows.Into(&decoded)
	return decoded, done, nil
}

// readRow takes in one line. What is known of an image without its detail would
// look thinner, and so changed: such a row says nothing.
func (f *fetcher) readRow(at place, line *row, rows *web.Rows) {
	row := rows.Add(func() string {
		if line.document == nil { // nothing but the name that was asked for
			return line.number
		}
		line.open()
		return f.list.key(at, line)
	})
	switch {
	case row == nil:
	case line.why != "":
		detail := fmt.Sprintf("%s of image %s", f.list.detail, line.number)
		if at.region != "" {
			detail += " in region " + at.region
		}
		row.SetAside(catalog.FieldsPart, line.reason, detail+": "+line.why)
	default:
		f.list.entry(at, line, row)
		line.done()
	}
}

// unanswered is a page of a region that did not answer, or of regions that nobody
// names: which keys they hold is not known, so one row without a name stands for
// all of them.
func (f *fetcher) unanswered(parts *parts) (catalog.Decoded, bool, error) {
	end := catalog.End{Scope: parts.place.region, Last: f.isLast(parts)}
	detail := fmt.Sprintf("%s of region %s: %s", f.list.action, parts.place.region, parts.refused)
	if parts.lacking != "" {
		end = catalog.End{Scope: regionsAction} // and the regions that are known follow
		detail = "regions that only the billing service names are not read: " + parts.lacking
	}
	set := catalog.SetAside{Part: catalog.FieldsPart, Reason: catalog.Incomplete, Detail: detail}
	return catalog.Decoded{SetAside: []catalog.SetAside{set}, End: end}, true, nil
}

// end goes by the total over all pages of the region, else by a page that is
// short. An empty page ends every region.
func (f *fetcher) end(parts *parts, rows int) (end catalog.End, done bool) {
	list := parts.list
	if list == nil { // an archive of details alone: nothing states their number
		return catalog.End{Scope: parts.place.region, Last: true}, true
	}
	size := list.size(f.pageSize)
	switch {
	case f.list.pageSize == 0 || rows == 0:
		done = true
	case list.total != nil:
		done = list.page()*size >= *list.total
	default:
		done = rows < size
	}
	last := f.isLast(parts)
	return catalog.End{Scope: parts.place.region, Total: list.total, Last: done && last}, done
}

// isLast reports that no region follows. A page that carries the regions of
// its walk knows; else those of the option count.
func (f *fetcher) isLast(parts *parts) bool {
	regions := f.regionsOf(parts)
	if f.list.regional && parts.asked && len(regions) == 0 && parts.list != nil {
		parts.list.document.About("")
		parts.list.document.Warn("the page lacks the answer of getRegionList: taken as the last")
	}
	at := slices.Index(regions, parts.place.region)
	return at < 0 || at == len(regions)-1
}

// regionsOf are the regions of the walk that the page is of, in order.
func (f *fetcher) regionsOf(parts *parts) []string {
	if len(parts.regions) > 0 {
		return parts.regions
	}
	return f.regions
}

// regionOf is the region that a page was asked for. A page of an archive may
// not say: then it is the only one there is, or, as documented, the first.
func (f *fetcher) regionOf(parts *parts) string {
	if !f.list.regional {
		return ""
	}
	for _, answer := range parts.all {
		if region := answer.asked.Get("regionCode"); region != "" {
			return region
		}
	}
	if len(f.regions) == 1 {
		return f.regions[0]
	}
	if len(parts.regions) > 0 {
		return parts.regions[0]
	}
	return ""
}

// parseParts parses the parts of a page and sorts them by what they answer.
func (f *fetcher) parseParts(page catalog.Page) (*parts, error) {
	parts := &parts{}
	for i, part := range page.Parts {
		name := ""
		if i > 0 { // most pages consist of the first alone
			name = fmt.Sprintf("part %d", i+1)
		}
		if err := parts.add(f.list, part, name); err != nil {
			return nil, named(name, err)
		}
	}
	switch {
	case parts.refused != "", parts.lacking != "":
		return parts, nil
	case parts.list == nil && (len(parts.details) == 0 || parts.asked && len(page.Parts) > 1):
		return nil, fmt.Errorf("want an answer of %s in the page", f.list.action)
	}
	parts.place.region = f.regionOf(parts)
	if f.list.keyed && parts.place.region == "" {
		return nil, errors.New("the page does not state its region, and keys begin with it: want regionCode in its request, or one region in the option regions")
	}
	if parts.list != nil {
		parts.place.currency = parts.list.asked.Get("payCurrencyCode")
	}
	parts.place.zone = f.source.Location
	return parts, nil
}

// named is an error of a part that has a name.
func named(name string, err error) error {
	if name == "" {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

package ncp

import (
	"fmt"
	"slices"

	"syncer/catalog"
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
	decoded := catalog.Decoded{}
	rows := parts.rows()
	parts.requireDetails(f.list, rows)
	for _, row := range rows {
		decoded.Entries = append(decoded.Entries, f.list.entry(parts.place, row))
		row.done()
	}
	end, done := f.end(parts, len(decoded.Entries))
	decoded.End = end
	if err := parts.finish(&decoded); err != nil {
		return catalog.Decoded{}, false, err
	}
	return decoded, done, nil
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
	regions := parts.regions
	if len(regions) == 0 {
		regions = f.regions
	}
	if f.list.regional && parts.asked && len(regions) == 0 {
		parts.list.document.About("")
		parts.list.document.Warn("the page lacks the answer of getRegionList: taken as the last")
	}
	at := slices.Index(regions, parts.place.region)
	return at < 0 || at == len(regions)-1
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
	parts := &parts{rowsIn: f.list.rows}
	for i, part := range page.Parts {
		parsed, err := parse(part)
		if err == nil {
			err = parts.add(f.list, &parsed)
		}
		if err != nil {
			return nil, partError(i, err)
		}
		parts.all = append(parts.all, &parsed)
		parts.asked = parts.asked || part.Request != ""
	}
	if parts.list == nil && (len(parts.details) == 0 || parts.asked && len(page.Parts) > 1) {
		return nil, fmt.Errorf("want an answer of %s in the page", f.list.action)
	}
	parts.place.region = f.regionOf(parts)
	if parts.list != nil {
		parts.place.currency = parts.list.asked.Get("payCurrencyCode")
	}
	return parts, nil
}

// partError names the part, unless it is the first, which most pages consist of.
func partError(index int, err error) error {
	if index == 0 {
		return err
	}
	return fmt.Errorf("part %d: %w", index+1, err)
}

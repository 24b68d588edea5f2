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

// read is Decode, and tells whether the page is the last of its region.
func (f *fetcher) read(page catalog.Page) (catalog.Decoded, bool, error) {
	sheet, err := f.open(page)
	if err != nil {
		return catalog.Decoded{}, false, err
	}
	decoded := catalog.Decoded{}
	rows := sheet.rows()
	sheet.whole(f.list, rows)
	for _, row := range rows {
		decoded.Entries = append(decoded.Entries, f.list.entry(sheet.place, row))
		row.done()
	}
	end, done := f.end(sheet, len(decoded.Entries))
	decoded.End = end
	if err := sheet.finish(&decoded); err != nil {
		return catalog.Decoded{}, false, err
	}
	return decoded, done, nil
}

// end goes by the total over all pages of the region, else by a page that is
// short. An empty page ends every region.
func (f *fetcher) end(sheet *sheet, rows int) (end catalog.End, done bool) {
	list := sheet.list
	if list == nil { // an archive of details alone: nothing tells their number
		return catalog.End{Scope: sheet.place.region, Last: true}, true
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
	last := f.isLast(sheet)
	return catalog.End{Scope: sheet.place.region, Total: list.total, Last: done && last}, done
}

// isLast reports that no region follows. A page that carries the regions of
// its walk knows; else those of the option count.
func (f *fetcher) isLast(sheet *sheet) bool {
	regions := sheet.regions
	if len(regions) == 0 {
		regions = f.regions
	}
	if f.list.regional && sheet.asked && len(regions) == 0 {
		sheet.list.document.About("")
		sheet.list.document.Warn("the page lacks the answer of getRegionList: taken as the last")
	}
	at := slices.Index(regions, sheet.place.region)
	return at < 0 || at == len(regions)-1
}

// regionOf is the region that a page was asked for. A page of an archive may
// not say: then it is the only one there is, or, as documented, the first.
func (f *fetcher) regionOf(sheet *sheet) string {
	if !f.list.regional {
		return ""
	}
	for _, answer := range sheet.all {
		if region := answer.asked.Get("regionCode"); region != "" {
			return region
		}
	}
	if len(f.regions) == 1 {
		return f.regions[0]
	}
	if len(sheet.regions) > 0 {
		return sheet.regions[0]
	}
	return ""
}

// open parses the parts of a page and tells them apart.
func (f *fetcher) open(page catalog.Page) (*sheet, error) {
	sheet := &sheet{rowsIn: f.list.rows}
	for i, part := range page.Parts {
		parsed, err := parse(part)
		if err == nil {
			err = sheet.sort(f.list, &parsed)
		}
		if err != nil {
			return nil, partError(i, err)
		}
		sheet.all = append(sheet.all, &parsed)
		sheet.asked = sheet.asked || part.Request != ""
	}
	if sheet.list == nil && (len(sheet.details) == 0 || sheet.asked && len(page.Parts) > 1) {
		return nil, fmt.Errorf("want an answer of %s in the page", f.list.action)
	}
	sheet.place.region = f.regionOf(sheet)
	if sheet.list != nil {
		sheet.place.currency = sheet.list.asked.Get("payCurrencyCode")
	}
	return sheet, nil
}

// partError names the part, unless it is the first, which most pages consist of.
func partError(index int, err error) error {
	if index == 0 {
		return err
	}
	return fmt.Errorf("part %d: %w", index+1, err)
}

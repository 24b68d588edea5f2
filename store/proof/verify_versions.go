package proof

import (
	"slices"
	"time"

	"syncer/catalog"
	"syncer/store/history"
)

// judged is what the versions of an entry are worth by themselves.
type judged struct {
	altered  map[int]bool // by index of the version
	contents map[catalog.Digest]history.Content
}

// judge compares each version that was ever recorded, and the prices that
// stood beside it when it was, with its digest and with the page it names.
func (v *verify) judge(e *ever, entry history.Named) *judged {
	j := &judged{altered: make(map[int]bool), contents: make(map[catalog.Digest]history.Content)}
	for _, price := range e.owners[entry.ID] {
		v.report.Prices += len(e.prices[price])
	}
	for i := range e.versions[entry.ID] {
		row := &e.versions[entry.ID][i]
		v.report.Versions++
		amounts := v.amountsBeside(e, entry.ID, row)
		altered, err := row.Row.IsAltered(entry.Key, e.priced(amounts))
		j.altered[i] = altered || err != nil
		switch {
		case !j.altered[i]:
			j.contents[row.Row.Digest] = history.Content{Entry: row.Row.Entry, Digest: row.Row.Digest, Prices: amounts}
		case v.mended(row.Until):
		case err != nil:
			v.contradict(v.table("_versions"), entry.Key, row.Row.From, "it cannot be read: %v", err)
		default:
			v.contradict(v.table("_versions"), entry.Key, row.Row.From, "its columns or prices are not those that its digest was made of")
		}
		v.page(e, entry, row)
	}
	return j
}

// mended reports that a rebuild superseded the row: that is how a row which
// other hands changed is put right, and it stays on record.
func (v *verify) mended(until int64) bool {
	n, known := v.retrace.order[until]
	return known && v.retrace.writes[n].rebuild
}

// amountsBeside are the prices at the beginning of a version, as they stood
// once its run had written it.
func (v *verify) amountsBeside(e *ever, entry int64, version *history.Recorded[history.Version]) map[int64]catalog.Digest {
	now, known := v.retrace.order[version.By]
	if !known {
		now = len(v.retrace.writes)
	}
	amounts := make(map[int64]catalog.Digest)
	for _, price := range e.owners[entry] {
		for _, row := range e.prices[price] {
			covers := !row.Row.From.After(version.Row.From) && (row.Row.To.IsZero() || row.Row.To.After(version.Row.From))
			if covers && v.retrace.stoodAt(now, row.By, row.Until) {
				amounts[price] = row.Row.Content
			}
		}
	}
	return amounts
}

// stoodAt reports that a row was there and not superseded after write n.
func (t *retrace) stoodAt(n int, by, until int64) bool {
	replaced, was := t.order[until]
	return t.order[by] <= n && (until == 0 || was && replaced > n)
}

// page compares the page that a version names with the one that shows it, where the
// pages of its first snapshot are read. A version names none only where the write that
// made it had those pages not at hand, and took the place of none that names it.
func (v *verify) page(e *ever, entry history.Named, row *history.Recorded[history.Version]) {
	if row.Row.Page == nil {
		n, known := v.retrace.order[row.By]
		if known && !v.retrace.writes[n].rebuild && v.retrace.writes[n].at.Equal(row.Row.From) || v.replacesPage(e, entry, row) {
			v.contradict(v.table("_versions"), entry.Key, row.Row.From, "it names no page, and its write knew which")
		}
		return
	}
	seen := v.replay.keys[entry.Key]
	if seen == nil {
		return
	}
	for _, run := range seen.runs {
		if run.page != 0 && v.replay.moments[run.snapshot].Equal(row.Row.From) && run.page != *row.Row.Page {
			v.contradict(v.table("_versions"), entry.Key, row.Row.From, "page %d shows it, and not page %d", run.page, *row.Row.Page)
		}
	}
}

// replacesPage reports that a version took the place of one of the same beginning
// that names a page.
func (v *verify) replacesPage(e *ever, entry history.Named, row *history.Recorded[history.Version]) bool {
	return slices.ContainsFunc(e.versions[entry.ID], func(other history.Recorded[history.Version]) bool {
		return other.Until == row.By && other.Row.From.Equal(row.Row.From) && other.Row.Page != nil
	})
}

// rebuiltAt is when the last rebuild was, nil without one.
func (t *retrace) rebuiltAt() *time.Time {
	if t.base < 0 {
		return nil
	}
	return &t.writes[t.base].at
}

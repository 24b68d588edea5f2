package store

import (
	"time"

	"syncer/catalog"
)

// judged is what the versions of an entry are worth by themselves.
type judged struct {
	altered  map[int]bool // by index of the version
	contents map[catalog.Digest]content
}

// judge compares each version that was ever recorded, and the prices that
// stood beside it when it was, with its digest and with the page it names.
func (v *verify) judge(e *ever, one named) *judged {
	j := &judged{altered: make(map[int]bool), contents: make(map[catalog.Digest]content)}
	for _, price := range e.owners[one.id] {
		v.report.Prices += len(e.prices[price])
	}
	for i, row := range e.versions[one.id] {
		v.report.Versions++
		amounts := v.amountsBeside(e, one.id, row)
		altered, err := altered(one.key, row.row, v.run.List.Kind, pricesOf(amounts, e.skus, e.amounts))
		j.altered[i] = altered || err != nil
		switch {
		case !j.altered[i]:
			j.learn(row.row, amounts)
		case v.mended(row.until):
		case err != nil:
			v.contradict(v.table("_versions"), one.key, row.row.from, "it cannot be read: %v", err)
		default:
			v.contradict(v.table("_versions"), one.key, row.row.from, "its columns or prices are not those that its digest was made of")
		}
		v.page(one, row.row)
	}
	return j
}

// learn takes the content of a row that is not altered, and so can be read.
func (j *judged) learn(row version, amounts map[int64]catalog.Digest) {
	shown, _ := contentOfRow(row)
	shown.prices = amounts
	j.contents[row.columns.digest] = shown
}

// mended reports that a rebuild superseded the row: that is how a row which
// other hands changed is put right, and it stays on record.
func (v *verify) mended(until int64) bool {
	n, known := v.retrace.order[until]
	return known && v.retrace.writes[n].rebuild
}

// amountsBeside are the prices at the beginning of a version, as they stood
// once its run had written it.
func (v *verify) amountsBeside(e *ever, entry int64, row entered[version]) map[int64]catalog.Digest {
	now, known := v.retrace.order[row.by]
	if !known {
		now = len(v.retrace.writes)
	}
	amounts := make(map[int64]catalog.Digest)
	for _, price := range e.owners[entry] {
		for _, one := range e.prices[price] {
			covers := !one.row.From.After(row.row.from) && (one.row.To.IsZero() || one.row.To.After(row.row.from))
			if covers && v.retrace.stoodAt(now, one.by, one.until) {
				amounts[price] = one.row.Content
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

// page compares the page that a version names with the one that shows it,
// where the pages of its first snapshot are read.
func (v *verify) page(one named, row version) {
	seen := v.replay.keys[one.key]
	if row.page == nil || seen == nil {
		return
	}
	for _, run := range seen.runs {
		if run.page != 0 && v.replay.moments[run.snapshot].Equal(row.from) && run.page != *row.page {
			v.contradict(v.table("_versions"), one.key, row.from, "page %d shows it, and not page %d", run.page, *row.page)
		}
	}
}

// rebuiltAt is when the last rebuild was, nil without one.
func (t *retrace) rebuiltAt() *time.Time {
	if t.base < 0 {
		return nil
	}
	return &t.writes[t.base].at
}

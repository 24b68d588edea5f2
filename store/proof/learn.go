package proof

import (
	"context"

	"syncer/catalog"
)

// lesson is what the pages of a proven snapshot say of an entry today, and the
// digest that stands in history for the same content, made by another decoder.
type lesson struct {
	snapshot int
	was, now catalog.Digest
}

// learn brings what only the stored history knows, for the pages are gone, into
// the words of today's decoder. The same content as that of a proven snapshot is
// what the pages of that one say: of the last before the hole, or else of the first
// after it. So a field that is read since today makes no version at a hole.
func (r *replay) learn(ctx context.Context) error {
	if !r.forgetful {
		return nil
	}
	r.lessons = make(map[string][]lesson)
	for key, life := range r.keys {
		for _, run := range life.runs {
			if run.stored {
				r.lessons[key] = nil
			}
		}
	}
	for i := range r.stored {
		if !r.notes[i].proven || i > 0 && r.notes[i-1].proven && r.stored[i].PagesOf.Equal(r.stored[i-1].PagesOf) {
			continue // the same pages teach the same
		}
		rows, err := r.tables.Digests(ctx, r.moments[i], false)
		if err != nil {
			return err
		}
		for _, row := range rows {
			learned, wanted := r.lessons[row.Key]
			if !wanted {
				continue
			}
			now, was := r.keys[row.Key].shown(i), catalog.Digest(row.Digest)
			if n := len(learned); now != nil && (n == 0 || learned[n-1].was != was || learned[n-1].now != *now) {
				r.lessons[row.Key] = append(learned, lesson{i, was, *now})
			}
		}
	}
	for key, learned := range r.lessons {
		runs := r.keys[key].runs
		for i := range runs {
			if run := &runs[i]; run.stored {
				run.digest = translated(*run, learned)
			}
		}
	}
	return nil
}

// translated is the digest of a remembered sighting by today's decoder; as it is
// stored, where no page shows the same content.
func translated(run sighting, learned []lesson) catalog.Digest {
	now, known := run.digest, false
	for _, lesson := range learned {
		if lesson.was == run.digest && (!known || lesson.snapshot < run.snapshot) {
			now, known = lesson.now, true
		}
	}
	return now
}

package proof

import (
	"context"

	"syncer/catalog"
)

// lesson is what the pages of a proven snapshot say of an entry today, whose
// stored digest was made of the same content by another decoder.
type lesson struct {
	snapshot int
	now      catalog.Digest
}

// learn brings what only the stored history knows, for the pages are gone, into
// the words of today's decoder. The same content as that of a proven snapshot is
// what the pages of that one say: of the last before the hole, or else of the first
// after it. So a field that is read since today makes no version at a hole.
func (r *replay) learn(ctx context.Context) error {
	if !r.forgetful {
		return nil
	}
	remembered := make(map[string]map[catalog.Digest][]lesson) // by key and stored digest, in time order
	for key, life := range r.keys {
		for _, run := range life.runs {
			if !run.stored {
				continue
			}
			if remembered[key] == nil {
				remembered[key] = make(map[catalog.Digest][]lesson)
			}
			remembered[key][run.digest] = nil
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
			lessons, wanted := remembered[row.Key][catalog.Digest(row.Digest)]
			if !wanted {
				continue
			}
			if now := r.keys[row.Key].shown(i); now != nil && (len(lessons) == 0 || lessons[len(lessons)-1].now != *now) {
				remembered[row.Key][catalog.Digest(row.Digest)] = append(lessons, lesson{i, *now})
			}
		}
	}
	for key, lessons := range remembered {
		runs := r.keys[key].runs
		for i := range runs {
			if run := &runs[i]; run.stored {
				run.digest = translated(*run, lessons[run.digest])
			}
		}
	}
	return nil
}

// translated is the digest of a remembered sighting by today's decoder; as it is
// stored, where no page shows the same content.
func translated(run sighting, lessons []lesson) catalog.Digest {
	if len(lessons) == 0 {
		return run.digest
	}
	now := lessons[0].now
	for _, lesson := range lessons {
		if lesson.snapshot < run.snapshot {
			now = lesson.now
		}
	}
	return now
}

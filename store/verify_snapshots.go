package store

import "syncer/catalog"

// committed compares the rows of committed snapshots with their pages, and where
// those are gone with what history makes of the snapshot.
func (v *verify) committed() {
	v.report.ProvenSince = v.replay.provenSince()
	for i, stored := range v.replay.stored {
		v.report.Snapshots++
		found := v.replay.notes[i]
		if stored.unreadable != nil {
			v.contradict("snapshots", "", stored.TakenAt, "it cannot be read: %v", stored.unreadable)
			continue
		}
		if found.proven {
			v.report.Proven++
			v.pagesOf(stored, found)
		} else {
			v.hole(stored)
		}
		if stored.DecoderVersion != v.run.List.DecoderVersion {
			continue // its digest is that of another decoder
		}
		if stored.Entries != found.entries || stored.Digest != found.digest {
			v.contradict("snapshots", "", stored.TakenAt, "%s %d entries with another digest than the %d that are noted", shows(found), found.entries, stored.Entries)
		}
	}
}

func shows(found note) string {
	if found.proven {
		return "its pages hold"
	}
	return "its pages are not kept, and history shows"
}

func (v *verify) pagesOf(stored StoredSnapshot, found note) {
	if stored.PagesDigest != found.pages {
		v.contradict("snapshots", "", stored.TakenAt, "its pages have another digest than the one that is noted")
	}
	if holder := v.books.at(stored.PagesOf); holder != nil && holder.GivenUpAt != nil {
		v.contradict("snapshots", "", stored.TakenAt, "its pages are there, and it is noted that they were given up")
	}
}

// hole wants a reason for pages that are missing: that they were spared, or
// given up by the rule of keeping.
func (v *verify) hole(stored StoredSnapshot) {
	holder := v.books.at(stored.PagesOf)
	spared := stored.PagesDigest == new(catalog.Snapshot).PagesDigest()
	if !spared && (holder == nil || holder.GivenUpAt == nil) && !v.illegible[stored.TakenAt.UnixMicro()] {
		v.contradict("snapshots", "", stored.TakenAt, "its pages are gone, and it is not noted that they were given up")
	}
}

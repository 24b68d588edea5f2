package store

import (
	"context"
	"errors"
	"time"

	"syncer/catalog"
	"syncer/store/postgres"
)

// committed compares the rows of committed snapshots with their pages, and where
// those are gone with what history makes of the snapshot.
func (v *verify) committed() {
	v.report.ProvenSince = v.replay.provenSince()
	if len(v.replay.moments) > 0 {
		v.report.First = &v.replay.moments[0]
	}
	for i, stored := range v.replay.stored {
		v.report.Snapshots++
		found := v.replay.notes[i]
		if !v.legible(stored) {
			continue
		}
		if found.proven {
			v.report.Proven++
			v.pagesOf(stored, found)
		} else {
			v.noteUnproven(i, v.hole(stored))
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

// hole is why pages are missing, which must be noted: they were spared, or given
// up by the rule of keeping.
func (v *verify) hole(stored StoredSnapshot) string {
	holder := v.books.at(stored.PagesOf)
	switch {
	case v.illegible[stored.TakenAt.UnixMicro()]:
		return "unreadable"
	case stored.PagesDigest == catalog.DigestOfPages(nil):
		return "spared"
	case holder != nil && holder.GivenUpAt != nil:
		return "given up: " + postgres.Text(holder.GivenUpFor)
	}
	v.contradict("snapshots", "", stored.TakenAt, "its pages are gone, and it is not noted that they were given up")
	return "gone"
}

// noteUnproven adds a snapshot to the last of some spans, or begins another one
// where the one before has its pages or lacks them for another reason.
func (v *verify) noteUnproven(i int, why string) {
	spans := v.report.Unproven
	if n := len(spans); n > 0 && i > 0 && spans[n-1].To.Equal(v.replay.moments[i-1]) && spans[n-1].Why == why {
		spans[n-1].To, spans[n-1].Snapshots = v.replay.moments[i], spans[n-1].Snapshots+1
		return
	}
	v.report.Unproven = append(spans, Unproven{v.replay.moments[i], v.replay.moments[i], 1, why})
}

func (v *verify) legible(stored StoredSnapshot) bool {
	if stored.unreadable != nil {
		v.contradict("snapshots", "", stored.TakenAt, "it cannot be read: %v", stored.unreadable)
	}
	return stored.unreadable == nil
}

// undecided compares held and rejected snapshots with their pages, which always
// stay.
func (v *verify) undecided(ctx context.Context, read Read) error {
	for _, one := range v.replay.apart {
		if !v.legible(one) {
			continue
		}
		pages, err := pagesOf(ctx, v.q, v.tx, v.run.List, one.TakenAt)
		switch {
		case errors.Is(err, ErrNoPages):
			v.contradict("snapshots", "", one.TakenAt, "it is %s, and its pages are gone", one.Status)
		case err != nil:
			return err
		default:
			v.apart(one, pages, read)
		}
	}
	return nil
}

func (v *verify) apart(one StoredSnapshot, pages []catalog.StoredPage, read Read) {
	for _, page := range pages {
		if _, err := page.Open(); err != nil {
			v.contradict("pages", "", one.TakenAt, "%v", err)
			return
		}
	}
	if catalog.DigestOfPages(pages) != one.PagesDigest {
		v.contradict("snapshots", "", one.TakenAt, "its pages have another digest than the one that is noted")
		return
	}
	if one.DecoderVersion != v.run.List.DecoderVersion {
		return // it is read again when it is accepted
	}
	found, err := read(pages)
	switch {
	case err != nil:
		v.contradict("pages", "", one.TakenAt, "%v", err)
	case found.Len() != one.Entries || found.Digest() != one.Digest:
		v.contradict("snapshots", "", one.TakenAt, "its pages hold %d entries with another digest than the %d that are noted", found.Len(), one.Entries)
	}
}

// decoders wants snapshots to be read by a decoder that the list had: today's, or
// an earlier one if a rebuild came since and their pages were gone by then.
func (v *verify) decoders() {
	proven := make(map[int64]bool, len(v.replay.notes))
	for i, found := range v.replay.notes {
		proven[v.replay.moments[i].UnixMicro()] = found.proven
	}
	var rebuilt time.Time
	for _, run := range v.books.runs {
		if run.Kind == "rebuild" && run.Outcome == string(Changed) && run.RecordedAt != nil {
			rebuilt = *run.RecordedAt
		}
	}
	for i := range v.books.snapshots {
		one := &v.books.snapshots[i]
		version, now := postgres.VersionNumber(one.DecoderVersion), postgres.VersionNumber(v.books.list.DecoderVersion)
		if version != now && (version > now || proven[one.TakenAt.UnixMicro()] || !rebuilt.After(one.RecordedAt)) {
			v.contradict("snapshots", "", one.TakenAt, "decoder %d cannot have read it: the list is read by %d", version, now)
		}
	}
}

package proof

import (
	"context"
	"errors"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store/postgres"
	"syncer/store/record"
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
		if stored.ReadBy != v.readBy {
			continue // its digest is that of another decoder
		}
		if row := v.accounts.at(stored.TakenAt); found.vague || !found.proven && row != nil && row.PricesUnread != nil {
			continue // nothing remembers all that it covers
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

func (v *verify) pagesOf(stored record.Snapshot, found note) {
	if stored.PagesDigest != found.pages {
		v.contradict("snapshots", "", stored.TakenAt, "its pages have another digest than the one that is noted")
	}
	if holder := v.accounts.at(stored.PagesOf); holder != nil && holder.GivenUpAt != nil {
		v.contradict("snapshots", "", stored.TakenAt, "its pages are there, and it is noted that they were given up")
	}
}

// hole is why pages are missing, which must be noted: they were spared, or given
// up by the rule of keeping.
func (v *verify) hole(stored record.Snapshot) string {
	holder := v.accounts.at(stored.PagesOf)
	switch {
	case v.illegible[stored.PagesOf.UnixMicro()]:
		return "unreadable"
	case v.unread[stored.PagesOf.UnixMicro()]:
		if holder != nil && holder.GivenUpAt != nil {
			v.contradict("snapshots", "", stored.TakenAt, "its pages are there, and it is noted that they were given up")
		}
		if holder != nil && string(holder.PagesDigest) != string(stored.PagesDigest[:]) {
			v.contradict("snapshots", "", stored.TakenAt, "its pages have another digest than the one that is noted")
		}
		return fmt.Sprintf("read by decoder %s", v.readBy)
	case stored.PagesDigest == snapshot.DigestOfPages(nil):
		return "spared"
	case holder != nil && holder.GivenUpAt != nil:
		return "given up: " + postgres.Text(holder.GivenUpFor)
	}
	v.contradict("snapshots", "", stored.TakenAt, "its pages are gone, and it is not noted that they were given up")
	return "gone"
}

// untouched compares the pages of committed snapshots with their digests, where they
// are for another decoder to read.
func (v *verify) untouched(ctx context.Context) error {
	for _, stored := range v.replay.stored {
		if stored.Unreadable != nil || !stored.PagesOf.Equal(stored.TakenAt) {
			continue
		}
		pages, err := record.Pages(ctx, v.q, v.db, v.list, stored.TakenAt)
		if errors.Is(err, record.ErrNoPages) {
			continue
		}
		if err != nil {
			return err
		}
		if v.intact(stored, pages) {
			v.unread[stored.TakenAt.UnixMicro()] = true
		} else {
			v.illegible[stored.TakenAt.UnixMicro()] = true
		}
	}
	return nil
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

func (v *verify) legible(stored record.Snapshot) bool {
	if stored.Unreadable != nil {
		v.contradict("snapshots", "", stored.TakenAt, "it cannot be read: %v", stored.Unreadable)
	}
	return stored.Unreadable == nil
}

// undecided compares held and rejected snapshots with their pages, which always
// stay.
func (v *verify) undecided(ctx context.Context) error {
	for _, stored := range v.replay.apart {
		if !v.legible(stored) {
			continue
		}
		pages, err := record.Pages(ctx, v.q, v.db, v.list, stored.TakenAt)
		switch {
		case errors.Is(err, record.ErrNoPages):
			v.contradict("snapshots", "", stored.TakenAt, "it is %s, and its pages are gone", stored.Status)
		case err != nil:
			return err
		default:
			v.apart(stored, pages)
		}
	}
	return nil
}

func (v *verify) apart(stored record.Snapshot, pages []snapshot.Page) {
	if !v.intact(stored, pages) {
		return
	}
	if stored.ReadBy != v.list.ReadBy() {
		return // it is read again when it is accepted
	}
	found, err := v.read(stored.TakenAt, pages)
	switch {
	case err != nil:
		v.contradict("pages", "", stored.TakenAt, "%v", err)
	case found.Len() != stored.Entries || found.Digest() != stored.Digest:
		v.contradict("snapshots", "", stored.TakenAt, "its pages hold %d entries with another digest than the %d that are noted", found.Len(), stored.Entries)
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
	for _, run := range v.accounts.runs {
		if run.Kind == "rebuild" && run.Outcome == string(record.Changed) && run.RecordedAt != nil {
			rebuilt = *run.RecordedAt
		}
	}
	for i := range v.accounts.snapshots {
		row := &v.accounts.snapshots[i]
		version, now := row.DecoderVersion, v.accounts.list.DecoderVersion
		newer := catalog.DecoderOf(version) > catalog.DecoderOf(now)
		if version != now && (newer || proven[row.TakenAt.UnixMicro()] || !rebuilt.After(row.RecordedAt)) {
			v.contradict("snapshots", "", row.TakenAt, "decoder %s cannot have read it: the list is read by %s", version, now)
		}
	}
}

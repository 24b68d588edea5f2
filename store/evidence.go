package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/delta"
	"syncer/store/postgres"
	"syncer/store/record"
)

// keep writes the snapshot's row and its pages.
func (u *update) keep(ctx context.Context, status record.Status, heldFor string, moved delta.Delta) error {
	// What a doubt rests on is kept even for lack of room: a person may have to decide.
	spared := u.run.SparePages && status == record.StatusCommitted && !u.doubts
	digest, pages := u.digest(status, moved), u.snapshot.PagesDigest()
	if spared { // that of no pages, which no snapshot equals: the next one with room for them keeps its own
		pages = snapshot.DigestOfPages(nil)
	}
	row := sqlcgen.SnapshotInsertParams{
		ListID: u.run.List.RowID, TakenAt: u.run.TakenAt, Status: string(status), Origin: string(u.run.Origin), RunID: u.run.id,
		RecordedAt: u.recordedAt, Entries: postgres.Count(u.snapshot.Len()), Digest: digest[:], PagesDigest: pages[:],
		DecoderVersion: u.run.List.ReadBy(), Settings: u.settings, LateAfter: u.run.lateAfter(),
		Nameless: postgres.Count(u.snapshot.Nameless()), PricesUnread: u.pricesUnread(), ReadsUntil: postgres.NullTime(u.snapshot.Until()),
	}
	if heldFor != "" {
		text, err := json.Marshal(moved)
		if err != nil {
			return fmt.Errorf("record the delta: %w", err)
		}
		row.HeldFor, row.Delta = &heldFor, text
	}
	if err := u.q.SnapshotInsert(ctx, u.tx, row); err != nil {
		return fmt.Errorf("record snapshot: %w", err)
	}
	if spared {
		return nil
	}
	return u.keepPages(ctx)
}

// pricesUnread is why no price could be had; nil where they could.
func (u *update) pricesUnread() *string {
	if u.snapshot.PricesUnread() == "" {
		return nil
	}
	return new(catalog.StoredText(u.snapshot.PricesUnread()))
}

// digest is the snapshot's digest; one that changes nothing has that of the
// snapshot before, which saves hashing all keys, where the same decoder read it.
func (u *update) digest(status record.Status, moved delta.Delta) catalog.Digest {
	before := u.place.Before
	same := before != nil && before.DecoderVersion == u.run.List.ReadBy()
	plain := !u.place.odd && len(u.place.doubted) == 0 && len(u.snapshot.SetAside()) == 0 && u.snapshot.PricesUnread() == ""
	if same && plain && !moved.First && moved.Empty() && status == record.StatusCommitted {
		return catalog.Digest(before.Digest)
	}
	return u.snapshot.Digest()
}

// holder is the snapshot that holds the pages of the one before, nil where
// they were given up: then the late snapshot keeps its own.
func (u *update) holder(ctx context.Context) (*time.Time, error) {
	pagesOf := &u.place.Before.TakenAt
	if u.place.Before.PagesOf != nil {
		pagesOf = u.place.Before.PagesOf
	}
	if u.place.After == nil {
		return pagesOf, nil
	}
	kept, err := u.q.EvidenceKept(ctx, u.tx, sqlcgen.EvidenceKeptParams{ListID: u.run.List.RowID, TakenAt: *pagesOf})
	if err != nil {
		return nil, fmt.Errorf("look for pages: %w", err)
	}
	if !kept {
		return nil, nil
	}
	return pagesOf, nil
}

// pagesAtOnce bounds the pages that one statement carries.
const pagesAtOnce = 100

func (u *update) keepPages(ctx context.Context) error {
	pages := u.snapshot.Pages()
	for start := 0; start < len(pages); start += pagesAtOnce {
		bodies := sqlcgen.PagesPutParams{ListID: u.run.List.RowID}
		links := sqlcgen.SnapshotPagesPutParams{ListID: u.run.List.RowID, TakenAt: u.run.TakenAt}
		for _, page := range pages[start:min(start+pagesAtOnce, len(pages))] {
			for i, part := range page.Parts {
				bodies.Sha256s = append(bodies.Sha256s, part.SHA256[:])
				bodies.MediaTypes = append(bodies.MediaTypes, part.MediaType)
				bodies.Sizes = append(bodies.Sizes, postgres.Count(part.Size))
				bodies.Bodies = append(bodies.Bodies, part.Zstd)
				links.Numbers = append(links.Numbers, postgres.Count(page.Number))
				links.Parts = append(links.Parts, postgres.Count(i+1))
				links.Requests = append(links.Requests, part.Request)
				links.Sha256s = append(links.Sha256s, part.SHA256[:])
			}
		}
		if err := u.q.PagesPut(ctx, u.tx, bodies); err != nil {
			return fmt.Errorf("keep pages: %w", err)
		}
		if err := u.q.SnapshotPagesPut(ctx, u.tx, links); err != nil {
			return fmt.Errorf("link pages: %w", err)
		}
	}
	return nil
}

// drift notes fields and words no decoder knows and returns the new ones.
func (u *update) drift(ctx context.Context) ([]catalog.Unknown, error) {
	unknown := u.snapshot.Unknown()
	if len(unknown) == 0 {
		return nil, nil
	}
	params := sqlcgen.DriftNoteParams{ListID: u.run.List.RowID, TakenAt: u.run.TakenAt, RunID: u.run.id}
	for _, thing := range unknown {
		params.Kinds = append(params.Kinds, thing.Kind)
		params.Paths = append(params.Paths, catalog.StoredText(thing.Path))
		params.Seen = append(params.Seen, catalog.StoredText(thing.Seen))
	}
	rows, err := u.q.DriftNote(ctx, u.tx, params)
	if err != nil {
		return nil, fmt.Errorf("note unknown fields: %w", err)
	}
	if u.place.After != nil {
		if err := u.q.DriftEarlier(ctx, u.tx, sqlcgen.DriftEarlierParams{
			ListID: params.ListID, TakenAt: params.TakenAt, RunID: params.RunID, Kinds: params.Kinds, Paths: params.Paths, Seen: params.Seen,
		}); err != nil {
			return nil, fmt.Errorf("date unknown fields: %w", err)
		}
	}
	var fresh []catalog.Unknown
	for _, row := range rows {
		fresh = append(fresh, catalog.Unknown{Kind: row.Kind, Path: row.Path, Seen: row.Seen})
	}
	return fresh, nil
}

package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/timeline"
)

// Version is a row of product_versions or contract_versions.
type Version struct {
	ID       int64         // of the entry
	Entry    catalog.Entry // its fields, without key and prices
	Digest   catalog.Digest
	Page     *int32    // of the snapshot at From, that shows the entry; nil: not known
	From, To time.Time // a zero To: it is the current one
	// Unreadable is what of the row cannot be read, since other hands changed it;
	// nil for a sound one.
	Unreadable error
}

// Span is the version as a span of its content.
func (v *Version) Span() timeline.Version[catalog.Digest] {
	return timeline.Version[catalog.Digest]{From: v.From, To: v.To, Content: v.Digest}
}

// IsAltered reports that a version is not what its digest was made of: some
// column of it, or a price of the same span, was changed by other hands. An error
// means that it cannot even be read.
func (v *Version) IsAltered(key string, prices []catalog.Price) (bool, error) {
	if v.Unreadable != nil {
		return false, v.Unreadable
	}
	entry := v.Entry
	attributes, err := catalog.CanonicalAttributes(entry.Attributes)
	if err != nil {
		return false, err
	}
	entry.Key, entry.Prices, entry.Attributes = key, prices, attributes
	if entry.Digest() == v.Digest {
		return false, nil
	}
	if string(entry.Attributes) == "{}" { // an entry without attributes is stored alike
		entry.Attributes = nil
		return entry.Digest() != v.Digest, nil
	}
	return true, nil
}

// at is a moment of an entry, in microseconds.
type at struct{ id, moment int64 }

// versionState is what the tables of versions hold.
type versionState struct {
	rows       map[int64][]Version
	contents   map[int64]map[catalog.Digest]Content
	pages      map[at]int32    // of the snapshots that show an entry
	unreadable map[int64]error // by entry that has a version whose content cannot be read
}

func newVersionState() versionState {
	return versionState{
		rows: make(map[int64][]Version), contents: make(map[int64]map[catalog.Digest]Content),
		pages: make(map[at]int32), unreadable: make(map[int64]error),
	}
}

// loadVersions comes after prices, which are part of a version's content.
func (t Tables) loadVersions(ctx context.Context, state *State, ids []int64, since []time.Time) error {
	rows, err := t.entries.load(ctx, ids, since)
	if err != nil {
		return fmt.Errorf("load versions: %w", err)
	}
	for _, row := range rows {
		state.AddVersion(row)
	}
	return nil
}

// AddVersion takes a stored version in, after the prices beside it.
func (s *State) AddVersion(row Version) {
	history := s.Histories[row.ID]
	history.Versions = append(history.Versions, row.Span())
	s.Histories[row.ID], s.versions.rows[row.ID] = history, append(s.versions.rows[row.ID], row)
	if row.Unreadable != nil {
		s.versions.unreadable[row.ID] = fmt.Errorf("entry %d: %w", row.ID, row.Unreadable)
		return
	}
	s.setContent(row.ID, Content{Entry: row.Entry, Digest: row.Digest, Prices: s.prices.at(row.ID, row.From)})
	if row.Page != nil {
		s.versions.pages[at{row.ID, row.From.UnixMicro()}] = *row.Page
	}
}

func (s *State) setContent(id int64, content Content) {
	if s.versions.contents[id] == nil {
		s.versions.contents[id] = make(map[catalog.Digest]Content)
	}
	s.versions.contents[id][content.Digest] = content
}

// Contents are what the versions of an entry show, by digest.
func (s *State) Contents(id int64) map[catalog.Digest]Content { return s.versions.contents[id] }

// Unreadable is why a version of an entry cannot be read; nil if all can.
func (s *State) Unreadable(id int64) error { return s.versions.unreadable[id] }

// Show makes the content of a subject, whose prices are identified, and the page
// of the snapshot that shows it known.
func (s *State) Show(subject *Subject, takenAt time.Time, page int) {
	subject.Shown.Prices = s.prices.learn(subject)
	s.setContent(subject.ID, *subject.Shown)
	s.versions.pages[at{subject.ID, takenAt.UnixMicro()}] = int32(page) //nolint:gosec // below catalog.MaxPages
}

// Distrust takes stored versions that other hands altered, or that cannot be
// read, for untrue, so that they are superseded and written anew.
func (s *State) Distrust(entries []Named) {
	for _, entry := range entries {
		history := s.Histories[entry.ID]
		for i := range s.versions.rows[entry.ID] {
			row := &s.versions.rows[entry.ID][i]
			if altered, err := row.IsAltered(entry.Key, s.prices.whole(s.prices.at(row.ID, row.From))); altered || err != nil {
				delete(s.versions.contents[entry.ID], row.Digest)
				history.Versions[i].Content = catalog.Digest{}
			}
		}
	}
}

// VersionEdits are what a write does to the table of versions.
type VersionEdits struct {
	Close     []int64 // entries whose open version ends at the newest snapshot
	Supersede []VersionKey
	Insert    []Version
	Check     []int64 // entries that had versions before
}

// VersionKey names a stored version.
type VersionKey struct {
	ID   int64
	From time.Time
}

func (s *versionState) plan(edits *Edits, id int64, plan timeline.Plan[catalog.Digest], contents map[catalog.Digest]Content) {
	versions := &edits.Versions
	for range plan.Close {
		versions.Close = append(versions.Close, id)
	}
	for _, row := range plan.Supersede {
		versions.Supersede = append(versions.Supersede, VersionKey{id, row.From})
	}
	for _, want := range plan.Insert {
		row := Version{ID: id, Entry: contents[want.Content].Entry, Digest: contents[want.Content].Digest, From: want.From, To: want.To}
		if page, known := s.pages[at{id, want.From.UnixMicro()}]; known {
			row.Page = &page
		}
		versions.Insert = append(versions.Insert, row)
	}
}

func (t Tables) retireVersions(ctx context.Context, edits *Edits) error {
	if ids := edits.Versions.Close; len(ids) > 0 {
		if err := t.entries.close(ctx, ids, edits.Newest); err != nil {
			return fmt.Errorf("close versions: %w", err)
		}
	}
	if len(edits.Versions.Supersede) == 0 {
		return nil
	}
	ids, froms := make([]int64, len(edits.Versions.Supersede)), make([]time.Time, len(edits.Versions.Supersede))
	for i, key := range edits.Versions.Supersede {
		ids[i], froms[i] = key.ID, key.From
	}
	if err := t.entries.supersede(ctx, edits.Run, ids, froms); err != nil {
		return fmt.Errorf("supersede versions: %w", err)
	}
	return nil
}

func (t Tables) insertVersions(ctx context.Context, edits *Edits) error {
	if len(edits.Versions.Insert) == 0 {
		return nil
	}
	if err := t.entries.insert(ctx, edits.Run, edits.Versions.Insert); err != nil {
		return fmt.Errorf("write versions: %w", err)
	}
	return nil
}

func (t Tables) checkVersions(ctx context.Context, edits *Edits) error {
	if len(edits.Versions.Check) == 0 {
		return nil
	}
	overlaps, err := t.entries.overlaps(ctx, edits.Versions.Check)
	if err != nil || overlaps {
		return fmt.Errorf("check versions: %w", errors.Join(err, overlapError(overlaps)))
	}
	return nil
}

// VersionsEver returns every version of some entries that was ever recorded,
// superseded ones too, by entry and in time order.
func (t Tables) VersionsEver(ctx context.Context, entries []Named) (map[int64][]Recorded[Version], error) {
	rows, err := t.entries.ever(ctx, ids(entries))
	if err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	all := make(map[int64][]Recorded[Version])
	for _, row := range rows {
		all[row.Row.ID] = append(all[row.Row.ID], row)
	}
	return all, nil
}

// Digests returns key and digest of the entries that the committed snapshot of a
// moment held, as it was, in the byte order of keys; newest says that no
// committed one comes after it.
func (t Tables) Digests(ctx context.Context, takenAt time.Time, newest bool) ([]KeyDigest, error) {
	rows, err := t.entries.digests(ctx, takenAt, newest)
	if err != nil {
		return nil, fmt.Errorf("read digests: %w", err)
	}
	return rows, nil
}

// Package history is what stands for the entries of a list in the tables, and
// what has to be written there. Each table has one file: how its rows are loaded
// into a State, planned as Edits, retired, inserted and checked. Planning is
// pure; nothing here begins or ends a transaction.
package history

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/timeline"
)

// KeysAtOnce bounds how many entries are in memory, and in one COPY.
const KeysAtOnce = 10_000

// Tables are the tables of history as a transaction sees the rows of one list.
type Tables struct {
	q       *sqlcgen.Queries
	db      sqlcgen.DBTX
	list    int64
	kind    catalog.EntryKind
	entries entryTables
}

// Of are the tables of a list, by its number in the database.
func Of(q *sqlcgen.Queries, db sqlcgen.DBTX, list int64, kind catalog.EntryKind) Tables {
	t := Tables{q: q, db: db, list: list, kind: kind, entries: productTables{q, db, list}}
	if kind == catalog.Contracts {
		t.entries = contractTables{q, db, list}
	}
	return t
}

// entryTables are the tables of one kind of entries: who they are, and their
// versions. Prices and absences have tables that serve both kinds; here stands
// which column of those is the kind's own. Ids are the kind's.
type entryTables interface {
	// find returns the ids of the keys that were ever seen.
	find(ctx context.Context, keys []string) (map[string]int64, error)
	// all returns id and key of every entry ever seen, in the byte order of keys.
	all(ctx context.Context) ([]Named, error)
	// create makes entries of keys never seen; ids are in the keys' order.
	create(ctx context.Context, keys []string) ([]int64, error)
	// digests are key and digest of the entries that the committed snapshot of a
	// moment held, in the byte order of keys; newest says that none comes after it.
	digests(ctx context.Context, at time.Time, newest bool) ([]KeyDigest, error)

	// load returns the versions of each id that end at its moment or later, by
	// id and time.
	load(ctx context.Context, ids []int64, since []time.Time) ([]Version, error)
	// ever returns all versions of each id, superseded ones too.
	ever(ctx context.Context, ids []int64) ([]Recorded[Version], error)
	close(ctx context.Context, ids []int64, at time.Time) error
	supersede(ctx context.Context, run int64, ids []int64, froms []time.Time) error
	insert(ctx context.Context, run int64, rows []Version) error
	// overlaps looks for a closed version that overlaps the open one, which no
	// constraint forbids.
	overlaps(ctx context.Context, ids []int64) (bool, error)

	// prices are the SKU prices of the entries, in no order.
	prices(ctx context.Context, ids []int64) ([]owned[sqlcgen.Price], error)
	// amounts are their histories, as load returns versions.
	amounts(ctx context.Context, ids []int64, since []time.Time) ([]owned[sqlcgen.PriceHistory], error)
	// versionsAt are the versions of the keys at a moment, with their keys;
	// fieldsAt is how many entries state a field then, by its name; fieldsMoved is
	// when that changed.
	versionsAt(ctx context.Context, at time.Time, keys []string) ([]Version, error)
	fieldsAt(ctx context.Context, at time.Time) (map[string]int, error)
	fieldsMoved(ctx context.Context, since, until time.Time) ([]Moved, error)
	// ownPrice and ownAbsence put the entry's id into the kind's column.
	ownPrice(row *sqlcgen.PriceCopyParams, id int64)
	ownAbsence(row *sqlcgen.AbsenceCopyParams, id int64)
}

// Named is an entry by id and key.
type Named struct {
	ID  int64
	Key string
}

// KeyDigest is a key and the digest of its entry.
type KeyDigest struct {
	Key    string
	Digest []byte
}

// owned is a row of an entry.
type owned[R any] struct {
	entry int64
	row   R
}

// Recorded is a row of history with the run that wrote it and the run that
// superseded it; 0: none did.
type Recorded[R any] struct {
	Row       R
	By, Until int64
}

// State is what the tables hold of some entries, as far as a write can change
// it.
type State struct {
	kind    catalog.EntryKind
	windows map[int64]Window
	// Histories are versions and absences, by entry.
	Histories map[int64]timeline.History[catalog.Digest]
	versions  versionState
	prices    priceState
	events    map[int64][]StatusChange // by product
	doubts    map[int64][]Doubt        // by entry
	announced map[int64][]Announced    // by entry
	offers    map[offerKey]catalog.Price
}

// Window is where an entry's history begins to matter: rows that end at Since or
// later, events after After.
type Window struct{ Since, After time.Time }

// NewState is a state without rows, which knows some amounts.
func NewState(kind catalog.EntryKind, amounts Amounts) *State {
	state := &State{
		kind: kind, windows: make(map[int64]Window), Histories: make(map[int64]timeline.History[catalog.Digest]),
		versions: newVersionState(), prices: newPriceState(), events: make(map[int64][]StatusChange),
		doubts: make(map[int64][]Doubt), announced: make(map[int64][]Announced), offers: make(map[offerKey]catalog.Price),
	}
	if amounts != nil {
		state.prices.amounts = amounts
	}
	return state
}

// SetWindow says where an entry's history begins to matter.
func (s *State) SetWindow(id int64, window Window) { s.windows[id] = window }

// Edits are what a write does to the tables. Rows are closed and superseded
// first and inserted in later statements, else the unique indexes object.
type Edits struct {
	// Run is the run that writes.
	Run int64
	// Newest is the moment of the snapshot if no committed one comes after it:
	// what ends there is closed in place. Zero: everything that becomes untrue is
	// superseded.
	Newest time.Time

	Versions  VersionEdits
	Prices    PriceEdits
	Absences  AbsenceEdits
	Events    EventEdits
	Doubts    DoubtEdits
	Announced AnnouncedEdits

	// Moved are the keys of which Derive changed something.
	Moved []string

	hidden []hiddenKey
	state  *State // that knows what doubts show; nil where there are none
}

// hiddenKey is a key that the snapshot of a moment lacks, which says nothing.
type hiddenKey struct {
	key string
	at  time.Time
}

// Plan adds to the edits what brings the stored history of an entry to the
// wanted one. contents are what its versions show, by digest.
func (s *State) Plan(edits *Edits, id int64, wanted timeline.History[catalog.Digest], contents map[catalog.Digest]Content) {
	stored := s.Histories[id]
	s.versions.plan(edits, id, timeline.Reconcile(stored.Versions, wanted.Versions, edits.Newest), contents)
	edits.Absences.plan(id, timeline.ReconcileAbsences(stored.Absences, wanted.Absences, edits.Newest), edits.Newest)
	if s.kind == catalog.Products {
		edits.Events.plan(id, s.events[id], timeline.Events(wanted, s.windows[id].After, func(digest catalog.Digest) timeline.Status {
			content := contents[digest]
			return content.status()
		}))
	}
	s.prices.plan(edits, id, wanted.Versions, contents, s.windows[id])
}

// Write retires and inserts rows, and looks for what no constraint forbids.
func (t Tables) Write(ctx context.Context, edits *Edits) error {
	for _, step := range []func(context.Context, *Edits) error{
		t.retireVersions, t.retirePrices, t.retireAbsences, t.retireEvents, t.retireDoubts, t.retireAnnounced,
		t.insertVersions, t.insertPrices, t.insertAbsences, t.insertEvents, t.insertDoubts, t.insertAnnounced, t.writeHidden,
		t.checkVersions, t.checkPrices,
	} {
		if err := step(ctx, edits); err != nil {
			return err
		}
	}
	return nil
}

// errOverlap is a bug of ours that must not become history.
var errOverlap = errors.New("a closed row would overlap the open one; nothing was written")

func overlapError(found bool) error {
	if found {
		return errOverlap
	}
	return nil
}

// Counts are numbers of rows by table.
type Counts struct {
	Versions      int `json:"versions"`
	Prices        int `json:"prices"`
	Absences      int `json:"absences"`
	StatusChanges int `json:"status_changes"`
	Usage         int `json:"usage"`
	Doubts        int `json:"doubts"`
	Announced     int `json:"announced_prices"`
}

// Sum is the number of all of them.
func (c Counts) Sum() int {
	return c.Versions + c.Prices + c.Absences + c.StatusChanges + c.Usage + c.Doubts + c.Announced
}

// Add adds other numbers.
func (c *Counts) Add(other Counts) {
	c.Versions += other.Versions
	c.Prices += other.Prices
	c.Absences += other.Absences
	c.StatusChanges += other.StatusChanges
	c.Usage += other.Usage
	c.Doubts += other.Doubts
	c.Announced += other.Announced
}

// Retired counts the rows that are closed, ended or superseded.
func (e *Edits) Retired() Counts {
	return Counts{
		Versions:      len(e.Versions.Close) + len(e.Versions.Supersede),
		Prices:        len(e.Prices.Close) + len(e.Prices.Supersede),
		Absences:      len(e.Absences.End) + len(e.Absences.Confirm) + len(e.Absences.Supersede),
		StatusChanges: len(e.Events.Supersede),
		Doubts:        len(e.Doubts.End) + len(e.Doubts.Confirm) + len(e.Doubts.Show) + len(e.Doubts.Supersede),
		Announced:     len(e.Announced.End) + len(e.Announced.Supersede),
	}
}

// Inserted counts the rows that are new.
func (e *Edits) Inserted() Counts {
	return Counts{
		Versions: len(e.Versions.Insert), Prices: len(e.Prices.Insert), Absences: len(e.Absences.Insert), StatusChanges: len(e.Events.Insert),
		Doubts: len(e.Doubts.Insert), Announced: len(e.Announced.Insert),
	}
}

// Insertion is one more snapshot of a list.
type Insertion struct {
	Run           int64
	At            time.Time
	Before, After *time.Time // the committed snapshots next to it; nil: none
	Judge         timeline.Judgement
	PageOf        func(key string) int // the page of the snapshot that shows a key; 0: none
}

// Insert brings the histories of some keys up to the set of snapshots with one
// more in it, and returns what it wrote. Of entries whose prices cannot be believed
// at once it writes nothing: it returns what the snapshot says of them, for Derive.
func (t Tables) Insert(ctx context.Context, snapshot Insertion, subjects []Subject) (*Edits, []Look, error) {
	edits := &Edits{Run: snapshot.Run}
	if snapshot.After == nil {
		edits.Newest = snapshot.At
	}
	if len(subjects) == 0 {
		return edits, nil, nil
	}
	if err := t.identify(ctx, subjects, snapshot.Before == nil && snapshot.After == nil); err != nil {
		return nil, nil, err
	}
	state, oldest, err := t.load(ctx, snapshot, subjects)
	if err != nil {
		return nil, nil, err
	}
	moments, err := t.moments(ctx, oldest, snapshot.At)
	if err != nil {
		return nil, nil, err
	}
	if err := t.identifyPrices(ctx, state, subjects); err != nil {
		return nil, nil, err
	}
	var doubtful []Look
	for i := range subjects {
		subject := &subjects[i]
		if snapshot.Judge.Doubt.Snapshots > 0 && !subject.fresh && subject.Shown != nil && state.doubtful(subject, snapshot.Before, snapshot.At) {
			doubtful = append(doubtful, subject.look(snapshot.At))
			continue
		}
		var shown *catalog.Digest
		if subject.Shown != nil {
			state.Show(subject, snapshot.At, snapshot.PageOf(subject.Key))
			shown = &subject.Shown.Digest
		}
		wanted := timeline.Insert(state.Histories[subject.ID], moments, snapshot.At, shown, snapshot.Judge.Absence)
		state.Plan(edits, subject.ID, wanted, state.Contents(subject.ID))
		if !subject.fresh {
			edits.Versions.Check = append(edits.Versions.Check, subject.ID)
		}
	}
	return edits, doubtful, t.Write(ctx, edits)
}

// doubtful says whether what a subject shows cannot be believed at once after what
// stood at the snapshot before.
func (s *State) doubtful(subject *Subject, before *time.Time, at time.Time) bool {
	if before == nil {
		return false
	}
	was := s.prices.at(subject.ID, *before)
	if len(was) == 0 {
		return false
	}
	stood, now := s.prices.whole(was), make([]timeline.Price, len(subject.prices))
	believed := make([]timeline.Price, len(stood))
	for i := range stood {
		believed[i] = Judged(&stood[i])
	}
	for i := range subject.prices {
		now[i] = Judged(&subject.prices[i].price)
	}
	return timeline.Doubtful(timeline.Offer{Prices: believed}, timeline.Offer{Prices: now}, at)
}

// look is what a snapshot says of a subject that it shows whole.
func (s *Subject) look(at time.Time) Look {
	look := Look{At: at, Fields: s.Shown.Entry}
	look.Fields.Key = s.Key
	for i := range s.prices {
		look.Prices = append(look.Prices, s.prices[i].price)
	}
	return look
}

// load reads what stands for the subjects, and the moment at which the oldest
// loaded absence began.
func (t Tables) load(ctx context.Context, snapshot Insertion, subjects []Subject) (*State, time.Time, error) {
	state, oldest := NewState(t.kind, nil), snapshot.At
	var ids []int64
	for i := range subjects {
		if !subjects[i].fresh {
			ids = append(ids, subjects[i].ID)
		}
	}
	if len(ids) == 0 {
		return state, oldest, nil
	}
	absent, err := t.loadRows(ctx, state, ids, snapshot.Before)
	if err != nil {
		return nil, oldest, err
	}
	if !absent.IsZero() && absent.Before(oldest) {
		oldest = absent
	}
	if err := errors.Join(slices.Collect(maps.Values(state.versions.unreadable))...); err != nil {
		return nil, oldest, err // what follows from it would be wrong
	}
	return state, oldest, nil
}

// LoadWhole reads everything that stands for some entries.
func (t Tables) LoadWhole(ctx context.Context, entries []Named) (*State, error) {
	state := NewState(t.kind, nil)
	if _, err := t.loadRows(ctx, state, ids(entries), nil); err != nil {
		return state, err
	}
	if err := t.loadDoubts(ctx, state); err != nil {
		return state, err
	}
	return state, t.loadAnnounced(ctx, state)
}

func ids(entries []Named) []int64 {
	all := make([]int64, len(entries))
	for i, entry := range entries {
		all[i] = entry.ID
	}
	return all
}

// loadRows reads the rows of each entry within its window, which begins with the
// snapshot before or the absence that covers it, and returns the moment at which
// the oldest loaded absence began; zero: there is none.
func (t Tables) loadRows(ctx context.Context, state *State, ids []int64, before *time.Time) (oldest time.Time, err error) {
	if oldest, err = t.loadAbsences(ctx, state, ids, before); err != nil {
		return oldest, err
	}
	since, after := make([]time.Time, len(ids)), make([]time.Time, len(ids))
	for i, id := range ids {
		since[i] = state.windows[id].Since
		after[i] = state.windows[id].After.Add(time.Microsecond)
	}
	if err := t.loadPrices(ctx, state, ids, since); err != nil {
		return oldest, err
	}
	if err := t.loadVersions(ctx, state, ids, since); err != nil {
		return oldest, err
	}
	return oldest, t.loadEvents(ctx, state, ids, after)
}

// moments reads the committed moments since the oldest absence and puts the
// snapshot's own among them.
func (t Tables) moments(ctx context.Context, oldest, own time.Time) ([]time.Time, error) {
	rows, err := t.q.SnapshotMoments(ctx, t.db, sqlcgen.SnapshotMomentsParams{ListID: t.list, Since: oldest})
	if err != nil {
		return nil, fmt.Errorf("load moments: %w", err)
	}
	all := make([]time.Time, 0, len(rows)+1)
	for _, row := range rows {
		all = append(all, row.UTC())
	}
	i, _ := slices.BinarySearchFunc(all, own, time.Time.Compare)
	return slices.Insert(all, i, own), nil
}

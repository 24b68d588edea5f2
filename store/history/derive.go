package history

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/timeline"
)

// Look is what one snapshot says of an entry, in all its parts.
type Look struct {
	At     time.Time
	Lacks  bool
	Silent snapshot.Parts
	Fields catalog.Entry // with key; without prices
	Prices []catalog.Price
}

// Circumstances are what is known of a list beside its entries.
type Circumstances struct {
	Moments  []time.Time   // of all committed snapshots, in order
	Nameless map[int64]int // rows without a key, by moment in microseconds
	Unread   map[int64]bool
	Judge    timeline.Judgement
}

// ofFields are the digests of entries' fields.
type ofFields = catalog.Digest

// evidence collects what is known of one entry.
type evidence struct {
	state *State
	id    int64
	key   string
	// fields are the contents of versions and looks, by the digest of that part.
	fields map[ofFields]catalog.Entry
	looks  []timeline.Look[ofFields]
}

func (s *State) evidenceOf(id int64, key string) *evidence {
	return &evidence{state: s, id: id, key: key, fields: make(map[ofFields]catalog.Entry)}
}

// learn makes the fields of an entry known.
func (e *evidence) learn(fields catalog.Entry) ofFields {
	fields.Key, fields.Prices, fields.Usage, fields.Announced = e.key, nil, nil, nil
	digest := fields.PartDigest(catalog.FieldsPart)
	e.fields[digest] = fields
	return digest
}

// offers makes prices known.
func (e *evidence) offers(prices []catalog.Price) *[]timeline.Price {
	all := make([]timeline.Price, len(prices))
	for i := range prices {
		all[i] = e.state.offer(&prices[i])
	}
	return &all
}

// take adds a look.
func (e *evidence) take(look *Look) timeline.Look[ofFields] {
	taken := timeline.Look[ofFields]{From: look.At, Lacks: look.Lacks}
	if look.Lacks {
		return taken
	}
	if !look.Silent.Has(catalog.FieldsPart) {
		taken.Fields = new(e.learn(look.Fields))
	}
	if !look.Silent.Has(catalog.PricesPart) {
		taken.Prices = e.offers(look.Prices)
	}
	return taken
}

// content names what fields and prices come to together, and makes it known as
// the content of versions.
func (e *evidence) content(fields ofFields, prices []timeline.Price) catalog.Digest {
	entry := e.fields[fields]
	content := Content{Prices: make(map[int64]catalog.Digest, len(prices))}
	entry.Prices = make([]catalog.Price, len(prices))
	for i, price := range prices {
		entry.Prices[i] = e.state.offers[offerKey{price.PriceID, price.Content}]
		id := e.state.prices.ids[priceKey{e.id, identityOf(price.PriceID)}]
		content.Prices[id] = price.Content
		e.state.prices.amounts[AmountKey{id, price.Content}] = entry.Prices[i]
	}
	content.Digest = entry.Digest()
	content.Entry = storable(&entry)
	e.state.setContent(e.id, content)
	return content.Digest
}

// past reads out of the tables what each snapshot said of the entry.
func (e *evidence) past(around Circumstances, silences map[int64]silence) ([]timeline.Look[ofFields], error) {
	stored := e.state.Histories[e.id]
	versions := e.state.versions.rows[e.id]
	var turns []time.Time
	turn := func(at time.Time) {
		if !at.IsZero() {
			turns = append(turns, at)
		}
	}
	once := func(moment int64) {
		at := time.UnixMicro(moment).UTC()
		turn(at)
		if i, found := slices.BinarySearchFunc(around.Moments, at, time.Time.Compare); found && i+1 < len(around.Moments) {
			turn(around.Moments[i+1])
		}
	}
	fields := make([]ofFields, len(versions))
	for i := range versions {
		turn(versions[i].From)
		turn(versions[i].To)
		entry, err := versions[i].whole(e.key, e.state.prices.whole(e.state.prices.at(e.id, versions[i].From)))
		if err != nil {
			return nil, fmt.Errorf("entry %q, version from %s: %w", e.key, versions[i].From.Format(time.RFC3339Nano), err)
		}
		fields[i] = e.learn(entry)
	}
	for _, absence := range stored.Absences {
		turn(absence.From)
		turn(absence.To)
	}
	for _, doubt := range e.state.doubts[e.id] {
		turn(doubt.From)
		turn(doubt.To)
		for _, shown := range doubt.Shown {
			turn(shown.From)
		}
	}
	for moment := range silences {
		once(moment)
	}
	for moment := range around.Unread {
		once(moment)
	}
	slices.SortFunc(turns, time.Time.Compare)
	turns = slices.CompactFunc(turns, time.Time.Equal)
	looks := make([]timeline.Look[ofFields], 0, len(turns))
	for _, at := range turns {
		looks = append(looks, e.at(at, versions, fields, silences[at.UnixMicro()], around.Unread[at.UnixMicro()]))
	}
	return looks, nil
}

// at is what the snapshot of a moment said, as the tables remember it.
func (e *evidence) at(at time.Time, versions []Version, fields []ofFields, silent silence, unread bool) timeline.Look[ofFields] {
	look := timeline.Look[ofFields]{From: at}
	covers := func(from, to time.Time) bool { return !at.Before(from) && (to.IsZero() || at.Before(to)) }
	absent := slices.ContainsFunc(e.state.Histories[e.id].Absences, func(a timeline.Absence) bool { return covers(a.From, a.To) })
	shown := slices.IndexFunc(versions, func(v Version) bool { return covers(v.From, v.To) })
	seen := silent.parts.Has(catalog.FieldsPart)
	switch {
	case silent.hidden, !seen && (absent || shown < 0):
		look.Lacks = true
		return look
	case seen && silent.said != nil && !unread:
		look.Prices = e.offers(*silent.said)
		return look
	case seen:
		return look
	}
	look.Fields = &fields[shown]
	if silent.parts.Has(catalog.PricesPart) || unread {
		return look
	}
	prices := e.state.prices.whole(e.state.prices.at(e.id, at))
	for _, doubt := range e.state.doubts[e.id] {
		if !covers(doubt.From, doubt.To) || !doubt.ConfirmedAt.IsZero() {
			continue
		}
		prices = slices.DeleteFunc(prices, func(price catalog.Price) bool { return idOf(price.Identity()) == doubt.Doubt.Price })
		if now := shownAt(doubt.Shown, at); now != nil {
			prices = append(prices, e.state.offers[offerKey{now.PriceID, now.Content}])
		}
	}
	look.Prices = e.offers(prices)
	return look
}

// shownAt is what a run shows at a moment; nil: no price.
func shownAt(shown []timeline.DoubtShown, at time.Time) *timeline.Price {
	i, found := slices.BinarySearchFunc(shown, at, func(s timeline.DoubtShown, at time.Time) int { return s.From.Compare(at) })
	if !found {
		i--
	}
	if i < 0 {
		return nil
	}
	return shown[i].Price
}

// whole is the version as the entry that its digest was made of.
func (v *Version) whole(key string, prices []catalog.Price) (catalog.Entry, error) {
	if v.Unreadable != nil {
		return catalog.Entry{}, v.Unreadable
	}
	entry := v.Entry
	attributes, err := catalog.CanonicalAttributes(entry.Attributes)
	if err != nil {
		return entry, err
	}
	entry.Key, entry.Prices, entry.Attributes = key, prices, attributes
	if string(attributes) == "{}" && entry.Digest() != v.Digest { // an entry without attributes is stored alike
		entry.Attributes = nil
	}
	return entry, nil
}

// insert puts a look at its moment: what was said before goes on at the next one.
func insertLook(past []timeline.Look[ofFields], moments []time.Time, now timeline.Look[ofFields], lasting func(at time.Time) timeline.Look[ofFields]) []timeline.Look[ofFields] {
	if i, found := slices.BinarySearchFunc(moments, now.From, time.Time.Compare); found && i+1 < len(moments) {
		next := moments[i+1]
		if j, there := slices.BinarySearchFunc(past, next, lookAt); !there {
			past = slices.Insert(past, j, lasting(next))
		}
	}
	i, there := slices.BinarySearchFunc(past, now.From, lookAt)
	if there {
		past[i] = now
		return past
	}
	return slices.Insert(past, i, now)
}

func lookAt(look timeline.Look[ofFields], at time.Time) int { return look.From.Compare(at) }

// Derive brings the histories of some keys up to the set of snapshots with one
// more in it, where something of them was set aside, doubted or taken back: from
// all that is known of each, and not of its window alone.
func (t Tables) Derive(ctx context.Context, insertion Insertion, around Circumstances, looks []Look) (*Edits, error) {
	edits := &Edits{Run: insertion.Run}
	if insertion.After == nil {
		edits.Newest = insertion.At
	}
	subjects, looks, err := t.derivable(ctx, looks)
	if err != nil || len(subjects) == 0 {
		return edits, err
	}
	named, keys := make([]Named, len(subjects)), make([]string, len(subjects))
	for i := range subjects {
		named[i], keys[i] = Named{subjects[i].ID, subjects[i].Key}, subjects[i].Key
	}
	state, err := t.LoadWhole(ctx, named)
	if err != nil {
		return nil, err
	}
	edits.state = state
	if err := t.identifyPrices(ctx, state, subjects); err != nil {
		return nil, err
	}
	silences, err := t.loadSilences(ctx, keys)
	if err != nil {
		return nil, err
	}
	decisions, err := t.loadDecisions(ctx, keys)
	if err != nil {
		return nil, err
	}
	before := around
	before.Moments = slices.DeleteFunc(slices.Clone(around.Moments), func(at time.Time) bool { return at.Equal(insertion.At) })
	for i := range subjects {
		subject, look := &subjects[i], &looks[i]
		if err := state.Unreadable(subject.ID); err != nil {
			return nil, err
		}
		e := state.evidenceOf(subject.ID, subject.Key)
		known := silences[subject.Key]
		delete(known, insertion.At.UnixMicro())
		past, err := e.past(before, known)
		if err != nil {
			return nil, err
		}
		lasting := func(at time.Time) timeline.Look[ofFields] {
			was := timeline.Look[ofFields]{Lacks: true}
			if j, there := slices.BinarySearchFunc(past, at, lookAt); !there && j > 0 {
				was = past[j-1]
			}
			was.From = at
			return was
		}
		now := e.take(look)
		if !look.Lacks {
			state.versions.pages[pageKey(subject.ID, insertion.At)] = int32(insertion.PageOf(subject.Key)) //nolint:gosec // below catalog.MaxPages
		}
		e.looks = insertLook(past, around.Moments, now, lasting)
		e.plan(edits, around, decisions.of(subject.Key), known)
		if !subject.fresh {
			edits.Versions.Check = append(edits.Versions.Check, subject.ID)
		}
	}
	return edits, t.Write(ctx, edits)
}

func pageKey(id int64, moment time.Time) at { return at{id, moment.UnixMicro()} }

// plan adds to the edits what the evidence makes of the entry.
func (e *evidence) plan(edits *Edits, around Circumstances, decisions []timeline.Decision, known map[int64]silence) {
	life := timeline.Derive(timeline.Evidence[ofFields]{
		Looks: e.looks, Moments: around.Moments, Nameless: around.Nameless, Decisions: decisions,
	}, around.Judge, e.content)
	e.state.Plan(edits, e.id, life.History, e.state.Contents(e.id))
	e.state.planDoubts(edits, e.id, life.Doubts)
	for _, at := range life.Hidden {
		if !known[at.UnixMicro()].hidden {
			edits.hidden = append(edits.hidden, hiddenKey{e.key, at})
		}
	}
}

// derivable are the entries of looks; one that was never seen is made where its
// fields speak, else there is nothing to write of it yet.
func (t Tables) derivable(ctx context.Context, looks []Look) ([]Subject, []Look, error) {
	keys := make([]string, len(looks))
	for i := range looks {
		keys[i] = looks[i].Fields.Key
	}
	known, err := t.Find(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	var subjects []Subject
	var kept []Look
	for _, look := range looks {
		key := look.Fields.Key
		if _, seen := known[key]; !seen && (look.Lacks || look.Silent.Has(catalog.FieldsPart)) {
			continue
		}
		subject := Subject{Key: key}
		for i := range look.Prices {
			price := storablePrice(&look.Prices[i])
			subject.prices = append(subject.prices, pricing{price.Identity(), price, price.AmountDigest()})
			look.Prices[i] = price
		}
		look.Fields = storable(&look.Fields)
		subjects, kept = append(subjects, subject), append(kept, look)
	}
	return subjects, kept, t.identify(ctx, subjects, false)
}

// decisions are those that stand, by key; "" for all keys.
type decisions map[string][]numberedDecision

type numberedDecision struct {
	id int64
	timeline.Decision
}

func (d decisions) of(key string) []timeline.Decision {
	all := slices.Concat(d[key], d[""])
	slices.SortFunc(all, func(a, b numberedDecision) int { return int(a.id - b.id) })
	plain := make([]timeline.Decision, len(all))
	for i := range all {
		plain[i] = all[i].Decision
	}
	return plain
}

func (t Tables) loadDecisions(ctx context.Context, keys []string) (decisions, error) {
	rows, err := t.q.DecisionsOf(ctx, t.db, sqlcgen.DecisionsOfParams{ListID: t.list, Keys: keys})
	if err != nil {
		return nil, fmt.Errorf("load decisions: %w", err)
	}
	all := make(decisions)
	for _, row := range rows {
		key := ""
		if row.Key != nil {
			key = *row.Key
		}
		decision := timeline.Decision{Kind: timeline.DecisionKind(row.Kind), At: row.TakenAt.UTC()}
		if row.Price != nil {
			var texts map[string]*string
			if err := json.Unmarshal(row.Price, &texts); err != nil {
				return nil, fmt.Errorf("decision %d: price: %w", row.ID, err)
			}
			price, err := priceFrom(texts)
			if err != nil {
				return nil, fmt.Errorf("decision %d: price: %w", row.ID, err)
			}
			decision.Price = new(idOf(price.Identity()))
		}
		all[key] = append(all[key], numberedDecision{row.ID, decision})
	}
	return all, nil
}

// Around reads what is known of a list beside its entries, with one more snapshot.
func (t Tables) Around(ctx context.Context, judge timeline.Judgement, own time.Time, shown *snapshot.Snapshot) (Circumstances, error) {
	around := Circumstances{Nameless: make(map[int64]int), Unread: make(map[int64]bool), Judge: judge}
	var err error
	if around.Moments, err = t.moments(ctx, time.Time{}, own); err != nil {
		return around, err
	}
	rows, err := t.q.SnapshotsOdd(ctx, t.db, t.list)
	if err != nil {
		return around, fmt.Errorf("read odd snapshots: %w", err)
	}
	for _, row := range rows {
		around.note(row.TakenAt, int(row.Nameless), row.PricesUnread != nil)
	}
	around.note(own, shown.Nameless(), shown.PricesUnread() != "")
	return around, nil
}

func (c *Circumstances) note(at time.Time, nameless int, unread bool) {
	if nameless > 0 {
		c.Nameless[at.UnixMicro()] = nameless
	}
	if unread {
		c.Unread[at.UnixMicro()] = true
	}
}

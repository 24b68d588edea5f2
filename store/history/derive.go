package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// Look is what one snapshot says of an entry, in all its parts.
type Look struct {
	At     time.Time
	Lacks  bool
	Silent snapshot.Parts
	Fields catalog.Entry // with key; without prices
	Prices []catalog.Price
	// Announced are the prices that the provider dates later.
	Announced []catalog.Price
}

// Circumstances are what is known of a list beside its entries.
type Circumstances struct {
	Moments  []time.Time   // of all committed snapshots, in order
	Nameless map[int64]int // rows without a key, by moment in microseconds
	Unread   map[int64]bool
	Judge    timeline.Judgement
	// Ignored are attributes that content in the tables may hold, and is to be read
	// without, since the list does not track them any more.
	Ignored []string
}

// ofFields are the digests of entries' fields.
type ofFields = catalog.Digest

// Evidence is what is known of one entry, from which its history is derived.
type Evidence struct {
	state *State
	id    int64
	key   string
	// fields are the contents of versions and looks, by the digest of that part.
	fields map[ofFields]catalog.Entry
	looks  []timeline.Look[ofFields]
}

// EvidenceOf begins to collect what is known of an entry; contents that follow
// become known to the state.
func (s *State) EvidenceOf(id int64, key string) *Evidence {
	return &Evidence{state: s, id: id, key: key, fields: make(map[ofFields]catalog.Entry)}
}

// learn makes the fields of an entry known.
func (e *Evidence) learn(fields catalog.Entry) ofFields {
	fields.Key, fields.Prices, fields.Usage, fields.Announced = e.key, nil, nil, nil
	digest := fields.PartDigest(catalog.FieldsPart)
	e.fields[digest] = fields
	return digest
}

// offers makes prices known.
func (e *Evidence) offers(prices []catalog.Price) *[]timeline.Price {
	all := make([]timeline.Price, len(prices))
	for i := range prices {
		all[i] = e.state.offer(&prices[i])
	}
	return &all
}

// take adds a look.
func (e *Evidence) take(look *Look) timeline.Look[ofFields] {
	taken := timeline.Look[ofFields]{From: look.At, Lacks: look.Lacks}
	if look.Lacks {
		return taken
	}
	if !look.Silent.Has(catalog.FieldsPart) {
		taken.Fields = new(e.learn(look.Fields))
	}
	if !look.Silent.Has(catalog.PricesPart) {
		taken.Prices = e.offers(look.Prices)
		taken.Announced = *e.offers(look.Announced)
	}
	return taken
}

// Add takes a look in, which comes after those before and holds until the next.
func (e *Evidence) Add(look *Look) {
	now := *look
	now.Fields = storable(&now.Fields)
	now.Prices, now.Announced = storablePrices(look.Prices), storablePrices(look.Announced)
	e.looks = append(e.looks, e.take(&now))
}

func storablePrices(prices []catalog.Price) []catalog.Price {
	all := make([]catalog.Price, len(prices))
	for i := range prices {
		all[i] = storablePrice(&prices[i])
	}
	return all
}

// Recall takes in what the tables remember of snapshots from one moment on until
// another (zero: the end).
func (e *Evidence) Recall(ctx context.Context, t Tables, around Circumstances, from, to time.Time) error {
	silences, err := t.loadSilences(ctx, []string{e.key})
	if err != nil {
		return err
	}
	past, err := e.past(around, silences[e.key])
	if err != nil {
		return err
	}
	i, found := slices.BinarySearchFunc(past, from, lookAt)
	if !found {
		now := timeline.Look[ofFields]{From: from, Lacks: true}
		if i > 0 {
			now = past[i-1]
			now.From = from
		}
		e.looks = append(e.looks, now)
	}
	for ; i < len(past) && (to.IsZero() || past[i].From.Before(to)); i++ {
		e.looks = append(e.looks, past[i])
	}
	return nil
}

// Life is what follows from the evidence.
func (e *Evidence) Life(around Circumstances, decisions []timeline.Decision) timeline.Life[catalog.Digest] {
	return e.lifeOf(e.looks, around, decisions)
}

// LifeOf is what follows from the snapshots of some moments alone.
func (e *Evidence) LifeOf(moments []time.Time, around Circumstances, decisions []timeline.Decision) timeline.Life[catalog.Digest] {
	var looks []timeline.Look[ofFields]
	last := -1
	for _, at := range moments {
		i, found := slices.BinarySearchFunc(e.looks, at, lookAt)
		if !found {
			i--
		}
		if i < 0 || i == last {
			continue
		}
		now := e.looks[i]
		now.From, last = at, i
		looks = append(looks, now)
	}
	around.Moments = moments
	return e.lifeOf(looks, around, decisions)
}

func (e *Evidence) lifeOf(looks []timeline.Look[ofFields], around Circumstances, decisions []timeline.Decision) timeline.Life[catalog.Digest] {
	return timeline.Derive(timeline.Evidence[ofFields]{
		Looks: looks, Moments: around.Moments, Nameless: around.Nameless, Decisions: decisions,
	}, around.Judge, e.content)
}

// PlanLife is Plan of what was derived.
func (s *State) PlanLife(edits *Edits, id int64, life timeline.Life[catalog.Digest], contents map[catalog.Digest]Content) {
	s.Plan(edits, id, life.History, contents)
	s.planDoubts(edits, id, life.Doubts)
	s.planAnnounced(edits, id, life.Announced)
	edits.state = s
}

// KnowPage notes which page of the snapshot of a moment shows an entry.
func (s *State) KnowPage(id int64, moment time.Time, page int32) {
	s.versions.pages[pageKey(id, moment)] = page
}

// AddDoubt takes a stored run of doubt in.
func (s *State) AddDoubt(entry int64, doubt Doubt) { s.doubts[entry] = append(s.doubts[entry], doubt) }

// KnowPrices makes the prices of an entry known by their numbers.
func (s *State) KnowPrices(entry int64, skus map[int64]catalog.Price) {
	for id, sku := range skus {
		s.prices.ids[priceKey{entry, sku.Identity()}], s.prices.skus[id] = id, sku
	}
}

// Like makes everything about prices known that another state knows of.
func (s *State) Like(other *State) {
	s.prices.ids, s.prices.skus, s.offers = other.prices.ids, other.prices.skus, other.offers
}

// Identify makes rows of the prices that looks show and the tables lack.
func (t Tables) Identify(ctx context.Context, state *State, id int64, looks []Look) error {
	subject := Subject{ID: id}
	for _, look := range looks {
		subject.offers(&look.Prices)
		subject.offers(&look.Announced)
	}
	return t.identifyPrices(ctx, state, []Subject{subject})
}

// content names what fields and prices come to together, and makes it known as
// the content of versions.
func (e *Evidence) content(fields ofFields, prices []timeline.Price) catalog.Digest {
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
func (e *Evidence) past(around Circumstances, silences map[int64]silence) ([]timeline.Look[ofFields], error) {
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
		if err == nil {
			entry.Attributes, err = entry.Attributes.Without(around.Ignored)
		}
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
	for _, row := range e.state.announced[e.id] {
		turn(row.From)
		turn(row.To)
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
func (e *Evidence) at(at time.Time, versions []Version, fields []ofFields, silent silence, unread bool) timeline.Look[ofFields] {
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
		look.Prices, look.Announced = e.offers(silent.said.prices), *e.offers(silent.said.announced)
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
		prices = slices.DeleteFunc(prices, func(price catalog.Price) bool { return IDOf(price.Identity()) == doubt.Doubt.Price })
		if now := shownAt(doubt.Shown, at); now != nil {
			prices = append(prices, e.state.offers[offerKey{now.PriceID, now.Content}])
		}
	}
	look.Prices = e.offers(prices)
	for _, row := range e.state.announced[e.id] {
		if covers(row.From, row.To) {
			look.Announced = append(look.Announced, row.Price)
		}
	}
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

// lastingIn returns what is said at a moment at which no look begins.
func lastingIn(past []timeline.Look[ofFields]) func(at time.Time) timeline.Look[ofFields] {
	return func(at time.Time) timeline.Look[ofFields] {
		was := timeline.Look[ofFields]{Lacks: true}
		if j, there := slices.BinarySearchFunc(past, at, lookAt); !there && j > 0 {
			was = past[j-1]
		}
		was.From = at
		return was
	}
}

func lookAt(look timeline.Look[ofFields], at time.Time) int { return look.From.Compare(at) }

// Derive brings the histories of some keys up to the set of snapshots with one
// more in it, where something of them was set aside, doubted or taken back: from
// all that is known of each, and not of its window alone. takenBack is what
// snapshots say of a key of which it was taken back.
func (t Tables) Derive(ctx context.Context, insertion Insertion, around Circumstances, looks []Look, takenBack map[string][]Look) (*Edits, error) {
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
	silences, err := t.loadSilences(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i := range subjects {
		for _, said := range takenBack[subjects[i].Key] {
			subjects[i].offers(&said.Prices)
			subjects[i].offers(&said.Announced)
		}
		for _, silent := range silences[subjects[i].Key] {
			if silent.said != nil {
				subjects[i].offers(&silent.said.prices)
				subjects[i].offers(&silent.said.announced)
			}
		}
	}
	if err := t.identifyPrices(ctx, state, subjects); err != nil {
		return nil, err
	}
	decisions, err := t.loadDecisions(ctx, keys)
	if err != nil {
		return nil, err
	}
	before := around
	before.Moments = slices.DeleteFunc(slices.Clone(around.Moments), func(at time.Time) bool { return at.Equal(insertion.At) })
	before.Unread = maps.Clone(around.Unread)
	delete(before.Unread, insertion.At.UnixMicro())
	for i := range subjects {
		subject, look := &subjects[i], &looks[i]
		if err := state.Unreadable(subject.ID); err != nil {
			return nil, err
		}
		e := state.EvidenceOf(subject.ID, subject.Key)
		known := silences[subject.Key]
		delete(known, insertion.At.UnixMicro())
		past, err := e.past(before, known)
		if err != nil {
			return nil, err
		}
		for _, said := range takenBack[subject.Key] {
			stored := said
			stored.Fields, stored.Prices, stored.Announced = storable(&said.Fields), storablePrices(said.Prices), storablePrices(said.Announced)
			past = insertLook(past, before.Moments, e.take(&stored), lastingIn(past))
		}
		now := e.take(look)
		if !look.Lacks {
			state.versions.pages[pageKey(subject.ID, insertion.At)] = int32(insertion.PageOf(subject.Key)) //nolint:gosec // below catalog.MaxPages
		}
		e.looks = insertLook(past, around.Moments, now, lastingIn(past))
		rows := edits.Retired().Sum() + edits.Inserted().Sum()
		e.plan(edits, around, decisions.Of(subject.Key, Decision.Stands), known)
		if edits.Retired().Sum()+edits.Inserted().Sum() != rows {
			edits.Moved = append(edits.Moved, subject.Key)
		}
		if !subject.fresh {
			edits.Versions.Check = append(edits.Versions.Check, subject.ID)
		}
	}
	return edits, t.Write(ctx, edits)
}

func pageKey(id int64, moment time.Time) at { return at{id, moment.UnixMicro()} }

// plan adds to the edits what the evidence makes of the entry.
func (e *Evidence) plan(edits *Edits, around Circumstances, decisions []timeline.Decision, known map[int64]silence) {
	life := e.Life(around, decisions)
	e.state.PlanLife(edits, e.id, life, e.state.Contents(e.id))
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
		look.Prices, look.Announced = storablePrices(look.Prices), storablePrices(look.Announced)
		subject.offers(&look.Prices)
		subject.offers(&look.Announced)
		look.Fields = storable(&look.Fields)
		subjects, kept = append(subjects, subject), append(kept, look)
	}
	return subjects, kept, t.identify(ctx, subjects, false)
}

// offers are prices of the subject, which need rows; nil: none.
func (s *Subject) offers(prices *[]catalog.Price) {
	if prices == nil {
		return
	}
	for i := range *prices {
		price := storablePrice(&(*prices)[i])
		s.prices = append(s.prices, pricing{price.Identity(), price, price.AmountDigest()})
	}
}

// Decisions are those of persons, by key; "" for all keys.
type Decisions map[string][]Decision

// Decision is a row of decisions.
type Decision struct {
	id int64
	timeline.Decision
	By, EndedBy int64 // the runs; 0: it stands
}

// Of returns the decisions about a key for which stands answers true, in the order
// in which they were made.
func (d Decisions) Of(key string, stands func(Decision) bool) []timeline.Decision {
	var all []Decision
	for _, decision := range slices.Concat(d[key], d[""]) {
		if stands(decision) {
			all = append(all, decision)
		}
	}
	slices.SortFunc(all, func(a, b Decision) int { return int(a.id - b.id) })
	plain := make([]timeline.Decision, len(all))
	for i := range all {
		plain[i] = all[i].Decision
	}
	return plain
}

// Stands says that nobody ended a decision.
func (d Decision) Stands() bool { return d.EndedBy == 0 }

func (t Tables) loadDecisions(ctx context.Context, keys []string) (Decisions, error) {
	rows, err := t.q.DecisionsOf(ctx, t.db, sqlcgen.DecisionsOfParams{ListID: t.list, Keys: keys})
	if err != nil {
		return nil, fmt.Errorf("load decisions: %w", err)
	}
	return decisionsIn(rows)
}

// DecisionsEver returns all decisions about a list, also those that were ended.
func (t Tables) DecisionsEver(ctx context.Context) (Decisions, error) {
	rows, err := t.q.DecisionsEver(ctx, t.db, t.list)
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	return decisionsIn(rows)
}

func decisionsIn(rows []sqlcgen.Decision) (Decisions, error) {
	all := make(Decisions)
	for _, row := range rows {
		key := ""
		if row.Key != nil {
			key = *row.Key
		}
		decision := Decision{
			id: row.ID, Decision: timeline.Decision{Kind: timeline.DecisionKind(row.Kind), At: row.TakenAt.UTC()},
			By: row.RecordedBy, EndedBy: postgres.ID(row.EndedBy),
		}
		if row.Price != nil {
			var texts map[string]*string
			if err := json.Unmarshal(row.Price, &texts); err != nil {
				return nil, fmt.Errorf("decision %d: price: %w", row.ID, err)
			}
			price, err := priceFrom(texts)
			if err != nil {
				return nil, fmt.Errorf("decision %d: price: %w", row.ID, err)
			}
			decision.Price = new(IDOf(price.Identity()))
		}
		all[key] = append(all[key], decision)
	}
	return all, nil
}

// RetractedMoments are the moments at which something of some keys was taken back.
func (t Tables) RetractedMoments(ctx context.Context, keys []string) (map[time.Time]map[string]bool, error) {
	decided, err := t.loadDecisions(ctx, keys)
	if err != nil {
		return nil, err
	}
	moments := make(map[time.Time]map[string]bool)
	for key, all := range decided {
		for _, decision := range all {
			if decision.Kind != timeline.Retract {
				continue
			}
			if moments[decision.At] == nil {
				moments[decision.At] = make(map[string]bool)
			}
			moments[decision.At][key] = true
		}
	}
	return moments, nil
}

// Retracted says that what the snapshot of a moment says of a key is taken back.
func (t Tables) Retracted(ctx context.Context, key string, at time.Time) (bool, error) {
	moments, err := t.RetractedMoments(ctx, []string{key})
	return moments[at.UTC()][key], err
}

// Retractable refuses a key that was never seen, and one of which the snapshot of a
// moment says nothing already.
func (t Tables) Retractable(ctx context.Context, key string, at time.Time) error {
	known, err := t.Find(ctx, []string{key})
	if err != nil {
		return err
	}
	if known[key] == 0 {
		return errors.New("no such entry was ever seen")
	}
	silences, err := t.loadSilences(ctx, []string{key})
	if err != nil {
		return err
	}
	if silent := silences[key][at.UnixMicro()]; silent.hidden || silent.parts == snapshot.BothParts {
		return errors.New("the snapshot says nothing of it already")
	}
	return nil
}

// Unbelieved are the runs of doubt of a key that nobody has confirmed: the newest of
// each price, or those that hold a moment.
func (t Tables) Unbelieved(ctx context.Context, key string, at *time.Time) ([]Doubt, error) {
	known, err := t.Find(ctx, []string{key})
	if err != nil || known[key] == 0 {
		return nil, err
	}
	state, err := t.LoadWhole(ctx, []Named{{known[key], key}})
	if err != nil {
		return nil, err
	}
	newest := make(map[int64]Doubt)
	var order []int64
	for _, doubt := range state.doubts[known[key]] {
		holds := at == nil && doubt.To.IsZero() || at != nil && !at.Before(doubt.From) && (doubt.To.IsZero() || at.Before(doubt.To))
		if !holds || !doubt.ConfirmedAt.IsZero() {
			continue
		}
		if _, seen := newest[doubt.Price]; !seen {
			order = append(order, doubt.Price)
		}
		newest[doubt.Price] = doubt
	}
	all := make([]Doubt, len(order))
	for i, price := range order {
		all[i] = newest[price]
	}
	return all, nil
}

// IdentityJSON is a price's identity as a decision names it.
func IdentityJSON(id timeline.PriceID) json.RawMessage {
	identity := identityOf(id)
	price := catalog.Price{SKUPriceID: identity.SKUPriceID, Kind: identity.Kind, Variant: identity.Variant, Unit: identity.Unit, Currency: identity.Currency}
	if identity.RegionID != "" {
		price.RegionID = &identity.RegionID
	}
	if identity.TierMinimum != "" {
		price.TierMinimum = new(decimal.RequireFromString(identity.TierMinimum))
	}
	texts := priceJSON(&price)
	delete(texts, "list_unit_price")
	delete(texts, "tax_basis")
	text, err := json.Marshal(texts)
	if err != nil {
		panic(err) // texts can always be written
	}
	return text
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
		around.Note(row.TakenAt, int(row.Nameless), row.PricesUnread != nil)
	}
	around.Note(own, shown.Nameless(), shown.PricesUnread() != "")
	return around, nil
}

// Note notes what is odd about a snapshot.
func (c *Circumstances) Note(at time.Time, nameless int, unread bool) {
	if nameless > 0 {
		c.Nameless[at.UnixMicro()] = nameless
	}
	if unread {
		c.Unread[at.UnixMicro()] = true
	}
}

package proof

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"syncer/snapshot"
	"syncer/store/history"
	"syncer/timeline"
)

// oddities is what the pages say of entries whose histories do not follow from
// sightings alone: something of them is silent, doubtful or was decided.
type oddities struct {
	around    history.Circumstances
	decisions history.Decisions
	keys      map[string]bool
	looks     map[string][]history.Look // in time order; each holds until the next
	// stored are the snapshots, by index, from which on looks of a key are what only
	// the tables remember, until the next look.
	stored map[string][]int
	// prices are what each key showed last, while the pages are read.
	prices map[string][]timeline.Price
}

func newOddities(judge timeline.Judgement) *oddities {
	return &oddities{
		around: history.Circumstances{Nameless: make(map[int64]int), Unread: make(map[int64]bool), Judge: judge},
		keys:   make(map[string]bool), looks: make(map[string][]history.Look), stored: make(map[string][]int), prices: make(map[string][]timeline.Price),
	}
}

// notice marks the keys of a snapshot that are odd: those of which it sets a part
// aside, and those whose prices cannot be believed at once after what they showed
// last.
func (o *oddities) notice(at time.Time, shown *snapshot.Snapshot, changed map[string]bool) error {
	o.around.Note(at, shown.Nameless(), shown.PricesUnread() != "")
	for _, key := range slices.Concat(shown.SilentKeys(), shown.Announcing()) {
		o.keys[key] = true
	}
	if shown.PricesUnread() != "" {
		for key := range shown.Digests() {
			o.keys[key] = true
		}
	}
	if o.around.Judge.Doubt.Snapshots == 0 || len(changed) == 0 {
		return nil
	}
	for entry, err := range shown.Entries(func(key string) bool { return changed[key] && !o.keys[key] }) {
		if err != nil {
			return err
		}
		now := make([]timeline.Price, len(entry.Prices))
		for i := range entry.Prices {
			now[i] = history.Judged(&entry.Prices[i])
		}
		if timeline.Doubtful(o.prices[entry.Key], now) {
			o.keys[entry.Key] = true
		}
		o.prices[entry.Key] = now
	}
	return nil
}

// gather reads what the pages say of the odd keys.
func (r *replay) gather(ctx context.Context) (err error) {
	o := r.odd
	o.prices, o.around.Moments = nil, r.moments
	if o.decisions, err = r.tables.DecisionsEver(ctx); err != nil {
		return err
	}
	for key := range o.decisions {
		if key != "" && r.keys[key] != nil {
			o.keys[key] = true
		}
	}
	// Between two snapshots of today another may have come late: what was doubted before
	// it did shows only in what was written.
	doubted, err := r.tables.DoubtedEver(ctx)
	if err != nil {
		return err
	}
	for _, key := range doubted {
		if r.keys[key] != nil {
			o.keys[key] = true
		}
	}
	for key, life := range r.keys {
		if !o.keys[key] && r.hides(life) {
			o.keys[key] = true
		}
	}
	wanted := make(map[int]map[string]bool)
	for key := range o.keys {
		for _, run := range r.keys[key].runs {
			switch {
			case run.stored:
				o.stored[key] = append(o.stored[key], run.snapshot)
			case !run.present:
				o.looks[key] = append(o.looks[key], history.Look{At: r.moments[run.snapshot], Lacks: true})
			case run.silent == snapshot.BothParts:
				o.looks[key] = append(o.looks[key], history.Look{At: r.moments[run.snapshot], Silent: run.silent})
			default:
				if wanted[run.snapshot] == nil {
					wanted[run.snapshot] = make(map[string]bool)
				}
				wanted[run.snapshot][key] = true
			}
		}
	}
	for _, i := range slices.Sorted(maps.Keys(wanted)) {
		shown, err := r.read(ctx, i)
		if err != nil {
			return fmt.Errorf("snapshot %s: %w", r.moments[i].Format(time.RFC3339Nano), err)
		}
		for entry, err := range shown.Entries(func(key string) bool { return wanted[i][key] }) {
			if err != nil {
				return err
			}
			o.looks[entry.Key] = append(o.looks[entry.Key], history.Look{
				At: r.moments[i], Silent: shown.Silent(entry.Key), Fields: entry, Prices: entry.Prices, Announced: entry.Announced,
			})
		}
	}
	for key := range o.looks {
		slices.SortFunc(o.looks[key], func(a, b history.Look) int { return a.At.Compare(b.At) })
	}
	return nil
}

// hides says that a snapshot which lacks an entry has rows without a key.
func (r *replay) hides(life *seen) bool {
	if len(r.odd.around.Nameless) == 0 {
		return false
	}
	for i, run := range life.runs {
		end := len(r.moments)
		if i+1 < len(life.runs) {
			end = life.runs[i+1].snapshot
		}
		for at := run.snapshot; !run.present && at < end; at++ {
			if r.odd.around.Nameless[r.moments[at].UnixMicro()] > 0 {
				return true
			}
		}
	}
	return false
}

// evidence is what is known of an odd entry; nil for one that is not. With tables
// that may be written, prices that they lack get their rows.
func (r *replay) evidence(ctx context.Context, state *history.State, entry history.Named) (*history.Evidence, error) {
	if !r.odd.keys[entry.Key] {
		return nil, nil
	}
	known := state.EvidenceOf(entry.ID, entry.Key)
	looks, stored := r.odd.looks[entry.Key], r.odd.stored[entry.Key]
	for len(looks) > 0 || len(stored) > 0 {
		if len(stored) == 0 || len(looks) > 0 && looks[0].At.Before(r.moments[stored[0]]) {
			known.Add(&looks[0])
			looks = looks[1:]
			continue
		}
		from, until := r.moments[stored[0]], time.Time{}
		if len(looks) > 0 {
			until = looks[0].At
		}
		if err := known.Recall(ctx, r.tables, r.odd.around, from, until); err != nil {
			return nil, err
		}
		for stored = stored[1:]; len(stored) > 0 && (until.IsZero() || r.moments[stored[0]].Before(until)); {
			stored = stored[1:]
		}
	}
	return known, nil
}

// stands are the decisions about a key that nobody ended.
func (o *oddities) stands(key string) []timeline.Decision {
	return o.decisions.Of(key, history.Decision.Stands)
}

// stood are the decisions about a key that stood after write n.
func (t *retrace) stood(key string, n int) []timeline.Decision {
	return t.replay.odd.decisions.Of(key, func(decision history.Decision) bool { return t.stoodAt(n, decision.By, decision.EndedBy) })
}

// derive does write n again for an entry that is odd.
func (l *life) derive(n int) {
	w := l.writes[n]
	state := l.ledger.state(l.kind, l.entry.ID, history.Window{}, l.amounts)
	state.Like(l.known)
	for _, rows := range l.ledger.doubts {
		for _, row := range rows {
			if row.Until == 0 {
				state.AddDoubt(l.entry.ID, row.Row)
			}
		}
	}
	for _, rows := range l.ledger.announced {
		for _, row := range rows {
			if row.Until == 0 {
				state.AddAnnounced(l.entry.ID, row.Row)
			}
		}
	}
	edits := &history.Edits{Run: w.run}
	if w.newest && !w.rebuild {
		edits.Newest = w.at
	}
	life := l.evidence.LifeOf(l.moments(n, time.Time{}), l.replay.odd.around, l.stood(l.entry.Key, n))
	state.PlanLife(edits, l.entry.ID, life, l.known.Contents(l.entry.ID))
	l.ledger.apply(edits)
}

// deriveAgain does all writes since the last rebuild again, for an entry that is
// odd. A newest snapshot that says what the one before said moves nothing, unless
// something runs on or was decided.
func (l *life) deriveAgain() {
	decided := len(l.replay.odd.decisions[l.entry.Key]) > 0
	for n := max(l.base, 0); n < len(l.writes); n++ {
		w := l.writes[n]
		same := w.newest && !w.rebuild && w.before >= 0 && l.sightingAt(w.i) == l.sightingAt(w.before) &&
			l.replay.odd.around.Nameless[l.replay.moments[w.before].UnixMicro()] == 0
		if !same || decided || l.ledger.isPending() || l.takenBack(w.before, n) {
			l.derive(n)
		}
	}
}

// sightingAt is the index of the sighting that holds a snapshot; -1: none.
func (l *life) sightingAt(i int) int {
	life := l.replay.keys[l.entry.Key]
	if life == nil {
		return -1
	}
	at, found := slices.BinarySearchFunc(life.runs, i, func(run sighting, i int) int { return run.snapshot - i })
	if !found {
		at--
	}
	return at
}

// takenBack says that what a snapshot says of the entry was taken back at write n.
func (l *life) takenBack(i, n int) bool {
	return slices.ContainsFunc(l.stood(l.entry.Key, n), func(decision timeline.Decision) bool {
		return decision.Kind == timeline.Retract && decision.At.Equal(l.replay.moments[i])
	})
}

// isPending says that an absence or a doubt of the entry runs on.
func (l *ledger) isPending() bool {
	for _, row := range l.absences {
		if row.Until == 0 && row.Row.To.IsZero() && row.Row.ConfirmedAt.IsZero() {
			return true
		}
	}
	for _, rows := range l.doubts {
		for _, row := range rows {
			if row.Until == 0 && row.Row.To.IsZero() {
				return true
			}
		}
	}
	return false
}

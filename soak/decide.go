package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/store"
)

// decisionKind is what a person decides.
type decisionKind string

const (
	retracts decisionKind = "retract"
	restores decisionKind = "restore"
	believes decisionKind = "believe"
)

// decision is one of a person. Of a believe the moment is not known before it is
// made; after is the newest decision before it.
type decision struct {
	kind  decisionKind
	at    time.Time
	key   string // "": a whole snapshot
	after int64
}

// The person who decides, and why.
const (
	person = "soak"
	why    = "so the soak decides"
)

// decision takes back a snapshot, or what one says of an entry, restores what was
// taken back, or believes what is doubted.
func (p *pair) decision(ctx context.Context) (work, error) {
	what, err := p.someDecision(ctx)
	if err != nil {
		return work{}, err
	}
	if what.after, err = ask[int64](ctx, p.pool, "SELECT coalesce(max(id), 0) FROM decisions"); err != nil {
		return work{}, err
	}
	command := "accept"
	if what.kind == retracts {
		command = "retract"
	}
	args := []string{command, "--json", "-c", "whole.yaml", "--actor", person, "--reason", why}
	if what.key != "" {
		args = append(args, "--key", what.key)
	}
	args = append(args, source+"/"+listName)
	if what.kind != believes {
		args = append(args, what.at.Format(time.RFC3339Nano))
	}
	return work{args: args, decides: &what}, nil
}

// someDecision is one that can be made.
func (p *pair) someDecision(ctx context.Context) (decision, error) {
	doubted, err := askAll(ctx, p.pool, pgx.RowTo[string], "SELECT DISTINCT product_key FROM bi.doubts WHERE status = 'open' ORDER BY 1")
	if err != nil {
		return decision{}, err
	}
	if len(doubted) > 0 && p.random.IntN(2) == 0 {
		return decision{kind: believes, key: doubted[p.random.IntN(len(doubted))]}, nil
	}
	takenBack, err := askAll(ctx, p.pool, func(row pgx.CollectableRow) (d decision, err error) {
		d.kind = restores
		err = row.Scan(&d.at, &d.key)
		d.at = d.at.UTC()
		return d, err
	}, "SELECT taken_at, coalesce(product_key, '') FROM bi.retractions WHERE is_current ORDER BY 1, 2")
	if err != nil {
		return decision{}, err
	}
	known, err := p.committed(ctx)
	if err != nil {
		return decision{}, err
	}
	if len(takenBack) > 0 && (len(known) < 3 || p.random.IntN(2) == 0) {
		return takenBack[p.random.IntN(len(takenBack))], nil
	}
	snapshot := known[p.random.IntN(len(known))]
	if len(known) > 2 && p.random.IntN(2) == 0 {
		return decision{kind: retracts, at: snapshot.at}, nil
	}
	for {
		keys := p.spoken(snapshot.day)
		key := keys[p.random.IntN(len(keys))]
		if !slices.ContainsFunc(takenBack, func(d decision) bool { return d.key == key && d.at.Equal(snapshot.at) }) {
			return decision{kind: retracts, at: snapshot.at, key: key}, nil
		}
	}
}

// spoken are the keys of which the snapshot of a day says all.
func (p *pair) spoken(day int) []string {
	var keys []string
	for key := range p.worlds.snapshots[day].Digests() {
		if p.worlds.snapshots[day].Silent(key) == 0 {
			keys = append(keys, key)
		}
	}
	return keys
}

// made reports that a decision stands; of a restoration, that what it undoes does
// not.
func (p *pair) made(ctx context.Context, d *decision) (bool, error) {
	if d.kind == believes {
		return ask[bool](ctx, p.pool, "SELECT EXISTS (SELECT FROM decisions WHERE kind = 'believe' AND key = $1 AND id > $2)", d.key, d.after)
	}
	stands, err := ask[bool](ctx, p.pool, `SELECT EXISTS (SELECT FROM decisions
		WHERE kind = 'retract' AND taken_at = $1 AND coalesce(key, '') = $2 AND ended_by IS NULL)`, d.at, d.key)
	return stands == (d.kind == retracts), err
}

// stored is a decision as the disturbed database has it.
type stored struct {
	decision
	id, run int64
	ended   bool
}

// followDecisions makes the decisions of the disturbed database in the calm one.
func (d *databases) followDecisions(ctx context.Context) error {
	all, err := askAll(ctx, d.pool, func(row pgx.CollectableRow) (s stored, err error) {
		err = row.Scan(&s.id, &s.kind, &s.at, &s.key, &s.run, &s.ended)
		return s, err
	}, "SELECT id, kind, taken_at, coalesce(key, ''), recorded_by, ended_by IS NOT NULL FROM decisions ORDER BY id")
	if err != nil {
		return err
	}
	by, run := store.Decision{Actor: person, Reason: why}, int64(0)
	for _, s := range all {
		undone, known := d.decided[s.id]
		d.decided[s.id] = s.ended
		switch {
		case known && (undone || !s.ended), s.run == run:
			continue // of one run a person believes all prices of an entry
		case known:
			_, err = d.runner.Restore(ctx, d.list, d.shown.fetcher, s.at, s.key, by)
		case s.kind == believes:
			_, err = d.runner.Believe(ctx, d.list, d.shown.fetcher, s.key, &s.at, by)
		default:
			if _, err = d.runner.Retract(ctx, d.list, d.shown.fetcher, s.at, s.key, by); err == nil && s.ended {
				_, err = d.runner.Restore(ctx, d.list, d.shown.fetcher, s.at, s.key, by)
			}
		}
		if run = s.run; err != nil {
			return errors.Join(errors.New("undisturbed decision"), err)
		}
	}
	return nil
}

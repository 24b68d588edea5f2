package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
)

// contents wants every snapshot of a list to hold what the provider showed
// while it was read, and the newest what it shows at the end. A snapshot is
// exact if it is the list of one day. One that was read while the world moved
// on is mixed: each part of an entry is that of one of those days. Late is an
// entry that is new and that only the next snapshot has: rows moved while it was
// read, and the provider states no total by which that could be seen. What
// slipped was hidden likewise, by as many rows that came as went.
func (s *stage) contents(ctx context.Context, opened *store.Store, c clock, v *verdict) error {
	readings, err := s.readings(ctx, v.list)
	if err != nil {
		return err
	}
	shows := func(day *shown) bool { return day.digest == readings[len(readings)-1].digest }
	if len(readings) == 0 || !slices.ContainsFunc(s.worlds.between(v.list, lastDay, lastDay), shows) {
		return fmt.Errorf("%s: without faults, history is not what the provider shows", v.list)
	}
	fetcher := s.worlds.fetchers[v.list]
	list, err := opened.FindList(ctx, fetcher.List())
	if err != nil {
		return err
	}
	j := contentJudge{verdict: v, before: map[string]bool{}, read: func(at time.Time) (*shown, error) { return evidence(ctx, opened, list, fetcher, at) }}
	for _, r := range readings {
		first, last := c.days(r.from, r.to)
		if err := j.judge(r, s.worlds.between(v.list, first, last)); err != nil {
			return errors.Join(fmt.Errorf("%s: snapshot %s, days %d to %d", v.list, r.at.Format(time.RFC3339Nano), first, last), err)
		}
	}
	return nil
}

// contentJudge goes through the snapshots of a list in the order of time.
type contentJudge struct {
	*verdict
	before  map[string]bool // the keys of the snapshot before
	slipped map[string]bool // those among them that it lacked
	read    func(at time.Time) (*shown, error)
}

func (j *contentJudge) judge(r reading, showing []*shown) error {
	at := slices.IndexFunc(showing, func(day *shown) bool { return day.digest == r.digest })
	if at >= 0 {
		j.exact++
		j.follow(showing[at])
		return nil
	}
	found, err := j.read(r.at)
	if err != nil {
		return err
	}
	j.mixed++
	return j.mixture(found, showing)
}

func (j *contentJudge) follow(now *shown) {
	clear(j.before)
	j.slipped = nil
	for key := range now.entries {
		j.before[key] = true
	}
}

// mixture wants each part of each entry to be that of one of the days, and
// nothing to lack that all of them have, unless it is an entry that is late or
// slipped. One that slipped has to be there the next time.
func (j *contentJudge) mixture(found *shown, showing []*shown) error {
	for key, entry := range found.entries {
		if found.aside[key] {
			continue // of which not all was to be had
		}
		if err := entry.of(key, showing); err != nil {
			return err
		}
	}
	slipped := map[string]bool{}
	for key := range showing[0].entries {
		_, has := found.entries[key]
		lasting := !slices.ContainsFunc(showing, func(day *shown) bool { return day.entries[key] == nil })
		switch {
		case has || found.aside[key] || found.nameless+found.collapsed > 0 || !lasting:
		case !j.before[key]:
			j.late++
		case !exchanged(showing):
			return fmt.Errorf("entry %q is missing, and the provider showed it all the time", key)
		default:
			slipped[key] = true
		}
	}
	for key := range slipped {
		if j.slipped[key] {
			return fmt.Errorf("entry %q is missing twice, and the provider showed it all the time", key)
		}
	}
	j.follow(found)
	for key := range slipped {
		j.before[key] = true
	}
	j.slipped, j.slips = slipped, j.slips+len(slipped)
	return nil
}

// exchanged reports that as many entries left as came between two of the days:
// where rows moved up and down, no total betrays an entry that slipped from a page
// that was yet to be read to one that had been.
func exchanged(showing []*shown) bool {
	for i, day := range showing {
		for _, other := range showing[i+1:] {
			lacks := func(key string) bool { return other.entries[key] == nil }
			if len(day.entries) == len(other.entries) && slices.ContainsFunc(slices.Collect(maps.Keys(day.entries)), lacks) {
				return true
			}
		}
	}
	return false
}

// of wants an entry to be made of what was shown of it. Of one that changed or
// left meanwhile a part may be missing: it was asked for by what the entry had
// been.
func (p parts) of(key string, showing []*shown) error {
	var days []parts
	for _, day := range showing {
		if day.entries[key] != nil {
			days = append(days, day.entries[key])
		}
	}
	if len(days) == 0 {
		return fmt.Errorf("entry %q was never shown", key)
	}
	for name, value := range p {
		if !slices.ContainsFunc(days, func(day parts) bool { return day[name] == value }) {
			return fmt.Errorf("entry %q: %s: %v was never shown", key, name, value)
		}
	}
	for name := range days[0] {
		_, has := p[name]
		lacked := slices.ContainsFunc(showing, func(day *shown) bool {
			_, there := day.entries[key][name]
			return !there || day.entries[key]["rest"] != days[0]["rest"]
		})
		if !has && !lacked {
			return fmt.Errorf("entry %q: %s is missing, and the provider showed it all the time", key, name)
		}
	}
	return nil
}

// evidence is a snapshot as its pages hold it.
func evidence(ctx context.Context, opened *store.Store, list record.List, fetcher catalog.Fetcher, at time.Time) (*shown, error) {
	stored, err := opened.SnapshotAt(ctx, list, at)
	if err != nil {
		return nil, err
	}
	pages, err := opened.PagesOf(ctx, list, stored.PagesOf)
	if err != nil {
		return nil, err
	}
	snapshot := snapshot.New(fetcher).At(at)
	for _, page := range pages {
		if err := snapshot.AddStored(page); err != nil {
			return nil, err
		}
	}
	if err := snapshot.Complete(); err != nil {
		return nil, err
	}
	return contentOf(snapshot)
}

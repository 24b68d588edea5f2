package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/store/history"
	"syncer/store/postgres"
	"syncer/timeline"
)

// setAside compares what is noted of what snapshots do not speak for with their
// pages.
func (v *verify) setAside(ctx context.Context) error {
	rows, err := v.tables.SetAsideEver(ctx)
	if err != nil {
		return err
	}
	v.hidden = make(map[int64]map[string]bool)
	for i, at := range v.replay.moments {
		found := v.replay.notes[i]
		noted := rows[at.UnixMicro()]
		for n, row := range noted {
			if row.IsHidden() {
				if row.Number != n+1 || !row.IsPlainlyHidden() {
					v.contradict("set_aside", row.Key, at, "row %d notes that the entry is hidden, and something besides", row.Number)
				}
				if v.hidden[at.UnixMicro()] == nil {
					v.hidden[at.UnixMicro()] = make(map[string]bool)
				}
				v.hidden[at.UnixMicro()][row.Key] = true
				if seen := v.replay.keys[row.Key]; found.proven && (seen == nil || seen.shown(i) != nil) {
					v.contradict("set_aside", row.Key, at, "its pages show the entry, and it is noted that they lack it")
				}
			}
		}
		if !found.proven {
			continue
		}
		own := slices.DeleteFunc(noted, history.SetAside.IsHidden)
		if !slices.EqualFunc(own, found.aside, sameSetAside) {
			v.contradict("set_aside", "", at, "its pages set %d parts of rows aside, otherwise than the %d that are noted", len(found.aside), len(own))
		}
		row := v.accounts.at(at)
		if row == nil {
			continue
		}
		if int(row.Nameless) != found.nameless || postgres.Text(row.PricesUnread) != catalog.StoredText(found.unread) || !postgres.Time(row.ReadsUntil).Equal(found.until) {
			v.contradict("snapshots", "", at, "its pages say otherwise what could not be read, or until when that holds")
		}
	}
	return nil
}

func sameSetAside(a, b history.SetAside) bool {
	return a.Number == b.Number && a.SetAside == b.SetAside && a.Page == b.Page && sameText(a.Said, b.Said)
}

// sameText compares two texts of JSON as values.
func sameText(a, b json.RawMessage) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	one, errOne := json.Marshal(x)
	other, errOther := json.Marshal(y)
	return errOne == nil && errOther == nil && bytes.Equal(one, other)
}

// compareHidden wants a note of every snapshot that lacks an entry without saying
// so.
func (v *verify) compareHidden(key string, hidden []time.Time) {
	for _, at := range hidden {
		if !v.hidden[at.UnixMicro()][key] {
			v.contradict("set_aside", key, at, "the pages lack the entry beside rows without a key, which is not noted")
		}
	}
}

// restateSetAside writes anew what a snapshot sets aside where today's decoder
// reads it otherwise, with the entries that it hides.
func (r *rebuild) restateSetAside(ctx context.Context) error {
	rows, err := r.tables.SetAsideEver(ctx)
	if err != nil {
		return err
	}
	for i, note := range r.replay.notes {
		at := r.replay.moments[i]
		var hidden, own []history.SetAside
		for _, row := range rows[at.UnixMicro()] {
			if row.IsHidden() {
				hidden = append(hidden, row)
			} else {
				own = append(own, row)
			}
		}
		var lacking []string
		for _, key := range r.hidden[at.UnixMicro()] {
			if !slices.ContainsFunc(hidden, func(row history.SetAside) bool { return row.Key == key }) {
				lacking = append(lacking, key)
			}
		}
		if note.proven && !slices.EqualFunc(own, note.aside, sameSetAside) {
			if err := r.tables.RestateSetAside(ctx, at, note.aside, r.hidden[at.UnixMicro()]); err != nil {
				return err
			}
		} else if len(lacking) > 0 {
			if err := r.tables.NoteHidden(ctx, at, lacking); err != nil {
				return err
			}
		}
	}
	return nil
}

// hide notes which snapshots lack an entry without saying so.
func (r *rebuild) hide(key string, life timeline.Life[catalog.Digest]) {
	for _, at := range life.Hidden {
		r.hidden[at.UnixMicro()] = append(r.hidden[at.UnixMicro()], key)
	}
}

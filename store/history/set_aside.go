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
	"syncer/store/postgres"
)

// hidden is the reason of a row that notes that a snapshot lacks a key which may be
// one of its rows without a key.
const hidden = "hidden"

// silence is what a snapshot does not say of one key, and what it says beside it.
type silence struct {
	parts  snapshot.Parts
	hidden bool
	said   *said // prices beside silent fields; nil: silent too
}

// said is what a snapshot says of an entry's prices beside silent fields.
type said struct{ prices, announced []catalog.Price }

// saidJSON is the column said.
type saidJSON struct {
	Prices    []map[string]*string `json:"prices"`
	Announced []map[string]*string `json:"announced,omitempty"`
}

func pricesJSON(prices []catalog.Price) []map[string]*string {
	all := make([]map[string]*string, len(prices))
	for i := range prices {
		price := storablePrice(&prices[i])
		all[i] = priceJSON(&price)
	}
	return all
}

func pricesFrom(rows []map[string]*string) ([]catalog.Price, error) {
	prices := make([]catalog.Price, len(rows))
	for i, row := range rows {
		price, err := priceFrom(row)
		if err != nil {
			return nil, err
		}
		prices[i] = *price
	}
	return prices, nil
}

// SetAside is a row of set_aside.
type SetAside struct {
	Number int
	catalog.SetAside
	Page int
	Said json.RawMessage
}

// SetAsideIn are the rows of what a snapshot sets aside, without those that only
// history knows to be hidden, in the order of the pages.
func SetAsideIn(shown *snapshot.Snapshot) ([]SetAside, error) {
	said := make(map[string]json.RawMessage) // prices of entries whose fields are silent
	aloud := func(key string) bool { return shown.Silent(key) == snapshot.FieldsSilent }
	if slices.ContainsFunc(shown.SilentKeys(), aloud) {
		for entry, err := range shown.Entries(aloud) {
			if err != nil {
				return nil, err
			}
			text, err := json.Marshal(saidJSON{pricesJSON(entry.Prices), pricesJSON(entry.Announced)})
			if err != nil {
				return nil, err
			}
			said[entry.Key] = text
		}
	}
	rows := make([]SetAside, len(shown.SetAside()))
	for i, aside := range shown.SetAside() {
		rows[i] = SetAside{Number: i + 1, SetAside: aside.SetAside, Page: aside.Page}
		rows[i].Detail = catalog.StoredText(aside.Detail)
		if aside.Part == catalog.FieldsPart && aside.Key != "" {
			rows[i].Said = said[aside.Key]
		}
	}
	return rows, nil
}

// IsHidden says that the row notes a key which the snapshot lacks, beside rows
// without a key.
func (s SetAside) IsHidden() bool { return s.Reason == hidden }

// IsPlainlyHidden says that the row is as NoteHidden writes it.
func (s SetAside) IsPlainlyHidden() bool {
	return s.SetAside == hiddenRow(s.Key) && s.Page == 0 && s.Said == nil
}

func hiddenRow(key string) catalog.SetAside {
	return catalog.SetAside{
		Key: key, Part: catalog.FieldsPart, Reason: hidden, Detail: "the snapshot lacks this key; a row whose key cannot be read may be it",
	}
}

// WriteSetAside writes what a snapshot sets aside.
func (t Tables) WriteSetAside(ctx context.Context, shown *snapshot.Snapshot, takenAt time.Time) error {
	if len(shown.SetAside()) == 0 {
		return nil
	}
	aside, err := SetAsideIn(shown)
	if err != nil {
		return err
	}
	return t.putAside(ctx, takenAt, aside)
}

// SetAsideAgain writes what a snapshot sets aside that has the pages of the one next
// before it: what that one hid is hidden again.
func (t Tables) SetAsideAgain(ctx context.Context, shown *snapshot.Snapshot, takenAt, before time.Time) error {
	if err := t.WriteSetAside(ctx, shown, takenAt); err != nil || shown.Nameless() == 0 {
		return err
	}
	if err := t.q.SetAsideHideAgain(ctx, t.db, sqlcgen.SetAsideHideAgainParams{ListID: t.list, TakenAt: takenAt, Before: before}); err != nil {
		return fmt.Errorf("note what is hidden again: %w", err)
	}
	return nil
}

// RestateSetAside writes anew what a snapshot sets aside, and what it hides.
func (t Tables) RestateSetAside(ctx context.Context, takenAt time.Time, aside []SetAside, hides []string) error {
	if err := t.q.SetAsideForget(ctx, t.db, sqlcgen.SetAsideForgetParams{ListID: t.list, TakenAt: takenAt}); err != nil {
		return fmt.Errorf("forget what was set aside: %w", err)
	}
	if err := t.putAside(ctx, takenAt, aside); err != nil {
		return err
	}
	return t.NoteHidden(ctx, takenAt, hides)
}

func (t Tables) putAside(ctx context.Context, takenAt time.Time, aside []SetAside) error {
	if len(aside) == 0 {
		return nil
	}
	rows := make([]sqlcgen.SetAsideCopyParams, len(aside))
	for i, row := range aside {
		rows[i] = sqlcgen.SetAsideCopyParams{
			ListID: t.list, TakenAt: takenAt, Number: postgres.Count(row.Number), Part: string(row.Part), Reason: string(row.Reason),
			Detail: row.Detail, Said: row.Said,
		}
		if row.Page > 0 {
			rows[i].PageNumber = new(postgres.Count(row.Page))
		}
		if row.Key != "" {
			rows[i].Key = &row.Key
		}
	}
	if _, err := t.q.SetAsideCopy(ctx, t.db, rows); err != nil {
		return fmt.Errorf("note what is set aside: %w", err)
	}
	return nil
}

// NoteHidden notes keys that a snapshot lacks without saying that they are missing,
// after what it sets aside.
func (t Tables) NoteHidden(ctx context.Context, takenAt time.Time, keys []string) error {
	n, err := t.q.SetAsideCounted(ctx, t.db, sqlcgen.SetAsideCountedParams{ListID: t.list, TakenAt: takenAt})
	if err != nil {
		return fmt.Errorf("count what is set aside: %w", err)
	}
	slices.Sort(keys)
	aside := make([]SetAside, len(keys))
	for i, key := range keys {
		aside[i] = SetAside{Number: int(n) + i + 1, SetAside: hiddenRow(key)}
	}
	return t.putAside(ctx, takenAt, aside)
}

// writeHidden notes which snapshots lack an entry without saying that it is
// missing.
func (t Tables) writeHidden(ctx context.Context, edits *Edits) error {
	byMoment := make(map[time.Time][]string)
	for _, row := range edits.hidden {
		byMoment[row.at] = append(byMoment[row.at], row.key)
	}
	for at, keys := range byMoment {
		if err := t.NoteHidden(ctx, at, keys); err != nil {
			return err
		}
	}
	return nil
}

// SetAsideEver returns all that committed snapshots set aside, by moment in
// microseconds and in order.
func (t Tables) SetAsideEver(ctx context.Context) (map[int64][]SetAside, error) {
	rows, err := t.q.SetAsideEver(ctx, t.db, t.list)
	if err != nil {
		return nil, fmt.Errorf("read what was set aside: %w", err)
	}
	all := make(map[int64][]SetAside)
	for _, row := range rows {
		aside := SetAside{Number: int(row.Number), Said: row.Said, SetAside: catalog.SetAside{
			Key: postgres.Text(row.Key), Part: catalog.EntryPart(row.Part), Reason: catalog.SetAsideReason(row.Reason), Detail: row.Detail,
		}}
		if row.PageNumber != nil {
			aside.Page = int(*row.PageNumber)
		}
		at := row.TakenAt.UnixMicro()
		all[at] = append(all[at], aside)
	}
	return all, nil
}

// loadSilences reads what snapshots do not say of some keys, by key and moment in
// microseconds.
func (t Tables) loadSilences(ctx context.Context, keys []string) (map[string]map[int64]silence, error) {
	rows, err := t.q.SetAsideOf(ctx, t.db, sqlcgen.SetAsideOfParams{ListID: t.list, Keys: keys})
	if err != nil {
		return nil, fmt.Errorf("load what was set aside: %w", err)
	}
	all := make(map[string]map[int64]silence)
	for _, row := range rows {
		if all[*row.Key] == nil {
			all[*row.Key] = make(map[int64]silence)
		}
		at := row.TakenAt.UnixMicro()
		now := all[*row.Key][at]
		switch {
		case row.Reason == hidden:
			now.hidden = true
		case row.Part == string(catalog.PricesPart):
			now.parts |= snapshot.PricesSilent
		default:
			now.parts |= snapshot.FieldsSilent
			if now.said, err = saidIn(row.Said); err != nil {
				return nil, fmt.Errorf("set aside at %s, %q: %w", row.TakenAt.UTC().Format(time.RFC3339Nano), *row.Key, err)
			}
		}
		all[*row.Key][at] = now
	}
	return all, nil
}

func saidIn(text json.RawMessage) (*said, error) {
	if text == nil {
		return nil, nil
	}
	var rows saidJSON
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, err
	}
	var all said
	var err error
	if all.prices, err = pricesFrom(rows.Prices); err == nil {
		all.announced, err = pricesFrom(rows.Announced)
	}
	return &all, err
}

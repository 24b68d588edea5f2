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
	said   *[]catalog.Price // prices beside silent fields; nil: silent too
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
			prices := make([]map[string]*string, len(entry.Prices))
			for i := range entry.Prices {
				price := storablePrice(&entry.Prices[i])
				prices[i] = priceJSON(&price)
			}
			text, err := json.Marshal(prices)
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

// WriteSetAside writes what a snapshot sets aside.
func (t Tables) WriteSetAside(ctx context.Context, shown *snapshot.Snapshot, takenAt time.Time) error {
	if len(shown.SetAside()) == 0 {
		return nil
	}
	aside, err := SetAsideIn(shown)
	if err != nil {
		return err
	}
	rows := make([]sqlcgen.SetAsideCopyParams, len(aside))
	for i, row := range aside {
		rows[i] = sqlcgen.SetAsideCopyParams{
			ListID: t.list, TakenAt: takenAt, Number: postgres.Count(row.Number), Part: string(row.Part), Reason: string(row.Reason),
			Detail: row.Detail, PageNumber: new(postgres.Count(row.Page)), Said: row.Said,
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

// writeHidden notes which snapshots lack an entry without saying that it is
// missing.
func (t Tables) writeHidden(ctx context.Context, edits *Edits) error {
	byMoment := make(map[time.Time][]string)
	for _, row := range edits.hidden {
		byMoment[row.at] = append(byMoment[row.at], row.key)
	}
	for at, keys := range byMoment {
		n, err := t.q.SetAsideCounted(ctx, t.db, sqlcgen.SetAsideCountedParams{ListID: t.list, TakenAt: at})
		if err != nil {
			return fmt.Errorf("count what is set aside: %w", err)
		}
		rows := make([]sqlcgen.SetAsideCopyParams, len(keys))
		slices.Sort(keys)
		for i := range keys {
			rows[i] = sqlcgen.SetAsideCopyParams{
				ListID: t.list, TakenAt: at, Number: n + postgres.Count(i) + 1, Key: &keys[i], Part: string(catalog.FieldsPart), Reason: hidden,
				Detail: "the snapshot lacks this key; a row whose key cannot be read may be it",
			}
		}
		if _, err := t.q.SetAsideCopy(ctx, t.db, rows); err != nil {
			return fmt.Errorf("note what is hidden: %w", err)
		}
	}
	return nil
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

func saidIn(text json.RawMessage) (*[]catalog.Price, error) {
	if text == nil {
		return nil, nil
	}
	var rows []map[string]*string
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, err
	}
	prices := make([]catalog.Price, len(rows))
	for i, row := range rows {
		price, err := priceFrom(row)
		if err != nil {
			return nil, err
		}
		prices[i] = *price
	}
	return &prices, nil
}

package proof

import (
	"context"
	"fmt"
	"time"

	"syncer/sqlcgen"
	"syncer/store/record"
)

// Settings are what views go by and no page says, as they stand in the database.
// They have no history: whoever has the configuration compares them.
type Settings struct {
	ReportTimezone string        // in which days and months end; "" where its row is gone
	StaleAfter     time.Duration // after which the list's newest snapshot is too old; 0: its schedule says
}

// SettingsOf reads the settings by which views show a list.
func SettingsOf(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list record.List) (Settings, error) {
	zones, err := q.ReportTimezones(ctx, db)
	if err != nil {
		return Settings{}, fmt.Errorf("read report settings: %w", err)
	}
	row, err := q.ListFind(ctx, db, sqlcgen.ListFindParams{Source: list.ID.Source, List: list.ID.Name})
	if err != nil {
		return Settings{}, fmt.Errorf("find list: %w", err)
	}
	var found Settings
	if len(zones) > 0 {
		found.ReportTimezone = zones[0]
	}
	if row.StaleAfter != nil {
		found.StaleAfter = *row.StaleAfter
	}
	return found, nil
}

// settings wants the row of settings that every report goes by, and the list to be
// its provider's.
func (v *verify) settings(ctx context.Context) error {
	found, err := SettingsOf(ctx, v.q, v.db, v.list)
	if err != nil {
		return err
	}
	if found.ReportTimezone == "" {
		v.contradict("report_settings", "", time.Time{}, "its row is gone: no report knows when a day ends")
	}
	if provider := v.accounts.list.Provider; provider != v.list.Provider {
		v.contradict("lists", "", time.Time{}, "it is noted as a list of the provider %s, and is one of %s", provider, v.list.Provider)
	}
	if kind := v.accounts.list.Kind; kind != string(v.list.Kind) {
		v.contradict("lists", "", time.Time{}, "it is noted as a list of %ss, and is one of %ss", kind, v.list.Kind)
	}
	return nil
}

package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/store/record"
	"syncer/timeline"
)

// EnsureList registers a list, or finds it. A rule of absence or doubt that
// differs from the stored one is an error, for history was written by the stored one.
func (s *Store) EnsureList(ctx context.Context, list catalog.List, settings record.ListSettings) (record.List, error) {
	read, err := record.SettingsJSON(list)
	if err != nil {
		return record.List{}, err
	}
	row, err := s.q.ListEnsure(ctx, s.pool, sqlcgen.ListEnsureParams{
		Provider: list.Provider, Source: list.ID.Source, List: list.ID.Name, Kind: string(list.Kind), Settings: read,
		ConfirmSnapshots: postgres.Count(settings.Rule.Snapshots), ConfirmFor: settings.Rule.For,
		DoubtSnapshots: postgres.Count(settings.Doubt.Snapshots), DoubtFor: settings.Doubt.For,
		DecoderVersion: list.ReadBy(), StaleAfter: postgres.NullDuration(settings.StaleAfter),
	})
	if err != nil {
		return record.List{}, fmt.Errorf("%s: register list: %w", list.ID, err)
	}
	known := record.List{List: list, ListSettings: settings, RowID: row.ID}
	if err := mustAgree(known, judgement(row.ConfirmSnapshots, row.ConfirmFor, row.DoubtSnapshots, row.DoubtFor)); err != nil {
		return record.List{}, err
	}
	if err := s.abandonSilent(ctx); err != nil { // also where nothing new is begun
		return record.List{}, fmt.Errorf("%s: %w", list.ID, err)
	}
	return known, nil
}

// FindList returns a list that is registered, with the rule by which its
// history was written; ErrNotFound if it is not. Nothing is written.
func (s *Store) FindList(ctx context.Context, list catalog.List) (record.List, error) {
	row, err := s.q.ListFind(ctx, s.pool, sqlcgen.ListFindParams{Source: list.ID.Source, List: list.ID.Name})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return record.List{}, fmt.Errorf("%s: list: %w", list.ID, ErrNotFound)
	case err != nil:
		return record.List{}, fmt.Errorf("%s: find list: %w", list.ID, err)
	}
	stored := judgement(row.ConfirmSnapshots, row.ConfirmFor, row.DoubtSnapshots, row.DoubtFor)
	settings := record.ListSettings{Rule: stored.Absence, Doubt: stored.Doubt}
	if row.StaleAfter != nil {
		settings.StaleAfter = *row.StaleAfter
	}
	return record.List{List: list, ListSettings: settings, RowID: row.ID}, nil
}

// RulesAgree wants the histories of some lists to be written by these rules of
// absence and doubt: no run of another could be made. A list that nobody has registered
// cannot disagree. The error, an ErrRule, names what does and what to do.
func (s *Store) RulesAgree(ctx context.Context, rules timeline.Judgement, lists []catalog.ListID) error {
	names := make([]string, len(lists))
	for i, list := range lists {
		names[i] = list.String()
	}
	rows, err := s.q.ListRules(ctx, s.pool, names)
	if err != nil {
		return fmt.Errorf("read the rules of absence and doubt: %w", err)
	}
	var order []timeline.Judgement
	others := map[timeline.Judgement][]string{}
	for _, row := range rows {
		stored := judgement(row.ConfirmSnapshots, row.ConfirmFor, row.DoubtSnapshots, row.DoubtFor)
		if stored == rules {
			continue
		}
		if others[stored] == nil {
			order = append(order, stored)
		}
		others[stored] = append(others[stored], row.Source+"/"+row.List)
	}
	var all error
	for _, stored := range order {
		all = errors.Join(all, ruleError{strings.Join(others[stored], ", "), "", rules, stored})
	}
	return all
}

func judgement(confirm int32, confirmFor time.Duration, doubt int32, doubtFor time.Duration) timeline.Judgement {
	return timeline.Judgement{
		Absence: timeline.Rule{Snapshots: int(confirm), For: confirmFor}, Doubt: timeline.Rule{Snapshots: int(doubt), For: doubtFor},
	}
}

// mustAgree wants the rules by which history was written to be the list's.
func mustAgree(list record.List, stored timeline.Judgement) error {
	if stored == list.Judgement() {
		return nil
	}
	return ruleError{list.ID.String(), " " + list.ID.String(), list.Judgement(), stored}
}

// ruleError is an ErrRule with both rules.
type ruleError struct {
	lists, rebuild     string
	configured, stored timeline.Judgement
}

// Error says what to do.
func (e ruleError) Error() string {
	var differ, old []string
	for _, rule := range []struct {
		name               string
		configured, stored timeline.Rule
	}{{"absence", e.configured.Absence, e.stored.Absence}, {"doubt", e.configured.Doubt, e.stored.Doubt}} {
		if rule.configured == rule.stored {
			continue
		}
		differ = append(differ, fmt.Sprintf("%s is configured as %s, but history was written with %s", rule.name, ruleText(rule.configured), strings.Replace(ruleText(rule.stored), " snapshots", "", 1)))
		setting := fmt.Sprintf("%s: { confirm_snapshots: %d, confirm_for: %s }", rule.name, rule.stored.Snapshots, plainly(rule.stored.For))
		if rule.stored.Snapshots == 0 {
			setting = rule.name + ": off"
		}
		old = append(old, setting)
	}
	return fmt.Sprintf("%s: %s; put the old setting back (%s), or write history anew by this one: syncer rebuild%s --apply --reason WHY",
		e.lists, strings.Join(differ, ", and "), strings.Join(old, " and "), e.rebuild)
}

func ruleText(rule timeline.Rule) string {
	if rule.Snapshots == 0 {
		return "off"
	}
	return fmt.Sprintf("%d snapshots and %s", rule.Snapshots, plainly(rule.For))
}

// Is makes it an ErrRule.
func (e ruleError) Is(target error) bool { return target == ErrRule }

// plainly is 72h where Go writes 72h0m0s.
func plainly(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// SetReportTimezone makes days and months of reports (bi.prices_on,
// bi.prices_month_end) end in a zone. The database must know it by the same
// name; time.Local has none.
func (s *Store) SetReportTimezone(ctx context.Context, zone *time.Location) error {
	if err := s.q.ReportTimezoneSet(ctx, s.pool, zone.String()); err != nil {
		return fmt.Errorf("set report time zone %s: %w", zone, err)
	}
	return nil
}

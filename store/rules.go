package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/timeline"
)

// RuleAgrees wants the histories of some lists to be written by this rule of
// absence: no run of another could be made. A list that nobody has registered
// cannot disagree. The error, an ErrRule, names what does and what to do.
func (s *Store) RuleAgrees(ctx context.Context, rule timeline.Rule, lists []catalog.ListID) error {
	names := make([]string, len(lists))
	for i, list := range lists {
		names[i] = list.String()
	}
	rows, err := s.q.ListRules(ctx, s.pool, names)
	if err != nil {
		return fmt.Errorf("read the rules of absence: %w", err)
	}
	var order []timeline.Rule
	others := map[timeline.Rule][]string{}
	for _, row := range rows {
		stored := timeline.Rule{Snapshots: int(row.ConfirmSnapshots), For: row.ConfirmFor}
		if stored == rule {
			continue
		}
		if others[stored] == nil {
			order = append(order, stored)
		}
		others[stored] = append(others[stored], row.Source+"/"+row.List)
	}
	var all error
	for _, stored := range order {
		all = errors.Join(all, ruleError{strings.Join(others[stored], ", "), "", rule, stored})
	}
	return all
}

// mustAgree wants the rule by which history was written to be the list's.
func (l List) mustAgree(stored timeline.Rule) error {
	if stored == l.Rule {
		return nil
	}
	return ruleError{l.ID.String(), " " + l.ID.String(), l.Rule, stored}
}

// ruleError is an ErrRule with both rules.
type ruleError struct {
	lists, rebuild     string
	configured, stored timeline.Rule
}

// Error says what to do.
func (e ruleError) Error() string {
	return fmt.Sprintf("%s: absence is configured as %d snapshots and %s, but history was written with %d and %s; "+
		"put the old setting back (absence: { confirm_snapshots: %d, confirm_for: %s }), or write history anew by this one: syncer rebuild%s --apply --reason WHY",
		e.lists, e.configured.Snapshots, plainly(e.configured.For), e.stored.Snapshots, plainly(e.stored.For),
		e.stored.Snapshots, plainly(e.stored.For), e.rebuild)
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

// ruleClass is the class of a run that the rule of absence kept from beginning.
const ruleClass = "absence"

// refuse records a run that could not begin, so that the list is seen to have
// failed.
func (s *Store) refuse(ctx context.Context, list int64, why error) error {
	class, text := ruleClass, why.Error()
	err := s.q.RunRefuse(ctx, s.pool, sqlcgen.RunRefuseParams{ListID: list, ErrorClass: &class, ErrorText: &text})
	if err != nil {
		return fmt.Errorf("record the refusal: %w", err)
	}
	return nil
}

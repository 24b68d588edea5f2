package history

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// Usage is a row of contract_usage, and one statement of a page: a fact of its
// snapshot, never a version. A figure that moves every day makes no history of
// the contract.
type Usage struct {
	Key string // of the contract
	catalog.Usage
	Run   int64 // that wrote the row
	Until int64 // the run that superseded it; 0: none did
}

// UsageIn returns the figures that a snapshot's pages state, as the tables can
// hold them.
func UsageIn(shown *snapshot.Snapshot) ([]Usage, error) {
	var all []Usage
	for entry, err := range shown.Entries(func(string) bool { return true }) {
		if err != nil {
			return nil, err
		}
		for _, figure := range entry.Usage {
			figure.Name, figure.Resource = catalog.StoredText(figure.Name), catalog.StoredText(figure.Resource)
			figure.Unit = catalog.StoredText(figure.Unit)
			all = append(all, Usage{Key: entry.Key, Usage: figure})
		}
	}
	return all, nil
}

// WriteUsage writes the figures about contracts that a snapshot's pages state. A
// snapshot whose pages another one proves has that one's figures.
func (t Tables) WriteUsage(ctx context.Context, shown *snapshot.Snapshot, takenAt time.Time, run int64) error {
	if t.kind != catalog.Contracts {
		return nil
	}
	figures, err := UsageIn(shown)
	if err != nil || len(figures) == 0 {
		return err
	}
	return t.insertUsage(ctx, figures, takenAt, run)
}

// RestateUsage supersedes figures of a snapshot that its pages do not state, and
// writes those that they do.
func (t Tables) RestateUsage(ctx context.Context, untrue, stated []Usage, takenAt time.Time, run int64) error {
	if len(untrue) > 0 {
		ids, err := t.owners(ctx, untrue)
		if err != nil {
			return err
		}
		params := sqlcgen.ContractUsageSupersedeParams{RunID: run, ListID: t.list, TakenAt: takenAt}
		for _, figure := range untrue {
			params.ContractIds, params.Names = append(params.ContractIds, ids[figure.Key]), append(params.Names, figure.Name)
			params.Resources, params.Units = append(params.Resources, figure.Resource), append(params.Units, figure.Unit)
			params.UsedFroms, params.UsedTos = append(params.UsedFroms, figure.From), append(params.UsedTos, figure.To)
		}
		if err := t.q.ContractUsageSupersede(ctx, t.db, params); err != nil {
			return fmt.Errorf("supersede usage: %w", err)
		}
	}
	if len(stated) == 0 {
		return nil
	}
	return t.insertUsage(ctx, stated, takenAt, run)
}

// owners are the ids of the contracts that figures are about, by key.
func (t Tables) owners(ctx context.Context, figures []Usage) (map[string]int64, error) {
	keys := make(map[string]bool, len(figures))
	for _, figure := range figures {
		keys[figure.Key] = true
	}
	return t.Find(ctx, slices.Sorted(maps.Keys(keys)))
}

func (t Tables) insertUsage(ctx context.Context, figures []Usage, takenAt time.Time, run int64) error {
	ids, err := t.owners(ctx, figures)
	if err != nil {
		return err
	}
	rows := make([]sqlcgen.ContractUsageCopyParams, len(figures))
	for i, figure := range figures {
		rows[i] = sqlcgen.ContractUsageCopyParams{
			ListID: t.list, ContractID: ids[figure.Key], Name: figure.Name, Resource: figure.Resource, Unit: figure.Unit,
			UsedFrom: figure.From, UsedTo: figure.To, Quantity: figure.Quantity, TakenAt: takenAt, RecordedBy: run,
		}
	}
	if _, err := t.q.ContractUsageCopy(ctx, t.db, rows); err != nil {
		return fmt.Errorf("write usage: %w", err)
	}
	return nil
}

// UsageAt returns the figures that were ever noted of the snapshot of a moment,
// superseded ones too.
func (t Tables) UsageAt(ctx context.Context, takenAt time.Time) ([]Usage, error) {
	rows, err := t.q.ContractUsageAt(ctx, t.db, sqlcgen.ContractUsageAtParams{ListID: t.list, TakenAt: takenAt})
	if err != nil {
		return nil, fmt.Errorf("read usage: %w", err)
	}
	all := make([]Usage, len(rows))
	for i, row := range rows {
		usage := row.ContractUsage
		all[i] = Usage{Key: row.Key, Run: usage.RecordedBy, Until: postgres.ID(usage.SupersededBy), Usage: catalog.Usage{
			Name: usage.Name, Resource: usage.Resource, From: usage.UsedFrom, To: usage.UsedTo, Quantity: usage.Quantity, Unit: usage.Unit,
		}}
	}
	return all, nil
}

// UsageMoments returns the moments of which figures are noted.
func (t Tables) UsageMoments(ctx context.Context) ([]time.Time, error) {
	moments, err := t.q.ContractUsageMoments(ctx, t.db, t.list)
	if err != nil {
		return nil, fmt.Errorf("read the moments of usage: %w", err)
	}
	return moments, nil
}

// UsageRestated returns the contracts of which each rebuild wrote or superseded
// figures, by key.
func (t Tables) UsageRestated(ctx context.Context) (map[string][]int64, error) {
	rows, err := t.q.ContractUsageRestated(ctx, t.db, t.list)
	if err != nil {
		return nil, fmt.Errorf("read who wrote usage: %w", err)
	}
	all := make(map[string][]int64)
	for _, row := range rows {
		all[row.Key] = append(all[row.Key], row.RunID)
	}
	return all, nil
}

// ForgetUsage makes the figures that are noted of a snapshot untrue.
func (t Tables) ForgetUsage(ctx context.Context, takenAt time.Time, run int64) error {
	rows, err := t.UsageAt(ctx, takenAt)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(row Usage) bool { return row.Until != 0 })
	return t.RestateUsage(ctx, rows, nil, takenAt, run)
}

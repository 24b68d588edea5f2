package store

import (
	"context"
	"fmt"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// usage writes the figures about contracts that a snapshot's pages state. They
// are facts of that snapshot, never versions: a figure that moves every day
// makes no history of the contract. A snapshot whose pages another one proves
// has that one's figures.
func (u *update) usage(ctx context.Context) error {
	if u.run.List.Kind != catalog.Contracts {
		return nil
	}
	rows, err := u.usageRows(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	if _, err := u.q.ContractUsageCopy(ctx, u.tx, rows); err != nil {
		return fmt.Errorf("write usage: %w", err)
	}
	return nil
}

func (u *update) usageRows(ctx context.Context) ([]sqlcgen.ContractUsageCopyParams, error) {
	var keys []string
	for key := range u.snapshot.Digests() {
		keys = append(keys, key)
	}
	ids, err := u.shelf.find(ctx, u.tx, u.run.List.id, keys)
	if err != nil {
		return nil, fmt.Errorf("find entries: %w", err)
	}
	var rows []sqlcgen.ContractUsageCopyParams
	for entry, err := range u.snapshot.Entries(func(string) bool { return true }) {
		if err != nil {
			return nil, err
		}
		for _, figure := range entry.Usage {
			rows = append(rows, sqlcgen.ContractUsageCopyParams{
				ListID: u.run.List.id, ContractID: ids[entry.Key],
				Name: catalog.StoredText(figure.Name), Resource: catalog.StoredText(figure.Resource), Unit: catalog.StoredText(figure.Unit),
				UsedFrom: figure.From, UsedTo: figure.To, Quantity: figure.Quantity,
				TakenAt: u.run.TakenAt, RecordedBy: u.run.id,
			})
		}
	}
	return rows, nil
}

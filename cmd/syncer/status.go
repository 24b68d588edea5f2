package main

import (
	"time"

	"syncer/cmd/syncer/terminal"
	"syncer/store"
)

// statusCommand is `syncer status`.
type statusCommand struct {
	JSON bool `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer status --help`.
func (statusCommand) Help() string {
	return `Shows bi.freshness: how far each list can be trusted now. fresh: the newest run is in history. late: nothing came for longer than stale_after. failed: the newest run failed, history is as before. held: a newer snapshot waits for syncer accept or reject. never: nothing was read yet.`
}

// Run shows the state of every list.
func (c *statusCommand) Run(s *session) error {
	return s.reading(func(opened *store.Store, zone *time.Location) error {
		lines, err := opened.Freshness(s.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.showJSON(append([]store.Freshness{}, lines...))
		}
		return showStatus(s.screen, lines, zone)
	})
}

func showStatus(screen terminal.Screen, lines []store.Freshness, zone *time.Location) error {
	table := terminal.Table{Head: []string{"LIST", "STATE", "SNAPSHOT", "ENTRIES", "LAST RUN", "OUTCOME", "WHY"}, Right: []int{3}}
	for _, one := range lines {
		why := one.LastError
		if one.State == "held" {
			why = one.HeldFor
		}
		table.Add(one.List.String(), one.State, terminal.Moment(&one.LastSnapshotAt, zone), terminal.Count(one.Entries),
			terminal.Moment(&one.LastRunAt, zone), dash(one.LastOutcome), why)
		table.Rows[len(table.Rows)-1][1].Style = stateStyle(one.State)
	}
	return table.Show(screen)
}

func stateStyle(state string) terminal.Style {
	switch state {
	case "fresh":
		return terminal.Good
	case "failed", "held":
		return terminal.Bad
	}
	return terminal.Warn
}

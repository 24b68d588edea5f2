package main

import (
	"errors"
	"fmt"

	"syncer/cmd/syncer/terminal"
	"syncer/store/history"
	"syncer/store/proof"
)

// rebuildCommand is `syncer rebuild`.
type rebuildCommand struct {
	Lists  []string `arg:"" optional:"" name:"list" help:"SOURCE/LIST or SOURCE; all when left out."`
	Apply  bool     `help:"Write it. Without this, only show what would change."`
	Reason string   `help:"Why; it is kept. Wanted with --apply."`
	Actor  string   `help:"Who decides; it is kept (default: the user's name)."`
	JSON   bool     `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer rebuild --help`.
func (rebuildCommand) Help() string {
	return `Writes history from its stored pages again, by today's decoders and the configured rule of absence, one transaction a list. What differs is superseded, never deleted; whatever was answered before can still be asked. Shows what would change unless --apply is given.`
}

// rebuiltJSON is one list as --json writes it.
type rebuiltJSON struct {
	List       string         `json:"list"`
	Applied    bool           `json:"applied"`
	Snapshots  int            `json:"snapshots"`
	WithPages  int            `json:"with_pages"`
	Entries    int            `json:"entries_changed"`
	Superseded history.Counts `json:"superseded"`
	Inserted   history.Counts `json:"inserted"`
}

// Run rebuilds, or shows what that would change.
func (c *rebuildCommand) Run(s *session) error {
	if c.Apply && c.Reason == "" {
		return usageError{errors.New("--apply changes history: want --reason, which is kept")}
	}
	all := []rebuiltJSON{}
	err := s.eachOpen(c.Lists, func(list openList) error {
		report, err := c.rebuild(s, list)
		if err == nil {
			all = append(all, rebuiltJSON{list.ID.String(), c.Apply, report.Snapshots, report.Proven, report.Entries, report.Superseded, report.Inserted})
		}
		return err
	})
	if err != nil && len(all) == 0 {
		return err
	}
	if c.JSON {
		return errors.Join(err, s.showJSON(all))
	}
	return errors.Join(showRebuilt(s.screen, all), err, c.hint(s, all))
}

func (c *rebuildCommand) rebuild(s *session, list openList) (proof.Rebuilt, error) {
	if !c.Apply {
		return list.runner.PreviewRebuild(s.ctx, list.List, list.fetcher, list.rule)
	}
	return list.runner.Rebuild(s.ctx, list.List, list.fetcher, list.rule, s.decided(c.Actor, c.Reason))
}

func showRebuilt(screen terminal.Screen, all []rebuiltJSON) error {
	table := terminal.Table{
		Head:  []string{"LIST", "SNAPSHOTS", "WITH PAGES", "ENTRIES", "VERSIONS", "PRICES", "ABSENCES", "STATUS", "USAGE"},
		Right: []int{1, 2, 3, 4, 5, 6, 7, 8},
	}
	both := func(superseded, inserted int) string { return fmt.Sprintf("-%d +%d", superseded, inserted) }
	for _, list := range all {
		table.Add(list.List, terminal.Count(list.Snapshots), terminal.Count(list.WithPages), terminal.Count(list.Entries),
			both(list.Superseded.Versions, list.Inserted.Versions), both(list.Superseded.Prices, list.Inserted.Prices),
			both(list.Superseded.Absences, list.Inserted.Absences), both(list.Superseded.StatusChanges, list.Inserted.StatusChanges),
			both(list.Superseded.Usage, list.Inserted.Usage))
	}
	if len(table.Rows) == 0 {
		_, err := fmt.Fprintln(screen, "There is no history yet.")
		return err
	}
	return table.Show(screen)
}

// hint says whether anything was written, or would be.
func (c *rebuildCommand) hint(s *session, all []rebuiltJSON) error {
	if len(all) == 0 {
		return nil
	}
	changes := 0
	for _, list := range all {
		changes += list.Entries + list.Superseded.Sum() + list.Inserted.Sum()
	}
	said := "Nothing was written. To write it: syncer rebuild ... --apply --reason \"...\""
	switch {
	case c.Apply && changes > 0:
		said = "History was written again. What differed is superseded and can still be asked for."
	case c.Apply:
		said = "History is as its pages say it: nothing was written."
	case changes == 0:
		said = "History is as its pages say it: nothing would change."
	}
	_, err := fmt.Fprintf(s.screen, "\n%s\n", said)
	return err
}

package main

import (
	"errors"
	"fmt"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
	"syncer/store"
	"syncer/store/proof"
)

// verifyCommand is `syncer verify`.
type verifyCommand struct {
	Lists []string `arg:"" optional:"" name:"list" help:"SOURCE/LIST or SOURCE; all when left out."`
	Most  int      `help:"Show at most so many contradictions of a list." default:"20"`
	JSON  bool     `help:"Write JSON." name:"json"`
	// Checkpoint is one that was noted outside of the database.
	Checkpoint string `help:"A checkpoint that verify showed earlier: what was recorded up to it must be what it was." placeholder:"HEX"`
}

// Help is the longer text of `syncer verify --help`.
func (verifyCommand) Help() string {
	return `Reads every stored page again and compares history with what the pages say, row by row; nothing is written. Every write is then done again in the order in which it was recorded, so that rows which were superseded, and the runs that wrote and replaced them, are proven too. Says for each list since when its history is proven, or which rows are contradicted; then exits with 1.

Whoever may change every row of the database can make it agree with itself. Against that, note the checkpoint that is shown with each list somewhere else, and give it back later: syncer verify LIST --checkpoint HEX.`
}

// verifiedJSON is one list as --json writes it.
type verifiedJSON struct {
	List           string                `json:"list"`
	State          string                `json:"state"` // proven, partly (the newest lacks pages), invariants (all do) or contradicted
	First          *time.Time            `json:"first_snapshot"`
	ProvenSince    *time.Time            `json:"proven_since"`
	Unproven       []proof.Unproven      `json:"unproven"`       // snapshots without pages
	RetracedSince  *time.Time            `json:"retraced_since"` // of the last rebuild that changed something; null: from the beginning
	Snapshots      int                   `json:"snapshots"`
	WithPages      int                   `json:"with_pages"`
	Versions       int                   `json:"versions"`
	Prices         int                   `json:"prices"`
	Contradictions []proof.Contradiction `json:"contradictions"`
	Checkpoint     *proof.Checkpoint     `json:"checkpoint"` // the newest; null where nothing was recorded
	Reached        *proof.Checkpoint     `json:"reached"`    // that of --checkpoint; null without it
}

// Run verifies.
func (c *verifyCommand) Run(s *session) error {
	all := []verifiedJSON{}
	err := s.eachKnown(c.Lists, func(w *workshop, list config.List, known store.List) error {
		fetcher, err := s.fetcher(w, list, s.offline)
		if err != nil {
			return err
		}
		report, err := w.runner.Verify(s.ctx, known, fetcher)
		if err == nil {
			all = append(all, c.verified(known, report))
		}
		return err
	})
	if err != nil && len(all) == 0 {
		return err
	}
	if err == nil { // errShown would hide what is not shown
		err = contradicted(all)
	}
	if c.JSON {
		return errors.Join(s.showJSON(all), err)
	}
	return errors.Join(c.show(s, all), err)
}

func (c *verifyCommand) verified(list store.List, report proof.Verified) verifiedJSON {
	reached := c.reached(&report)
	one := verifiedJSON{
		List: list.ID.String(), State: "proven", ProvenSince: report.ProvenSince, RetracedSince: report.RetracedSince, Snapshots: report.Snapshots, WithPages: report.Proven,
		Versions: report.Versions, Prices: report.Prices, Contradictions: append([]proof.Contradiction{}, report.Contradictions...),
		Checkpoint: report.Checkpoint(), Reached: reached, First: report.First, Unproven: append([]proof.Unproven{}, report.Unproven...),
	}
	switch {
	case len(report.Contradictions) > 0:
		one.State = "contradicted"
	case report.Proven == 0:
		one.State = "invariants"
	case report.ProvenSince == nil:
		one.State = "partly"
	}
	return one
}

func contradicted(all []verifiedJSON) error {
	for _, one := range all {
		if one.State == "contradicted" {
			return errShown
		}
	}
	return nil
}

func (c *verifyCommand) show(s *session, all []verifiedJSON) error {
	table := terminal.Table{Head: []string{"LIST", "VERDICT", "SNAPSHOTS", "WITH PAGES", "VERSIONS", "PRICES"}, Right: []int{2, 3, 4, 5}}
	for _, one := range all {
		table.Add(one.List, listVerdict(one), terminal.Count(one.Snapshots), terminal.Count(one.WithPages), terminal.Count(one.Versions), terminal.Count(one.Prices))
		style := terminal.Good
		if one.State == "contradicted" {
			style = terminal.Bad
		}
		table.Rows[len(table.Rows)-1][1].Style = style
	}
	if len(table.Rows) == 0 {
		_, err := fmt.Fprintln(s.screen, "There is no history yet.")
		return err
	}
	err := table.Show(s.screen)
	for _, one := range all {
		err = errors.Join(err, c.contradictions(s.screen, one))
	}
	return errors.Join(err, c.checkpoints(s.screen, all))
}

// listVerdict is what came of a list in a few words.
func listVerdict(one verifiedJSON) string {
	switch {
	case one.State == "contradicted":
		return fmt.Sprintf("%d rows are contradicted", len(one.Contradictions))
	case one.WithPages == 0:
		return "holds its invariants; no page is kept"
	}
	return proven(one) + retraced(one)
}

func proven(one verifiedJSON) string {
	missing := one.Snapshots - one.WithPages
	if missing == 0 {
		return "proven since " + one.ProvenSince.Format(time.RFC3339)
	}
	first, last := one.Unproven[0], one.Unproven[len(one.Unproven)-1]
	switch {
	case one.ProvenSince != nil && one.First != nil && first.From.Equal(*one.First) && len(one.Unproven) == 1:
		return "proven since " + one.ProvenSince.Format(time.RFC3339) + ", before that invariants only"
	case missing == 1:
		return "proven but for 1 snapshot without pages (" + first.From.Format(time.RFC3339) + ")"
	}
	return fmt.Sprintf("proven but for %s snapshots without pages (%s to %s)", terminal.Count(missing), first.From.Format(time.RFC3339), last.To.Format(time.RFC3339))
}

// retraced says where a rebuild ended the proof of what was answered before.
func retraced(one verifiedJSON) string {
	if one.RetracedSince == nil {
		return ""
	}
	return "; answers before " + one.RetracedSince.Format(time.RFC3339) + " are proven by their own digest only"
}

func (c *verifyCommand) contradictions(screen terminal.Screen, one verifiedJSON) error {
	if len(one.Contradictions) == 0 {
		return nil
	}
	table := terminal.Table{Head: []string{"TABLE", "KEY", "FROM", "WHAT"}}
	for i, row := range one.Contradictions {
		if i == c.Most {
			table.Add(fmt.Sprintf("and %s more", terminal.Count(len(one.Contradictions)-i)), "", "", "")
			break
		}
		table.Add(row.Table, row.Key, row.At.Format(time.RFC3339Nano), row.Text)
	}
	fmt.Fprintf(screen, "\n%s\n", screen.Paint(terminal.Bold, one.List))
	return table.Show(screen)
}

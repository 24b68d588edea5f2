package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"syncer/cmd/syncer/terminal"
	"syncer/store/proof"
	"syncer/store/record"
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
	State          string                `json:"state"`             // proven, partly (the newest lacks pages), invariants (all do), pending (read by another decoder) or contradicted
	ReadBy         string                `json:"read_by,omitempty"` // version of that decoder, and what is left out
	First          *time.Time            `json:"first_snapshot"`
	ProvenSince    *time.Time            `json:"proven_since"`
	Unproven       []proof.Unproven      `json:"unproven"`       // snapshots without pages
	RetracedSince  *time.Time            `json:"retraced_since"` // of the last rebuild that changed something; null: from the beginning
	Snapshots      int                   `json:"snapshots"`
	WithPages      int                   `json:"with_pages"`
	Versions       int                   `json:"versions"`
	Prices         int                   `json:"prices"`
	Contradictions []proof.Contradiction `json:"contradictions"`
	Otherwise      []string              `json:"configured_otherwise"` // settings that views go by, where the database has others
	Checkpoint     *proof.Checkpoint     `json:"checkpoint"`           // the newest; null where nothing was recorded
	Reached        *proof.Checkpoint     `json:"reached"`              // that of --checkpoint; null without it
}

// Run verifies.
func (c *verifyCommand) Run(s *session) error {
	all := []verifiedJSON{}
	err := s.eachOpen(c.Lists, func(list openList) error {
		report, err := list.runner.Verify(s.ctx, list.List, list.fetcher)
		if err == nil {
			line := c.verified(list.List, report)
			line.Otherwise, err = otherwise(s.ctx, list)
			all = append(all, line)
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

// otherwise are settings that views go by and that stand in the database otherwise
// than in the configuration: no page proves them, and another command may have another
// configuration.
func otherwise(ctx context.Context, list openList) ([]string, error) {
	found, err := list.runner.Store.Settings(ctx, list.List)
	differ := []string{}
	if zone := found.ReportTimezone; zone != "" && zone != list.zone {
		differ = append(differ, fmt.Sprintf("report_timezone is %s, and %s by this configuration", zone, list.zone))
	}
	if err == nil && found.StaleAfter != list.staleAfter {
		differ = append(differ, fmt.Sprintf("stale_after of %s is %s, and %s by this configuration", list.ID, found.StaleAfter, list.staleAfter))
	}
	return differ, err
}

func (c *verifyCommand) verified(list record.List, report proof.Verified) verifiedJSON {
	reached := c.reached(&report)
	line := verifiedJSON{
		List: list.ID.String(), State: "proven", ProvenSince: report.ProvenSince, RetracedSince: report.RetracedSince, Snapshots: report.Snapshots, WithPages: report.Proven,
		Versions: report.Versions, Prices: report.Prices, Contradictions: append([]proof.Contradiction{}, report.Contradictions...),
		Checkpoint: report.Checkpoint(), Reached: reached, First: report.First, Unproven: append([]proof.Unproven{}, report.Unproven...),
	}
	switch {
	case len(report.Contradictions) > 0:
		line.State = "contradicted"
	case report.ReadBy != "":
		line.State, line.ReadBy = "pending", report.ReadBy
	case report.Proven == 0:
		line.State = "invariants"
	case report.ProvenSince == nil:
		line.State = "partly"
	}
	return line
}

func contradicted(all []verifiedJSON) error {
	for _, list := range all {
		if list.State == "contradicted" {
			return errShown
		}
	}
	return nil
}

func (c *verifyCommand) show(s *session, all []verifiedJSON) error {
	table := terminal.Table{Head: []string{"LIST", "VERDICT", "SNAPSHOTS", "WITH PAGES", "VERSIONS", "PRICES"}, Right: []int{2, 3, 4, 5}}
	for _, list := range all {
		table.Add(list.List, listVerdict(list), terminal.Count(list.Snapshots), terminal.Count(list.WithPages), terminal.Count(list.Versions), terminal.Count(list.Prices))
		style := terminal.Good
		if list.State == "contradicted" {
			style = terminal.Bad
		}
		table.Rows[len(table.Rows)-1][1].Style = style
	}
	if len(table.Rows) == 0 {
		_, err := fmt.Fprintln(s.screen, "There is no history yet.")
		return err
	}
	err := table.Show(s.screen)
	said := make(map[string]bool)
	for _, list := range all {
		err = errors.Join(err, c.contradictions(s.screen, list))
		for _, setting := range list.Otherwise {
			if !said[setting] {
				said[setting] = true
				fmt.Fprintf(s.screen, "\nConfigured otherwise: %s.\n", setting)
			}
		}
	}
	return errors.Join(err, c.checkpoints(s.screen, all))
}

// listVerdict is what came of a list in a few words.
func listVerdict(list verifiedJSON) string {
	switch {
	case list.State == "contradicted":
		return fmt.Sprintf("%d rows are contradicted", len(list.Contradictions))
	case list.State == "pending":
		return fmt.Sprintf("read by decoder %s, rebuild pending; holds its invariants", list.ReadBy)
	case list.WithPages == 0:
		return "holds its invariants; no page is kept"
	}
	return proven(list) + retraced(list)
}

func proven(list verifiedJSON) string {
	missing := list.Snapshots - list.WithPages
	if missing == 0 {
		return "proven since " + list.ProvenSince.Format(time.RFC3339)
	}
	first, last := list.Unproven[0], list.Unproven[len(list.Unproven)-1]
	switch {
	case list.ProvenSince != nil && list.First != nil && first.From.Equal(*list.First) && len(list.Unproven) == 1:
		return "proven since " + list.ProvenSince.Format(time.RFC3339) + ", before that invariants only"
	case missing == 1:
		return "proven but for 1 snapshot without pages (" + first.From.Format(time.RFC3339) + ")"
	}
	return fmt.Sprintf("proven but for %s snapshots without pages (%s to %s)", terminal.Count(missing), first.From.Format(time.RFC3339), last.To.Format(time.RFC3339))
}

// retraced says where a rebuild ended the proof of what was answered before.
func retraced(list verifiedJSON) string {
	if list.RetracedSince == nil {
		return ""
	}
	return "; answers before " + list.RetracedSince.Format(time.RFC3339) + " are proven by their own digest only"
}

func (c *verifyCommand) contradictions(screen terminal.Screen, list verifiedJSON) error {
	if len(list.Contradictions) == 0 {
		return nil
	}
	table := terminal.Table{Head: []string{"TABLE", "KEY", "FROM", "WHAT"}}
	for i, row := range list.Contradictions {
		if i == c.Most {
			table.Add(fmt.Sprintf("and %s more", terminal.Count(len(list.Contradictions)-i)), "", "", "")
			break
		}
		table.Add(row.Table, row.Key, row.At.Format(time.RFC3339Nano), row.Text)
	}
	fmt.Fprintf(screen, "\n%s\n", screen.Paint(terminal.Bold, list.List))
	return table.Show(screen)
}

// Validate wants a checkpoint to be one, and of one list.
func (c *verifyCommand) Validate() error {
	if c.Checkpoint == "" {
		return nil
	}
	if digest, err := hex.DecodeString(c.Checkpoint); err != nil || len(digest) != 32 {
		return errors.New("--checkpoint: want the 64 hexadecimal digits that verify showed")
	}
	if len(c.Lists) != 1 || !strings.Contains(c.Lists[0], "/") {
		return errors.New("--checkpoint is that of one list: want SOURCE/LIST")
	}
	return nil
}

// reached is the checkpoint that was asked for. That it is none which the list
// ever had is a contradiction.
func (c *verifyCommand) reached(report *proof.Verified) *proof.Checkpoint {
	if c.Checkpoint == "" {
		return nil
	}
	found := report.Reaches(c.Checkpoint)
	if found == nil {
		none := proof.Contradiction{Table: "runs", Text: "the list never had the checkpoint " + c.Checkpoint + ": what was recorded up to it is not what it was, or it is another list's"}
		if newest := report.Checkpoint(); newest != nil {
			none.At = newest.RecordedAt
		}
		report.Contradictions = append([]proof.Contradiction{none}, report.Contradictions...)
	}
	return found
}

// checkpoints shows those to note, and that which was asked for.
func (c *verifyCommand) checkpoints(screen terminal.Screen, all []verifiedJSON) error {
	table := terminal.Table{Head: []string{"LIST", "CHECKPOINT", "OF RUN", "RECORDED"}, Right: []int{2}}
	for _, list := range all {
		if at := list.Reached; at != nil {
			fmt.Fprintf(screen, "\n%s: all that was recorded up to run %d of %s is what it was at the checkpoint.\n", list.List, at.Run, at.RecordedAt.Format(time.RFC3339))
		}
		if at := list.Checkpoint; at != nil {
			table.Add(list.List, at.Digest, fmt.Sprint(at.Run), at.RecordedAt.Format(time.RFC3339))
		}
	}
	if len(table.Rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(screen); err != nil {
		return err
	}
	return table.Show(screen)
}

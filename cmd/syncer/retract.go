package main

import (
	"fmt"
	"strings"
	"time"

	"syncer/store/proof"
)

// retractCommand is `syncer retract`.
type retractCommand struct {
	List   string `arg:"" help:"SOURCE/LIST, such as iwinv/flavors."`
	Time   string `arg:"" help:"The moment of the snapshot, as bi.snapshots shows it."`
	Key    string `help:"Take back only what the snapshot says of this product or contract."`
	Reason string `help:"Why; it is kept." required:""`
	Actor  string `help:"Who decides; it is kept (default: the user's name)."`
	JSON   bool   `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer retract --help`.
func (retractCommand) Help() string {
	return `Takes a snapshot out of history, or what it says of one entry: history is what it would be had it never been taken. Pages, name and reason stay; syncer accept with the same moment takes it back again.`
}

// Run takes something back.
func (c *retractCommand) Run(s *session) error {
	at, err := momentOf(c.Time)
	if err != nil {
		return err
	}
	return s.eachOpen([]string{c.List}, func(list openList) error {
		report, err := list.runner.Retract(s.ctx, list.List, list.fetcher, at, c.Key, s.decided(c.Actor, c.Reason))
		if err != nil {
			return err
		}
		return s.showRewritten(list.ID.String()+": taken back", at, c.Key, c.JSON, report)
	})
}

// rewrittenLine is what a decision changed, as --json writes it.
type rewrittenLine struct {
	List    string    `json:"list"`
	TakenAt time.Time `json:"taken_at,omitzero"`
	Key     string    `json:"key,omitempty"`
	proof.Rebuilt
}

// showRewritten shows what a decision about history changed.
func (s *session) showRewritten(what string, at time.Time, key string, asJSON bool, report proof.Rebuilt) error {
	if asJSON {
		list, _, _ := strings.Cut(what, ":")
		return s.showJSON(rewrittenLine{List: list, TakenAt: at, Key: key, Rebuilt: report})
	}
	if key != "" {
		what += " of " + key
	}
	if !at.IsZero() {
		what += ", " + at.UTC().Format(time.RFC3339Nano)
	}
	_, err := fmt.Fprintf(s.screen, "%s: %d entries changed, %d rows superseded, %d written\n", what, report.Entries, report.Superseded.Sum(), report.Inserted.Sum())
	return err
}

func momentOf(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return at, usageError{fmt.Errorf("%q: want a moment such as 2026-01-31T06:00:00Z", text)}
	}
	return at, nil
}

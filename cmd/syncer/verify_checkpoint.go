package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"syncer/cmd/syncer/terminal"
	"syncer/store/proof"
)

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
	for _, one := range all {
		if at := one.Reached; at != nil {
			fmt.Fprintf(screen, "\n%s: all that was recorded up to run %d of %s is what it was at the checkpoint.\n", one.List, at.Run, at.RecordedAt.Format(time.RFC3339))
		}
		if at := one.Checkpoint; at != nil {
			table.Add(one.List, at.Digest, fmt.Sprint(at.Run), at.RecordedAt.Format(time.RFC3339))
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

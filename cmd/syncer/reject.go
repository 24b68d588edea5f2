package main

import (
	"errors"
	"fmt"
	"time"
)

// rejectCommand is `syncer reject`.
type rejectCommand struct {
	decision `embed:""`
}

// Help is the longer text of `syncer reject --help`.
func (rejectCommand) Help() string {
	return `Decides that held snapshots never become part of history. Their pages, the reason and the name stay.`
}

// Run rejects.
func (c *rejectCommand) Run(s *session) error {
	at, err := c.moment()
	if err != nil {
		return err
	}
	return s.eachOpen([]string{c.List}, func(list openList) error {
		moments, err := list.runner.Reject(s.ctx, list.List, at, s.decided(c.Actor, c.Reason))
		if c.JSON {
			return errors.Join(err, s.showJSON(append([]time.Time{}, moments...)))
		}
		for _, moment := range moments {
			fmt.Fprintf(s.screen, "%s: rejected the snapshot of %s\n", list.ID, moment.Format(time.RFC3339Nano))
		}
		return err
	})
}

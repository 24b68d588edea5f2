package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/disk"
	"syncer/cmd/syncer/pipeline"
	"syncer/cmd/syncer/terminal"
	"syncer/ingest"
	"syncer/monitor"
	"syncer/store"
	"syncer/store/outbox"
	"syncer/store/report"
)

// statusCommand is `syncer status`.
type statusCommand struct {
	JSON bool `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer status --help`.
func (statusCommand) Help() string {
	return `Shows how far each list can be trusted now, as bi.freshness does and the daemon's page. fresh: the newest run is in history. late: nothing came for longer than stale_after, or for two due times. failed: the newest run failed, history is as before. held: a newer snapshot waits for syncer accept or reject. never: nothing was read yet.`
}

// statusLine is one list as --json writes it.
type statusLine struct {
	report.Freshness
	AgeSeconds int64     `json:"age_seconds"` // of the newest snapshot; 0 where there is none
	NextDue    time.Time `json:"next_due,omitzero"`
	Stale      bool      `json:"stale"` // what is expected did not come
	Held       int       `json:"held"`  // snapshots that wait
	Missing    int       `json:"missing"`
	Configured bool      `json:"configured"`
	// EvidencePaused is why pages of any list are not kept now, a place each.
	EvidencePaused []string `json:"evidence_paused,omitempty"`
}

// Run shows the state of every list.
func (c *statusCommand) Run(s *session) error {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	return s.look(func(opened *store.Store, zone *time.Location) error {
		lists, err := s.listStates(opened, loaded)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.showJSON(statusLines(lists, s.paused(loaded)))
		}
		figures, err := opened.Outbox.Figures(s.ctx)
		if err != nil {
			return err
		}
		return errors.Join(showStatus(s.screen, lists, s.Now(), zone), showPaused(s.screen, s.paused(loaded)), showWaiting(s.screen, figures))
	})
}

// listStates are the configured lists and those that only the database knows.
func (s *session) listStates(opened *store.Store, loaded *config.Config) ([]monitor.ListStatus, error) {
	fresh, err := opened.Report.Freshness(s.ctx)
	if err != nil {
		return nil, err
	}
	figures, err := opened.Report.Figures(s.ctx)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	return monitor.Judge(pipeline.Watched(loaded), monitor.Facts{Freshness: fresh, Figures: figures}, now, now), nil
}

func statusLines(lists []monitor.ListStatus, paused ingest.Paused) []statusLine {
	lines := make([]statusLine, len(lists))
	for i, l := range lists {
		lines[i] = statusLine{
			Freshness: l.Freshness, AgeSeconds: int64(l.Age.Seconds()), NextDue: l.Next, Stale: l.Stale,
			Held: l.Held, Missing: l.Missing, Configured: l.Configured,
			EvidencePaused: reasons(paused),
		}
	}
	return lines
}

func showStatus(screen terminal.Screen, lists []monitor.ListStatus, now time.Time, zone *time.Location) error {
	table := terminal.Table{Head: []string{"LIST", "STATE", "SNAPSHOT", "AGE", "NEXT DUE", "ENTRIES", "HELD", "LAST RUN", "WHY"}, Right: []int{3, 4, 5, 6}}
	for _, list := range lists {
		age := "-"
		if !list.LastSnapshotAt.IsZero() {
			age = monitor.Ago(list.Age)
		}
		table.Add(list.List.String(), list.State, terminal.Moment(&list.LastSnapshotAt, zone), age, nextDue(list, now),
			terminal.Count(list.Entries), terminal.Count(list.Held), terminal.Dash(list.LastOutcome), list.Why())
		table.Rows[len(table.Rows)-1][1].Style = stateStyle(list.State)
	}
	return table.Show(screen)
}

// paused measures the disks of a configuration for a command that only looks.
func (s *session) paused(loaded *config.Config) ingest.Paused {
	return disk.New(loaded, disk.Options{Now: s.Now, Log: slog.New(slog.DiscardHandler)}).Paused()
}

// showPaused shows where evidence is paused.
func showPaused(screen terminal.Screen, paused ingest.Paused) (err error) {
	for _, reason := range reasons(paused) {
		_, wrote := fmt.Fprintf(screen, "\n%s %s\n", screen.Paint(terminal.Bad, "evidence is paused:"), terminal.Clean(reason))
		err = errors.Join(err, wrote)
	}
	return err
}

// reasons are why evidence is paused, of each place where it is.
func reasons(paused ingest.Paused) []string {
	return slices.DeleteFunc([]string{paused.Pages, paused.Mirror}, func(reason string) bool { return reason == "" })
}

// showWaiting is a line for each webhook that messages could not be delivered
// to; nothing where all is well.
func showWaiting(screen terminal.Screen, figures []outbox.Figures) (err error) {
	for _, webhook := range figures {
		if webhook.Parked == 0 && webhook.Pending == 0 {
			continue
		}
		style, text := terminal.Warn, fmt.Sprintf("%d wait to be sent, the oldest for %s", webhook.Pending, monitor.Ago(webhook.Oldest))
		if webhook.Parked > 0 {
			style, text = terminal.Bad, fmt.Sprintf("%d given up (syncer notify retry %s), %d wait to be sent", webhook.Parked, webhook.Webhook, webhook.Pending)
		}
		_, wrote := fmt.Fprintf(screen, "\nnotifications for %s: %s; see syncer notify list\n", webhook.Webhook, screen.Paint(style, text))
		err = errors.Join(err, wrote)
	}
	return err
}

func nextDue(list monitor.ListStatus, now time.Time) string {
	switch {
	case !list.Configured:
		return "unconfigured"
	case list.Next.IsZero():
		return "by hand"
	}
	return fmt.Sprintf("in %s", monitor.Ago(list.Next.Sub(now)))
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

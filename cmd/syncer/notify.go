package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/cmd/syncer/terminal"
	"syncer/notify"
	"syncer/store"
	"syncer/store/outbox"
)

// notifyCommand is `syncer notify`.
type notifyCommand struct {
	Test  notifyTest  `cmd:"" help:"Send a signed test message now and show what the receiver says."`
	List  notifyList  `cmd:"" help:"Show what waits to be sent, what was given up, and the newest that was sent."`
	Retry notifyRetry `cmd:"" help:"Have given up (parked) messages sent again."`
}

type (
	notifyTest struct {
		Webhooks []string `arg:"" optional:"" name:"webhook" help:"Names of webhooks (default: all that are configured)."`
		JSON     bool     `help:"Write JSON." name:"json"`
	}
	notifyList struct {
		Most int  `help:"Show at most so many." default:"50"`
		JSON bool `help:"Write JSON." name:"json"`
	}
	notifyRetry struct {
		Webhook string `arg:"" optional:"" help:"The name of a webhook, also of one that is no longer configured (default: all)."`
	}
)

// Help is the longer text of `syncer notify test --help`.
func (notifyTest) Help() string {
	return `Each webhook gets one message of type "test", signed with its secret like every other; nothing is stored and no database is needed. Exits with 1 unless all answered with 2xx.`
}

// Help is the longer text of `syncer notify list --help`.
func (notifyList) Help() string {
	return `pending waits to be sent, at once or again after a failure; collecting waits for the next digest, of which it is gathered a part; parked was given up after 24 tries or a 410 and waits for syncer notify retry; delivered is kept for 30 days.`
}

// testLine is what came of one test, as --json writes it.
type testLine struct {
	Webhook string `json:"webhook"`
	Host    string `json:"host"`
	Arrived bool   `json:"arrived"`
	Status  int    `json:"status,omitempty"`
	Answer  string `json:"answer,omitempty"` // the beginning of what the receiver said
	Error   string `json:"error,omitempty"`
}

// Run sends a test to each webhook.
func (c notifyTest) Run(s *session) error {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	chosen, err := selectWebhooks(loaded, c.Webhooks)
	if err != nil {
		return err
	}
	var lines []testLine
	var end error
	for _, webhook := range chosen {
		line := s.testWebhook(webhook, loaded.Notifications.PageURL)
		if !line.Arrived {
			end = errShown
		}
		lines = append(lines, line)
	}
	return errors.Join(c.show(s, lines), end)
}

func selectWebhooks(loaded *config.Config, names []string) ([]config.Webhook, error) {
	all := loaded.Notifications.Webhooks
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no webhook is configured; see notifications", loaded.Path)
	}
	if err := knownWebhooks(loaded.Path, loaded.Notifications.Names(), names...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(webhook config.Webhook) bool {
		return len(names) > 0 && !slices.Contains(names, webhook.Name)
	}), nil
}

// knownWebhooks wants every name to be one of those that are known.
func knownWebhooks(from string, known []string, names ...string) error {
	for _, name := range names {
		if !slices.Contains(known, name) {
			return usageError{fmt.Errorf("webhook %s is not configured; %s has: %s", name, from, strings.Join(known, ", "))}
		}
	}
	return nil
}

func (s *session) testWebhook(configured config.Webhook, pageURL string) testLine {
	line := testLine{Webhook: configured.Name}
	webhook, err := pipeline.Webhook(configured, s.Lookup)
	if err != nil {
		line.Error = err.Error()
		return line
	}
	line.Host = webhook.Host()
	now := s.Now()
	body, err := notify.TestBody(configured.Name, pageURL, now)
	if err == nil {
		var answer notify.Answer
		if answer, err = webhook.Send(s.ctx, fmt.Sprintf("msg_test_%d", now.UnixMicro()), now, body); err == nil {
			line.Arrived, line.Status, line.Answer = answer.Arrived(), answer.Status, answer.Body
			return line
		}
	}
	line.Error = err.Error()
	return line
}

func (c notifyTest) show(s *session, lines []testLine) error {
	if c.JSON {
		return s.showJSON(lines)
	}
	table := terminal.Table{Head: []string{"WEBHOOK", "HOST", "RESULT", "STATUS", "ANSWER"}, Right: []int{3}}
	for _, line := range lines {
		result, style, status := "arrived", terminal.Good, "-"
		if !line.Arrived {
			result, style = "failed", terminal.Bad
		}
		if line.Status != 0 {
			status = fmt.Sprint(line.Status)
		}
		table.Add(line.Webhook, terminal.Dash(line.Host), result, status, line.Answer+line.Error)
		table.Rows[len(table.Rows)-1][2].Style = style
	}
	return table.Show(s.screen)
}

// Run shows the outbox.
func (c notifyList) Run(s *session) error {
	return s.look(func(opened *store.Store, zone *time.Location) error {
		rows, err := opened.Outbox.Rows(s.ctx, c.Most)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.showJSON(rows)
		}
		if len(rows) == 0 {
			_, err := fmt.Fprintln(s.screen, "Nothing waits, and nothing was sent in the last 30 days.")
			return err
		}
		return showOutbox(s.screen, rows, zone)
	})
}

func showOutbox(screen terminal.Screen, rows []outbox.Row, zone *time.Location) error {
	table := terminal.Table{Head: []string{"STATE", "WEBHOOK", "RULE", "KIND", "LIST", "SINCE", "DUE", "TRIES", "WHY"}, Right: []int{7}}
	for _, row := range rows {
		due := row.DueAt
		if !row.EndedAt.IsZero() {
			due = time.Time{}
		}
		table.Add(row.State, row.Webhook, row.Rule, string(row.Kind), terminal.Dash(row.List), terminal.Moment(&row.CreatedAt, zone),
			terminal.Moment(&due, zone), terminal.Count(row.Attempts), row.LastError)
		table.Rows[len(table.Rows)-1][0].Style = outboxStyle(row)
	}
	return table.Show(screen)
}

func outboxStyle(row outbox.Row) terminal.Style {
	switch {
	case row.State == "parked":
		return terminal.Bad
	case row.State == "pending" && row.LastError != "":
		return terminal.Warn
	case row.State == "delivered":
		return terminal.Good
	}
	return terminal.Plain
}

// Run has parked messages sent again.
func (c notifyRetry) Run(s *session) error {
	return s.look(func(opened *store.Store, _ *time.Location) error {
		if err := c.known(s, opened); err != nil {
			return err
		}
		n, err := opened.Outbox.Unpark(s.ctx, c.Webhook)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.screen, "%d parked notifications will be sent again, by syncer serve or the next syncer sync.\n", n)
		return err
	})
}

// known wants the webhook to be configured, or to have messages that wait: those of
// one that was taken out may be sent once it is back.
func (c notifyRetry) known(s *session, opened *store.Store) error {
	if c.Webhook == "" {
		return nil
	}
	figures, err := opened.Outbox.Figures(s.ctx)
	if err != nil {
		return err
	}
	from, known := "the database", []string{}
	if loaded, err := s.config(); err == nil {
		from, known = loaded.Path, loaded.Notifications.Names()
	}
	for _, outbox := range figures {
		if !slices.Contains(known, outbox.Webhook) {
			known = append(known, outbox.Webhook)
		}
	}
	return knownWebhooks(from, known, c.Webhook)
}

package main

import (
	"errors"
	"strings"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
)

// listsCommand is `syncer lists`.
type listsCommand struct {
	Next int  `help:"Show the coming due times, so many of each list." placeholder:"N"`
	JSON bool `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer lists --help`.
func (listsCommand) Help() string {
	return "Reads the configuration only: neither the database nor a provider is asked. --next shows due times in the time zone of each list's schedule; a jitter delays starts, not due times."
}

// listLine is one configured list as --json writes it.
type listLine struct {
	List     string   `json:"list"`
	Provider string   `json:"provider"`
	Schedule string   `json:"schedule,omitempty"`
	Timezone string   `json:"timezone"`
	BaseURL  string   `json:"base_url"`
	Next     []string `json:"next,omitempty"` // RFC 3339
}

// Run shows the configured lists.
func (c *listsCommand) Run(s *session) error {
	if c.Next < 0 || c.Next > mostNext {
		return usageError{errors.New("--next: want a number from 0 to 1000")}
	}
	loaded, err := s.config()
	if err != nil {
		return err
	}
	lines := listLines(loaded, s.Now(), c.Next)
	switch {
	case c.JSON:
		return s.showJSON(lines)
	case c.Next > 0:
		return showNext(s, lines)
	}
	table := terminal.Table{Head: []string{"LIST", "PROVIDER", "SCHEDULE", "TIME ZONE", "ADDRESS"}}
	for _, line := range lines {
		table.Add(line.List, line.Provider, line.schedule(), line.Timezone, strings.TrimPrefix(line.BaseURL, "https://"))
	}
	return table.Show(s.screen)
}

const mostNext = 1000

func (l listLine) schedule() string {
	if l.Schedule == "" {
		return "by hand"
	}
	return l.Schedule
}

// showNext is one line a due time; a list that is read by hand has one, too.
func showNext(s *session, lines []listLine) error {
	table := terminal.Table{Head: []string{"LIST", "SCHEDULE", "TIME ZONE", "DUE"}}
	for _, line := range lines {
		if len(line.Next) == 0 {
			table.Add(line.List, line.schedule(), line.Timezone, "-")
		}
		for _, due := range line.Next {
			table.Add(line.List, line.schedule(), line.Timezone, due)
		}
	}
	return table.Show(s.screen)
}

func listLines(loaded *config.Config, now time.Time, next int) []listLine {
	lines := []listLine{}
	for _, source := range loaded.Sources {
		for _, list := range source.Lists {
			zone := source.Location
			if !list.Times.IsZero() {
				zone = list.Times.Location()
			}
			lines = append(lines, listLine{
				List: list.ID.String(), Provider: source.Provider.Name, Schedule: list.Schedule,
				Timezone: zone.String(), BaseURL: source.BaseURL, Next: dueTimes(list, now, next),
			})
		}
	}
	return lines
}

// dueTimes are the coming due times in the zone of the schedule.
func dueTimes(list config.List, now time.Time, count int) []string {
	var all []string
	for at := list.Times.Next(now); !at.IsZero() && len(all) < count; at = list.Times.Next(at) {
		all = append(all, at.In(list.Times.Location()).Format(time.RFC3339))
	}
	return all
}

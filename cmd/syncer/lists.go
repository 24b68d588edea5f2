package main

import (
	"strings"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
)

// listsCommand is `syncer lists`.
type listsCommand struct {
	JSON bool `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer lists --help`.
func (listsCommand) Help() string {
	return "Reads the configuration only: neither the database nor a provider is asked."
}

// listLine is one configured list as --json writes it.
type listLine struct {
	List     string `json:"list"`
	Provider string `json:"provider"`
	Schedule string `json:"schedule,omitempty"`
	Timezone string `json:"timezone"`
	BaseURL  string `json:"base_url"`
}

// Run shows the configured lists.
func (c *listsCommand) Run(s *session) error {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	lines := listLines(loaded)
	if c.JSON {
		return s.showJSON(lines)
	}
	table := terminal.Table{Head: []string{"LIST", "PROVIDER", "SCHEDULE", "TIME ZONE", "ADDRESS"}}
	for _, line := range lines {
		schedule := line.Schedule
		if schedule == "" {
			schedule = "by hand"
		}
		table.Add(line.List, line.Provider, schedule, line.Timezone, strings.TrimPrefix(line.BaseURL, "https://"))
	}
	return table.Show(s.screen)
}

func listLines(loaded *config.Config) []listLine {
	lines := []listLine{}
	for _, source := range loaded.Sources {
		for _, list := range source.Lists {
			lines = append(lines, listLine{
				List: list.ID.String(), Provider: source.Provider.Name, Schedule: list.Schedule,
				Timezone: source.Location.String(), BaseURL: source.BaseURL,
			})
		}
	}
	return lines
}

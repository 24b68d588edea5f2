package main

import (
	"context"
	"errors"
	"fmt"

	"syncer/cmd/syncer/database"
	"syncer/cmd/syncer/terminal"
	"syncer/store"
)

// migrateCommand is `syncer migrate`.
type migrateCommand struct {
	Up     migrateUp     `cmd:"" default:"withargs" help:"Apply what is missing (the default)."`
	Status migrateStatus `cmd:"" help:"Show every step and whether it is applied."`
	Down   migrateDown   `cmd:"" help:"Take the newest step back. Its tables and what they hold are lost."`
}

type (
	migrateUp     struct{}
	migrateStatus struct {
		JSON bool `help:"Write JSON." name:"json"`
	}
	migrateDown struct {
		Yes bool `help:"Confirm that the newest step's data may be lost."`
	}
)

// migrationLine is one step as --json writes it.
type migrationLine struct {
	Version int64  `json:"version"`
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
}

// Run applies what is missing.
func (migrateUp) Run(s *session) error {
	steps, err := s.migrate(store.Migrate)
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		fmt.Fprintln(s.Stdout, "The schema is up to date.")
	}
	for _, step := range steps {
		fmt.Fprintf(s.Stdout, "applied %d  %s\n", step.Version, step.Name)
	}
	return nil
}

// Run shows every step.
func (c migrateStatus) Run(s *session) error {
	steps, err := s.migrate(store.MigrationStatus)
	if err != nil {
		return err
	}
	lines := make([]migrationLine, len(steps))
	table := terminal.Table{Head: []string{"STEP", "NAME", "APPLIED"}, Right: []int{0}}
	for i, step := range steps {
		lines[i] = migrationLine(step)
		table.Add(fmt.Sprint(step.Version), step.Name, yesNo(step.Applied))
	}
	if c.JSON {
		return s.showJSON(lines)
	}
	return table.Show(s.screen)
}

// Run takes the newest step back.
func (c migrateDown) Run(s *session) error {
	if !c.Yes {
		return usageError{errors.New("migrate down loses what the newest step's tables hold; add --yes if that is meant")}
	}
	steps, err := s.migrate(store.MigrateDown)
	for _, step := range steps {
		fmt.Fprintf(s.Stdout, "took back %d  %s\n", step.Version, step.Name)
	}
	return err
}

// migrate works on the configured database, whatever its schema.
func (s *session) migrate(work func(context.Context, string) ([]store.Migration, error)) (steps []store.Migration, err error) {
	loaded, err := s.config()
	if err != nil {
		return nil, err
	}
	url, stop, err := database.Start(s.ctx, loaded, s.Lookup)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	steps, err = work(s.ctx, url)
	if err != nil {
		err = database.Unreached(loaded, err)
	}
	return steps, err
}

func yesNo(value bool) string {
	if value {
		return "yes"
	}
	return "no"
}

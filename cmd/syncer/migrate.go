package main

import (
	"context"
	"errors"
	"fmt"

	"syncer/cmd/syncer/database"
	"syncer/cmd/syncer/terminal"
	"syncer/store/schema"
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

// migrationLine is a step as --json writes it, or, with version 0, the views.
type migrationLine struct {
	Version int64  `json:"version"`
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
}

// Run applies what is missing.
func (migrateUp) Run(s *session) error {
	done, err := migrated(s, schema.Migrate)
	if err != nil {
		return err
	}
	for _, step := range done.Steps {
		fmt.Fprintf(s.Stdout, "applied %d  %s\n", step.Version, step.Name)
	}
	switch {
	case len(done.Views) > 0:
		fmt.Fprintf(s.Stdout, "installed %d views and functions of schema bi\n", len(done.Views))
	case len(done.Steps) == 0:
		fmt.Fprintln(s.Stdout, "The schema is up to date.")
	}
	return nil
}

// Run shows every step.
func (c migrateStatus) Run(s *session) error {
	state, err := migrated(s, schema.Status)
	if err != nil {
		return err
	}
	lines := make([]migrationLine, len(state.Steps))
	table := terminal.Table{Head: []string{"STEP", "NAME", "APPLIED"}, Right: []int{0}}
	for i, step := range state.Steps {
		lines[i] = migrationLine(step)
		table.Add(fmt.Sprint(step.Version), step.Name, yesNo(step.Applied))
	}
	views := migrationLine{Name: "views of schema bi", Applied: len(state.Views) == 0}
	lines = append(lines, views)
	table.Add("", views.Name, yesNo(views.Applied))
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
	done, err := migrated(s, schema.Down)
	for _, step := range done.Steps {
		fmt.Fprintf(s.Stdout, "took back %d  %s\n", step.Version, step.Name)
	}
	if len(done.Views) > 0 {
		fmt.Fprintf(s.Stdout, "removed %d views and functions of schema bi; migrate up installs them again\n", len(done.Views))
	}
	return err
}

// migrated is what work did to the configured database, or found there, whatever its
// schema.
func migrated[T any](s *session, work func(context.Context, string) (T, error)) (result T, err error) {
	loaded, err := s.config()
	if err != nil {
		return result, err
	}
	url, stop, err := database.Start(s.ctx, loaded, s.Lookup, s.log)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	result, err = work(s.ctx, url)
	if err != nil {
		err = database.Unreached(loaded, err)
	}
	return result, err
}

func yesNo(value bool) string {
	if value {
		return "yes"
	}
	return "no"
}

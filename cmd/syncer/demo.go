package main

import (
	"errors"
	"fmt"

	"syncer/cmd/syncer/demo"
)

// demoCommand is `syncer demo`.
type demoCommand struct {
	Products int   `help:"So many generated products beside the documented ones." default:"300"`
	Seed     int64 `help:"Seed of the generated products." default:"1"`
	Keep     bool  `help:"Keep the database running until interrupted, to look around with psql (a terminal does so by itself)."`
}

// Help is the longer text of `syncer demo --help`.
func (demoCommand) Help() string {
	return `Starts a Postgres of its own and the simulated providers, reads twelve weeks of changing catalogs day by day over HTTP, and shows what came of it. Nothing is left behind.`
}

// Run shows the demo.
func (c *demoCommand) Run(s *session) (err error) {
	d, err := demo.Start(s.ctx, demo.Options{Screen: s.screen, Lookup: s.Lookup, Now: s.Now, Products: c.Products, Seed: c.Seed})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Watch(s.ctx); err != nil {
		return err
	}
	if err := d.Show(s.ctx); err != nil {
		return err
	}
	return c.wait(s)
}

// wait keeps the database for whoever wants to connect.
func (c *demoCommand) wait(s *session) error {
	if !c.Keep && !s.screen.Live {
		_, err := fmt.Fprintln(s.screen, "\n(The database ends with this command; `syncer demo --keep` leaves it running.)")
		return err
	}
	fmt.Fprintln(s.screen, "\nThe database runs until you press Ctrl-C.")
	<-s.ctx.Done()
	return nil
}

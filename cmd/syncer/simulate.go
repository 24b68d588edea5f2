package main

import (
	"fmt"
	"time"

	"syncer/simulate"
)

// simulateCommand is `syncer simulate`.
type simulateCommand struct {
	JSON     bool          `help:"Print one line of JSON: for each provider the fields of its configuration." name:"json"`
	World    int           `help:"Weeks since the world began: catalogs change from week to week." placeholder:"N"`
	Day      time.Duration `help:"Let a day of the world pass in so long a time (default: the world stands still)." placeholder:"DURATION"`
	Products int           `help:"Generated products beside the documented ones, for each provider." placeholder:"N"`
	Seed     int64         `help:"Seed of the generated products." default:"1"`
	Port     int           `help:"Port of the first provider, the others follow (default: free ones)." placeholder:"PORT"`
	Fault    []string      `help:"What goes wrong: PROVIDER:KIND[:OPTION=VALUE...], random or unruly. May be repeated." placeholder:"FAULT" sep:"none"`
}

// Help is the longer text of `syncer simulate --help`.
func (simulateCommand) Help() string {
	return `Serves every provider's API on 127.0.0.1, each on its own port, prints them as sources of a configuration and their credentials as variables for a shell, and goes on until stopped. The credentials open nothing but the simulation.

Examples of faults: iwinv:http500:page=2, iwinv:shrink:fraction=0.1, zstack:expire:after=2. With --fault random, or PROVIDER:random:rate=0.2, one request in ten, or as many as given, meets a fault that passes; with unruly one in fifty meets one that a reader has to refuse or to see through. --seed decides which.`
}

// Run serves until the context ends.
func (c *simulateCommand) Run(s *session) error {
	options, err := c.options(s)
	if err != nil {
		return usageError{err}
	}
	simulation, err := simulate.New(options)
	if err != nil {
		return usageError{err}
	}
	if err := simulation.Start(s.ctx); err != nil {
		return err
	}
	if err := c.announce(s, simulation); err != nil {
		return err
	}
	<-s.ctx.Done()
	return simulation.Close()
}

func (c *simulateCommand) options(s *session) (simulate.Options, error) {
	options := simulate.Options{
		Seed: c.Seed, Products: c.Products, BasePort: c.Port, Now: s.Now,
		At: c.date(s.Now),
	}
	if c.Day < 0 {
		return options, fmt.Errorf("--day: want at least 0s")
	}
	if c.World < 0 || c.Products < 0 || c.Port < 0 {
		return options, fmt.Errorf("--world, --products and --port: want at least 0")
	}
	for _, text := range c.Fault {
		fault, err := simulate.ParseFault(text)
		if err != nil {
			return options, fmt.Errorf("--fault %s: %w", text, err)
		}
		options.Faults = append(options.Faults, fault)
	}
	return options, nil
}

// date is the clock of the simulated world. It moves by whole days, so that
// what a provider shows stands still in between.
func (c *simulateCommand) date(now func() time.Time) func() time.Time {
	first, begun := simulate.WorldStart().AddDate(0, 0, 7*c.World), now()
	return func() time.Time {
		if c.Day <= 0 {
			return first
		}
		return first.AddDate(0, 0, int(now().Sub(begun)/c.Day))
	}
}

func (c *simulateCommand) announce(s *session, simulation *simulate.Simulation) error {
	if c.JSON {
		return announceJSON(s, simulation)
	}
	_, err := fmt.Fprint(s.Stdout, announcement(simulation.Endpoints()))
	return err
}

// announceJSON writes the one line by which a program finds the providers.
func announceJSON(s *session, simulation *simulate.Simulation) error {
	line, err := simulation.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Stdout, "%s\n", line)
	return err
}

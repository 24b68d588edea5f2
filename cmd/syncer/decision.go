package main

import (
	"fmt"
	"os"
	"os/user"
	"time"

	"syncer/store"
)

// decision is what accept and reject take.
type decision struct {
	List   string `arg:"" help:"SOURCE/LIST, such as iwinv/flavors."`
	Time   string `arg:"" optional:"" help:"The held snapshot's moment, as syncer held shows it; without it, all that are newer than history."`
	Reason string `help:"Why; it is kept." required:""`
	Actor  string `help:"Who decides; it is kept (default: the user's name)."`
	JSON   bool   `help:"Write JSON." name:"json"`
}

func (d *decision) moment() (*time.Time, error) {
	if d.Time == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339Nano, d.Time)
	if err != nil {
		return nil, usageError{fmt.Errorf("%q: want a moment such as 2026-01-31T06:00:00Z, as syncer held shows it", d.Time)}
	}
	return &at, nil
}

// decided is who decides and why.
func (s *session) decided(actor, reason string) store.Decision {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if actor == "" {
			actor, _ = s.Lookup(name)
		}
	}
	if actor == "" {
		actor = processUser()
	}
	return store.Decision{Actor: actor, Reason: reason}
}

// processUser is who runs this process, by name or by number.
func processUser() string {
	if me, err := user.Current(); err == nil && me.Username != "" {
		return me.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}

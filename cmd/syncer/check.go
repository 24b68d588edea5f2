package main

import (
	"errors"
	"fmt"
	"strings"

	"syncer/cmd/syncer/doctor"
	"syncer/cmd/syncer/terminal"
)

// checkCommand is `syncer check`.
type checkCommand struct {
	JSON   bool   `help:"Write JSON." name:"json"`
	Quick  bool   `help:"Ask no provider: configuration, secrets, database and disks only."`
	Bundle string `help:"Also write a bug report without secrets, as .tar.gz. It must not exist yet." placeholder:"FILE"`
}

// Help is the longer text of `syncer check --help`.
func (checkCommand) Help() string {
	return `Tries every part and says what to do: configuration, secrets and the modes of their files, the way to each provider (name, connection, certificate), this machine's clock against the provider's, the first page of each list, signed and asked for once, the database (version, schema, rights, clock), disks and schedules. Each line is ok, warn or fail. Exits with 1 if one is fail.

Nothing is written, neither to history nor to the configuration. An embedded database that is not running is started for it and stopped again, as every command does.

--bundle holds versions, the configuration without secrets, what was found here, the last 50 runs, drift and the schema's steps. Read it before you send it.`
}

// Run checks every part and shows what was found.
func (c *checkCommand) Run(s *session) error {
	report := doctor.Check(s.ctx, doctor.Options{
		Path: s.configPath(), Load: s.config, Lookup: s.Lookup, Now: s.Now, Program: build().String(),
		Quick: c.Quick, Gather: c.Bundle != "",
	})
	if err := c.show(s, report); err != nil {
		return err
	}
	if c.Bundle != "" {
		if err := report.WriteBundle(c.Bundle); err != nil {
			return err
		}
		fmt.Fprintf(s.Stderr, "syncer: wrote %s; read it before you send it\n", c.Bundle)
	}
	if report.Count(doctor.Fail) > 0 {
		return errShown
	}
	return nil
}

func (c *checkCommand) show(s *session, report *doctor.Report) error {
	if c.JSON {
		return s.showJSON(report.Findings)
	}
	var err error
	for _, found := range report.Findings {
		err = errors.Join(err, showFinding(s.screen, found))
	}
	_, last := fmt.Fprintf(s.screen, "\n%d ok, %d to look at, %d failed\n",
		report.Count(doctor.OK), report.Count(doctor.Warn), report.Count(doctor.Fail))
	return errors.Join(err, last)
}

func showFinding(screen terminal.Screen, found doctor.Finding) error {
	style := map[doctor.Mark]terminal.Style{doctor.OK: terminal.Good, doctor.Warn: terminal.Warn, doctor.Fail: terminal.Bad}[found.Mark]
	_, err := fmt.Fprintf(screen, "%s  %-13s %s: %s\n", screen.Paint(style, fmt.Sprintf("%-4s", found.Mark)),
		found.Part, terminal.Clean(found.About), cleanLines(found.Text))
	if found.Do != "" {
		_, err = fmt.Fprintf(screen, "      %-13s -> %s\n", "", terminal.Clean(found.Do))
	}
	return err
}

// cleanLines makes a text of several lines, as errors of the configuration
// are, safe to show.
func cleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = terminal.Clean(lines[i])
	}
	return strings.Join(lines, "\n      ")
}

package main

import (
	"errors"
	"fmt"

	"syncer/cmd/syncer/config"
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

// mark is how a part was found.
type mark string

const (
	markOK   mark = "ok"
	markWarn mark = "warn"
	markFail mark = "fail"
)

// finding is one line, as --json writes it.
type finding struct {
	Mark  mark   `json:"result"`
	Part  string `json:"part"`  // configuration, secret, network, clock, list, database, disk or schedule
	About string `json:"about"` // a source, a list, a file or a setting
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"` // what to do about it
}

// checking is a check under way.
type checking struct {
	session  *session
	config   *config.Config // nil when it cannot be read
	findings []finding
	evidence []bundled // what the database told, for the bug report
}

func (c *checking) ok(part, about, text string, args ...any) {
	c.findings = append(c.findings, finding{markOK, part, about, fmt.Sprintf(text, args...), ""})
}

func (c *checking) warn(part, about, do, text string, args ...any) {
	c.findings = append(c.findings, finding{markWarn, part, about, fmt.Sprintf(text, args...), do})
}

func (c *checking) fail(part, about, do string, err error) {
	c.findings = append(c.findings, finding{markFail, part, about, err.Error(), do})
}

// Run checks every part; what one part hides does not keep the others from
// being looked at.
func (c *checkCommand) Run(s *session) error {
	checked := &checking{session: s}
	if checked.configuration() {
		checked.secrets()
		checked.webhooks()
		checked.heartbeat()
		checked.disks()
		checked.schedules()
		checked.database(c.Bundle != "")
		if !c.Quick {
			checked.providers()
		}
	}
	if err := c.show(s, checked); err != nil {
		return err
	}
	if c.Bundle != "" {
		if err := checked.bundle(c.Bundle); err != nil {
			return err
		}
	}
	if checked.count(markFail) > 0 {
		return errShown
	}
	return nil
}

func (c *checking) count(wanted mark) int {
	n := 0
	for _, one := range c.findings {
		if one.Mark == wanted {
			n++
		}
	}
	return n
}

func (c *checkCommand) show(s *session, checked *checking) error {
	if c.JSON {
		return s.showJSON(checked.findings)
	}
	var err error
	for _, one := range checked.findings {
		err = errors.Join(err, showFinding(s.screen, one))
	}
	_, last := fmt.Fprintf(s.screen, "\n%d ok, %d to look at, %d failed\n",
		checked.count(markOK), checked.count(markWarn), checked.count(markFail))
	return errors.Join(err, last)
}

func showFinding(screen terminal.Screen, one finding) error {
	style := map[mark]terminal.Style{markOK: terminal.Good, markWarn: terminal.Warn, markFail: terminal.Bad}[one.Mark]
	_, err := fmt.Fprintf(screen, "%s  %-13s %s: %s\n", screen.Paint(style, fmt.Sprintf("%-4s", one.Mark)),
		one.Part, terminal.Clean(one.About), cleanLines(one.Text))
	if one.Do != "" {
		_, err = fmt.Fprintf(screen, "      %-13s -> %s\n", "", terminal.Clean(one.Do))
	}
	return err
}

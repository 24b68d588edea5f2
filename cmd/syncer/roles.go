package main

import (
	"errors"
	"fmt"
	"io"

	"syncer/cmd/syncer/database"
	"syncer/store/schema"
)

// rolesCommand is `syncer roles`.
type rolesCommand struct {
	Print  bool   `help:"Print the SQL (the default): no configuration is read and nothing is asked." xor:"do"`
	Apply  bool   `help:"Run it on the configured database." xor:"do"`
	Prefix string `help:"How the roles' names begin." default:"syncer"`
}

// Help is the longer text of `syncer roles --help`.
func (rolesCommand) Help() string {
	return `Roles of the database, each with no more than it needs. syncer_owner owns the schema: syncer migrate logs in as it. syncer_writer is for all other commands and the daemon: it inserts, closes and supersedes, and cannot delete history, only pages that evidence.keep gives up. syncer_reader and syncer_contract_reader are for analysts: schema bi only, without and with contracts.

Run it as a superuser, or with CREATEROLE as the owner of the database; and again, syncer_owner is enough then, after every migration. It may be run as often as you like. It sets no passwords.`
}

// Run prints or applies the SQL.
func (c *rolesCommand) Run(s *session) error {
	roles, err := schema.RolesNamed(c.Prefix)
	if err != nil {
		return usageError{err}
	}
	if !c.Apply {
		text, err := roles.SQL(true)
		_, writeErr := io.WriteString(s.Stdout, text)
		return errors.Join(err, writeErr)
	}
	return c.apply(s, roles)
}

func (c *rolesCommand) apply(s *session, roles schema.Roles) (err error) {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	url, stop, err := database.Start(s.ctx, loaded, s.Lookup, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	warnings, err := roles.Apply(s.ctx, url)
	for _, warning := range warnings {
		fmt.Fprintf(s.Stderr, "syncer: %s\n", warning)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Stdout, "%s owns the schema, %s writes, %s reads catalogs, %s contracts too.\n",
		roles.Owner, roles.Writer, roles.Reader, roles.ContractReader)
	return err
}

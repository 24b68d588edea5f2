package main

import (
	"fmt"
	"strings"

	"syncer/cmd/syncer/setup"
)

// initCommand is `syncer init`.
type initCommand struct {
	Providers       []string `arg:"" optional:"" help:"Providers to configure (default: all)."`
	FromEnvironment bool     `help:"Put the credentials that the environment holds into their files."`
}

// Help is the longer text of `syncer init --help`.
func (initCommand) Help() string {
	return `Writes syncer.yaml (or the file of --config) with a comment on every setting, an embedded database, and one placeholder file for each secret, readable by you alone. Put your secrets into those files, then try: syncer migrate, syncer lists. Nothing that exists is overwritten.

What this machine tells is used: its time zone, Postgres' programs or a server that answers on the default socket, and credentials that the environment holds already, as SYNCER_<SOURCE>_<FIELD> or in the variables of the vendors' own tools (NCLOUD_ACCESS_KEY, HUAWEICLOUD_SDK_AK, HW_ACCESS_KEY, SCP_TF_ACCESS_KEY, ZSTACK_ACCOUNT_NAME...). Those are named, never shown, and put into their files with --from-environment. Nobody is asked over the network.

Providers: ` + strings.Join(setup.ProviderNames(), ", ") + "."
}

// Run writes the files.
func (c *initCommand) Run(s *session) error {
	chosen, err := setup.Choose(c.Providers)
	if err != nil {
		return usageError{err}
	}
	path := s.configPath()
	found := setup.LookAround(s.ctx, s.Lookup, chosen)
	files := setup.Files(path, chosen, found)
	if c.FromEnvironment {
		found.Fill(files, path, s.Lookup)
	}
	if err := setup.NoneExists(files); err != nil {
		return err
	}
	if err := found.Show(s.screen); err != nil {
		return err
	}
	for _, file := range files {
		if err := file.Write(); err != nil {
			return err
		}
		fmt.Fprintln(s.Stdout, "wrote", file.Path)
	}
	if found.Offered() > 0 && !c.FromEnvironment {
		fmt.Fprintf(s.Stdout, "\nThe environment holds %d of these secrets. To have them in their files, remove what was written and run: syncer init --from-environment\n", found.Offered())
	}
	_, err = fmt.Fprintf(s.Stdout, "\nPut each secret into its file in %s/, then run: syncer migrate\n", setup.SecretsDir(path))
	return err
}

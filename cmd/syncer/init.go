package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"syncer/cmd/syncer/config"
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

Providers: ` + strings.Join(providerNames(), ", ") + "."
}

// secretsDir holds the secret files, beside the configuration.
const secretsDir = "secrets"

// Run writes the files.
func (c *initCommand) Run(s *session) error {
	chosen, err := chooseProviders(c.Providers)
	if err != nil {
		return usageError{err}
	}
	path := s.path
	if path == "" {
		path = defaultConfig
	}
	found := lookAround(s, chosen)
	files := initFiles(path, chosen, found)
	if c.FromEnvironment {
		found.fill(s, path, files)
	}
	if err := noneExists(files); err != nil {
		return err
	}
	if err := found.show(s); err != nil {
		return err
	}
	for _, file := range files {
		if err := writeNew(file); err != nil {
			return err
		}
		fmt.Fprintln(s.Stdout, "wrote", file.path)
	}
	return c.next(s, path, found)
}

// next says what is left to do.
func (c *initCommand) next(s *session, path string, found surroundings) error {
	dir := filepath.Join(filepath.Dir(path), secretsDir)
	if len(found.secrets) > 0 && !c.FromEnvironment {
		fmt.Fprintf(s.Stdout, "\nThe environment holds %d of these secrets. To have them in their files, remove what was written and run: syncer init --from-environment\n", len(found.secrets))
	}
	_, err := fmt.Fprintf(s.Stdout, "\nPut each secret into its file in %s/, then run: syncer migrate\n", dir)
	return err
}

// fill puts the credentials of the environment in the place of placeholders.
func (f surroundings) fill(s *session, path string, files []newFile) {
	for _, one := range f.secrets {
		value, _ := s.Lookup(one.variable)
		for i := range files {
			if files[i].path == secretPath(path, one.provider, one.field) {
				files[i].text = strings.TrimSpace(value) + "\n"
			}
		}
	}
}

func chooseProviders(names []string) ([]provider, error) {
	all := askable()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []provider
	for _, name := range names {
		found := false
		for _, candidate := range all {
			if candidate.Name == name {
				chosen, found = append(chosen, candidate), true
			}
		}
		if !found {
			return nil, fmt.Errorf("unknown provider %q; want one of %s", name, strings.Join(providerNames(), ", "))
		}
	}
	return chosen, nil
}

type newFile struct{ path, text string }

// initFiles are the secrets first: a configuration that is there has all of
// its files.
func initFiles(path string, chosen []provider, found surroundings) []newFile {
	var files []newFile
	for _, p := range chosen {
		for _, field := range p.Credentials[0] {
			files = append(files, newFile{secretPath(path, p.Name, field), config.Placeholder + "\n"})
		}
	}
	return append(files, newFile{path, configText(chosen, found)})
}

func secretPath(path, provider, field string) string {
	return filepath.Join(filepath.Dir(path), secretsDir, secretName(provider, field))
}

func secretName(provider, field string) string { return provider + "_" + field }

func noneExists(files []newFile) error {
	for _, file := range files {
		if _, err := os.Lstat(file.path); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("init: %s is there already and is not overwritten", file.path)
		}
	}
	return nil
}

func writeNew(file newFile) error {
	if err := os.MkdirAll(filepath.Dir(file.path), 0o700); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	target, err := os.OpenFile(file.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	_, err = target.WriteString(file.text)
	if err := errors.Join(err, target.Close()); err != nil {
		return fmt.Errorf("init: write %s: %w", file.path, err)
	}
	return nil
}

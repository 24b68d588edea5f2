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
	Providers []string `arg:"" optional:"" help:"Providers to configure (default: all)."`
}

// Help is the longer text of `syncer init --help`.
func (initCommand) Help() string {
	return `Writes syncer.yaml (or the file of --config) with a comment on every setting, an embedded database, and one placeholder file for each secret, readable by you alone. Put your secrets into those files, then try: syncer migrate, syncer lists. Nothing that exists is overwritten.

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
	files := initFiles(path, chosen)
	if err := noneExists(files); err != nil {
		return err
	}
	for _, file := range files {
		if err := writeNew(file); err != nil {
			return err
		}
		fmt.Fprintln(s.Stdout, "wrote", file.path)
	}
	fmt.Fprintf(s.Stdout, "\nPut each secret into its file in %s/, then run: syncer migrate\n",
		filepath.Join(filepath.Dir(path), secretsDir))
	return nil
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
func initFiles(path string, chosen []provider) []newFile {
	var files []newFile
	for _, p := range chosen {
		for _, field := range p.Credentials[0] {
			name := filepath.Join(filepath.Dir(path), secretsDir, secretName(p.Name, field))
			files = append(files, newFile{name, config.Placeholder + "\n"})
		}
	}
	return append(files, newFile{path, configText(chosen)})
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

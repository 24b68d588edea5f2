// Package setup proposes a configuration for this machine: it looks at what is
// there, and writes a commented syncer.yaml with a file for each secret. It never
// overwrites one.
package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"syncer/cmd/syncer/config"
	"syncer/fetchers"
)

// secretsDir holds the secret files, beside the configuration.
const secretsDir = "secrets"

// SecretsDir is the folder of the secret files of a configuration.
func SecretsDir(path string) string { return filepath.Join(filepath.Dir(path), secretsDir) }

// File is a file to be written.
type File struct{ Path, Text string }

// Files are the configuration and a placeholder for each secret. The secrets
// come first: a configuration that is there has all of its files.
func Files(path string, chosen []fetchers.Provider, found Machine) []File {
	var files []File
	for _, p := range chosen {
		for _, field := range p.Credentials[0] {
			files = append(files, File{secretPath(path, p.Name, field), config.Placeholder + "\n"})
		}
	}
	return append(files, File{path, configText(chosen, found)})
}

// Fill puts the credentials of the environment in the place of placeholders.
func (m Machine) Fill(files []File, path string, lookup config.Lookup) {
	for _, secret := range m.secrets {
		value, _ := lookup(secret.variable)
		for i := range files {
			if files[i].Path == secretPath(path, secret.provider, secret.field) {
				files[i].Text = strings.TrimSpace(value) + "\n"
			}
		}
	}
}

func secretPath(path, provider, field string) string {
	return filepath.Join(SecretsDir(path), secretName(provider, field))
}

func secretName(provider, field string) string { return provider + "_" + field }

// NoneExists is an error that names the first of the files that is there.
func NoneExists(files []File) error {
	for _, file := range files {
		if _, err := os.Lstat(file.Path); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("init: %s is there already and is not overwritten", file.Path)
		}
	}
	return nil
}

// Write writes a file that is not there yet, readable by its owner alone.
func (f File) Write() error {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	target, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	_, err = target.WriteString(f.Text)
	if err := errors.Join(err, target.Close()); err != nil {
		return fmt.Errorf("init: write %s: %w", f.Path, err)
	}
	return nil
}

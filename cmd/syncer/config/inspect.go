package config

import (
	"errors"
	"io/fs"
	"os"

	"syncer/catalog"
)

// Held says where one secret of a source comes from and whether it can be
// read; the secret itself is not part of it.
type Held struct {
	Field string
	From  string // the environment variable or the file
	Err   error
}

// Secrets are the secrets that the source was given, in the order of their
// fields.
func (s Source) Secrets(lookup Lookup) []Held {
	var all []Held
	for _, field := range credentialFields(s.Provider) {
		held := Held{Field: field}
		if text, _ := lookup(environmentName(s.Name, field)); text != "" {
			held.From = environmentName(s.Name, field)
			_, held.Err = oneLine(text, held.From)
		} else if path, given := s.files[field]; given {
			held.From = path
			_, held.Err = readSecret(path, lookup)
		} else {
			continue
		}
		all = append(all, held)
	}
	return all
}

// From says where the address of the database comes from.
func (d Database) From() string {
	switch {
	case d.Embedded != "":
		return d.Embedded
	case d.urlFile != "":
		return d.urlFile
	case d.url != "":
		return "database.url"
	}
	return "DATABASE_URL"
}

// ErrOthersWrite is a configuration that others than its owner may change.
var ErrOthersWrite = errors.New("others can change it")

// FileModes judges the modes of the configuration file itself.
func (c *Config) FileModes() error {
	info, err := os.Stat(c.Path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&fs.FileMode(0o022) != 0 {
		return ErrOthersWrite
	}
	return nil
}

// RevealAll are the secrets that can be read now, for who has to keep them out
// of a text.
func (s Source) RevealAll(lookup Lookup) []catalog.Secret {
	var all []catalog.Secret
	for _, field := range credentialFields(s.Provider) {
		if secret, err := s.secret(field, lookup); err == nil && !secret.IsZero() {
			all = append(all, secret)
		}
	}
	return all
}

package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"syncer/catalog"
)

// Placeholder is what init writes where a secret must be put; it is refused.
const Placeholder = "put-the-secret-here"

// credentialsPrefix begins the path of a systemd credential
// (systemd.exec(5), LoadCredential=).
const credentialsPrefix = "$CREDENTIALS_DIRECTORY/"

// ErrNoDatabase is returned where neither the file nor DATABASE_URL names one.
var ErrNoDatabase = errors.New("no database: set database in the configuration, or DATABASE_URL")

// Database says where history is kept.
type Database struct {
	// Embedded is the folder of a Postgres of our own; "" for a server.
	Embedded string
	// ExecMode is how statements are sent, one of postgres.ExecModes; "" is the
	// default.
	ExecMode string

	url     string
	urlFile string
}

// URL is the address of the server, a secret because it may hold a password.
// It is zero when the database is embedded.
func (d Database) URL(lookup Lookup) (catalog.Secret, error) {
	switch {
	case d.Embedded != "":
		return catalog.Secret{}, nil
	case d.urlFile != "":
		secret, err := readSecret(d.urlFile, lookup)
		if err != nil {
			return secret, fmt.Errorf("database.url_file: %w", err)
		}
		return secret, nil
	case d.url != "":
		return catalog.NewSecret(d.url), nil
	}
	if url, _ := lookup("DATABASE_URL"); url != "" {
		return catalog.NewSecret(url), nil
	}
	return catalog.Secret{}, ErrNoDatabase
}

// credentials are the files that hold secrets, and what is none.
func (c *checker) credentials(keys []string, provider Provider, nodes map[string]string) (files, plain map[string]string) {
	known := credentialFields(provider)
	files, plain = make(map[string]string, len(nodes)), make(map[string]string)
	for _, name := range sortedKeys(nodes) {
		at := slices.Concat(keys, []string{name})
		field, isFile := strings.CutSuffix(name, "_file")
		switch {
		case slices.Contains(provider.Plain, name) && nodes[name] != "":
			plain[name] = nodes[name]
		case !isFile && slices.Contains(known, name):
			c.fail(at, "secrets do not stand in this file: use %s_file, or the environment", name)
		case !slices.Contains(known, field) || !isFile:
			c.fail(at, "unknown credential%s", wantOne(name, suffixed(known, "_file")))
		case nodes[name] == "":
			c.fail(at, "want the path of a file")
		default:
			files[field] = c.file(nodes[name])
		}
	}
	return files, plain
}

// credentialFields are all fields of all alternatives, in order, once.
func credentialFields(provider Provider) []string {
	var all []string
	for _, set := range provider.Credentials {
		for _, field := range set {
			if !slices.Contains(all, field) {
				all = append(all, field)
			}
		}
	}
	return all
}

func suffixed(names []string, suffix string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = name + suffix
	}
	return all
}

// Open reads the source's secrets and returns what fetchers need. The
// environment goes before files.
func (s Source) Open(lookup Lookup) (catalog.Source, error) {
	secrets := make(map[string]catalog.Secret)
	for _, field := range credentialFields(s.Provider) {
		secret, err := s.secret(field, lookup)
		if err != nil {
			return catalog.Source{}, fmt.Errorf("source %s: %s: %w", s.Name, field, err)
		}
		if !secret.IsZero() {
			secrets[field] = secret
		}
	}
	if err := s.enough(secrets); err != nil {
		return catalog.Source{}, err
	}
	roots, err := rootsIn(s.CAFile)
	if err != nil {
		return catalog.Source{}, fmt.Errorf("source %s: ca_file: %w", s.Name, err)
	}
	opened := s.opened(secrets)
	opened.Roots = roots
	return opened, nil
}

func (s Source) opened(secrets map[string]catalog.Secret) catalog.Source {
	lists := make([]string, len(s.Lists))
	for i, list := range s.Lists {
		lists[i] = list.ID.Name
	}
	return catalog.Source{
		Name: s.Name, Provider: s.Provider.Name, BaseURL: s.BaseURL, InsecureHTTP: s.InsecureHTTP,
		Credentials: secrets, Options: maps.Clone(s.Options), Location: s.Location, Lists: lists,
	}
}

// rootsIn are the certificates of a ca_file; nil without one.
func rootsIn(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: holds no certificate in PEM form", path)
	}
	return roots, nil
}

// Offline returns the source for reading stored pages only: where its secrets
// cannot be read, made up ones stand in their place, which open nothing.
func (s Source) Offline(lookup Lookup) catalog.Source {
	if opened, err := s.Open(lookup); err == nil {
		return opened
	}
	madeUp := make(map[string]catalog.Secret)
	if len(s.Provider.Credentials) > 0 {
		for _, field := range s.Provider.Credentials[0] {
			madeUp[field] = catalog.NewSecret("offline")
		}
	}
	return s.opened(madeUp)
}

func (s Source) secret(field string, lookup Lookup) (catalog.Secret, error) {
	if text, _ := lookup(environmentName(s.Name, field)); text != "" {
		return oneLine(text, environmentName(s.Name, field))
	}
	if text, given := s.plain[field]; given {
		return catalog.NewSecret(text), nil
	}
	if path, given := s.files[field]; given {
		return readSecret(path, lookup)
	}
	return catalog.Secret{}, nil
}

// enough wants one of the provider's alternatives to be complete.
func (s Source) enough(secrets map[string]catalog.Secret) error {
	var ways []string
	for _, set := range s.Provider.Credentials {
		missing := slices.DeleteFunc(slices.Clone(set), func(field string) bool { return !secrets[field].IsZero() })
		if len(missing) == 0 {
			return nil
		}
		ways = append(ways, strings.Join(set, " and "))
	}
	if len(ways) == 0 {
		return nil
	}
	first := s.Provider.Credentials[0][0]
	return fmt.Errorf("source %s: no credentials: want %s; name files under credentials (%s_file: PATH) or set %s",
		s.Name, strings.Join(ways, ", or "), first, environmentName(s.Name, first))
}

// environmentName is SYNCER_<SOURCE>_<FIELD>.
func environmentName(source, field string) string {
	return strings.ToUpper(strings.ReplaceAll("syncer_"+source+"_"+field, "-", "_"))
}

const maxSecretBytes = 64 << 10

// readSecret reads a file that nobody else can read. Below $CREDENTIALS_DIRECTORY
// the group may: systemd gives access by ACL, whose mask shows as the group's bits.
func readSecret(path string, lookup Lookup) (catalog.Secret, error) {
	name, below := strings.CutPrefix(path, credentialsPrefix)
	if below {
		dir, _ := lookup("CREDENTIALS_DIRECTORY")
		if dir == "" {
			return catalog.Secret{}, fmt.Errorf("%s: CREDENTIALS_DIRECTORY is not set; systemd sets it for LoadCredential=", path)
		}
		path = filepath.Join(dir, name)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return catalog.Secret{}, err
	case !info.Mode().IsRegular() || info.Size() > maxSecretBytes:
		return catalog.Secret{}, fmt.Errorf("%s: want a small file", path)
	case info.Mode().Perm()&0o007 != 0, !below && info.Mode().Perm()&0o070 != 0 && !forOwnGroup(info):
		return catalog.Secret{}, fmt.Errorf("%s: others can read it (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return catalog.Secret{}, err
	}
	return oneLine(string(text), path)
}

// forOwnGroup reports a file that its group may read and no more, where that is this
// process's own: so root, or a container's volume, hands a secret to a daemon that
// does not own the file. A file that its owner wrote for itself needs no group.
func forOwnGroup(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(owner.Gid) != os.Getegid() || info.Mode().Perm()&0o030 != 0 {
		return false
	}
	return info.Mode().Perm()&0o200 == 0 || int(owner.Uid) != os.Geteuid()
}

func oneLine(text, from string) (catalog.Secret, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return catalog.Secret{}, fmt.Errorf("%s: is empty", from)
	case text == Placeholder:
		return catalog.Secret{}, fmt.Errorf("%s: still holds the placeholder; put the secret there", from)
	case strings.ContainsAny(text, "\r\n\x00"):
		return catalog.Secret{}, fmt.Errorf("%s: want one line", from)
	}
	return catalog.NewSecret(text), nil
}

// Package bi holds schema bi: one SQL file for each view and function, with the
// audience that may read it, its definition, and a comment on it and on every
// column. These files are the only place to edit a view. They are plain SQL that
// psql runs too, and "syncer migrate" installs them after the tables' migrations
// (see store/schema).
package bi

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// FS holds the files, named after the view or function that each defines.
//
//go:embed *.sql
var FS embed.FS

// Audience says who may read a view or call a function.
type Audience string

// The audiences: every reader of catalogs, or only who may see contracts too; and
// whoever asks, for a function that reads nothing and that views call: a view calls
// it as the role that asks, which may have been granted no more than the view.
const (
	Everybody Audience = "everybody"
	Contracts Audience = "contracts"
	Anybody   Audience = "anybody"
)

// Kind is the word by which SQL names an object's kind.
type Kind string

// The kinds of objects.
const (
	View     Kind = "VIEW"
	Function Kind = "FUNCTION"
)

// Object is a view or function of schema bi.
type Object struct {
	Name     string // without the schema; unique among views and functions together
	Kind     Kind
	Audience Audience
	// Uses are the names of the other objects that its definition names, sorted.
	Uses []string
	// SQL is the file: CREATE OR REPLACE and the comments. It may be run again.
	SQL string
}

// Checksum identifies the object's file: the SHA-256 of its text, in hex.
func (o Object) Checksum() string {
	sum := sha256.Sum256([]byte(o.SQL))
	return hex.EncodeToString(sum[:])
}

// Objects returns the views and functions of this binary, each after all that it
// uses. The slice is shared: it is not to be changed.
func Objects() ([]Object, error) { return embedded() }

// embedded reads the files once: what is built into a program does not change, and
// a daemon compares it with the database whenever it is asked whether it is ready.
var embedded = sync.OnceValues(func() ([]Object, error) { return Read(FS) })

// Read returns the views and functions that the SQL files of a folder define, each
// after all that it uses. The error names the file that is not as Object says.
func Read(folder fs.FS) ([]Object, error) {
	names, err := fs.Glob(folder, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	byName := map[string]Object{}
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, fmt.Errorf("read view: %w", err)
		}
		object, err := parse(strings.TrimSuffix(path.Base(name), ".sql"), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		byName[object.Name] = object
	}
	return inOrder(byName)
}

var (
	audienceLine = regexp.MustCompile(`\A-- audience: (\w+)\n`)
	definition   = regexp.MustCompile(`(?m)^CREATE OR REPLACE (VIEW|FUNCTION) bi\.(\w+)`)
	// silent is text that names nothing: comments and strings.
	silent   = regexp.MustCompile(`--[^\n]*|'(?:[^']|'')*'`)
	mentions = regexp.MustCompile(`\bbi\.(\w+)`)
)

// parse reads one file.
func parse(name, text string) (Object, error) {
	object := Object{Name: name, SQL: text}
	audience := audienceLine.FindStringSubmatch(text)
	if audience == nil {
		return object, fmt.Errorf("want a first line -- audience: %s, or %s", Everybody, Contracts)
	}
	object.Audience = Audience(audience[1])
	if !slices.Contains([]Audience{Everybody, Contracts, Anybody}, object.Audience) {
		return object, fmt.Errorf("audience %s: want %s, %s or %s", object.Audience, Everybody, Contracts, Anybody)
	}
	sql := silent.ReplaceAllString(text, "")
	defined := definition.FindAllStringSubmatch(sql, -1)
	if len(defined) != 1 || defined[0][2] != name {
		return object, fmt.Errorf("want one CREATE OR REPLACE VIEW or FUNCTION, of bi.%s", name)
	}
	object.Kind = Kind(defined[0][1])
	for _, mention := range mentions.FindAllStringSubmatch(sql, -1) {
		if mention[1] != name {
			object.Uses = append(object.Uses, mention[1])
		}
	}
	slices.Sort(object.Uses)
	object.Uses = slices.Compact(object.Uses)
	return object, nil
}

// inOrder sorts objects so that each comes after all that it uses, and otherwise by
// name.
func inOrder(byName map[string]Object) ([]Object, error) {
	const visiting, placed = 1, 2
	state := map[string]int{}
	var ordered []Object
	var place func(name string) error
	place = func(name string) error {
		switch state[name] {
		case placed:
			return nil
		case visiting:
			return fmt.Errorf("bi.%s uses itself, through others", name)
		}
		state[name] = visiting
		for _, used := range byName[name].Uses {
			if _, found := byName[used]; !found {
				return fmt.Errorf("bi.%s uses bi.%s, which no file defines", name, used)
			}
			if err := place(used); err != nil {
				return err
			}
		}
		state[name] = placed
		ordered = append(ordered, byName[name])
		return nil
	}
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := place(name); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}

package web

import (
	"fmt"

	"syncer/catalog"
)

// Document is one answer, JSON or XML, while it is decoded. The first error is
// kept and returned by Err; a getter that fails returns a zero value, so that a
// decoder reads like the list of its fields.
type Document struct {
	root     any
	key      string
	err      error
	unknown  []catalog.Unknown
	seen     map[string]bool // unknown paths that were reported
	warnings []catalog.Warning
	paths    []path // allocated together
	rows     *Rows  // that are read from it; nil: none
	name     string // that its errors begin with; "" for none
}

// Root returns the document's only value.
func (d *Document) Root() Value { return Value{doc: d, value: d.root, present: true} }

// Err returns the first error of any getter.
func (d *Document) Err() error { return d.err }

// Unknown returns the fields and words that were reported, each path once.
func (d *Document) Unknown() []catalog.Unknown { return d.unknown }

// Warnings returns what Warn recorded, in order.
func (d *Document) Warnings() []catalog.Warning { return d.warnings }

// About names the entry that warnings are about from here on.
func (d *Document) About(key string) { d.key = key }

// Warn records a doubt about the entry that is read (Rows), else the one that
// About named.
func (d *Document) Warn(format string, args ...any) {
	key := d.key
	if d.rows != nil && d.rows.reading {
		key = d.rows.key
	}
	d.warnings = append(d.warnings, catalog.Warning{Key: key, Text: fmt.Sprintf(format, args...)})
}

// fail keeps the first error: of the row that is read, else of the document.
func (d *Document) fail(err error) {
	if d.name != "" {
		err = fmt.Errorf("%s: %w", d.name, err)
	}
	first := &d.err
	if d.rows != nil && d.rows.reading {
		first = &d.rows.err
	}
	if *first == nil {
		*first = err
	}
}

func (d *Document) report(kind, path, seen string) {
	id := kind + " " + path
	if kind == "word" {
		id += " " + seen
	}
	if d.seen[id] {
		return
	}
	d.seen[id] = true
	d.unknown = append(d.unknown, catalog.Unknown{Kind: kind, Path: path, Seen: seen})
}

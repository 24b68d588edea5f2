package web

import (
	"syncer/catalog"
)

// Rows are the entries of a page while it is read. A getter that fails while a key
// or a part of an entry is read fails just that: its error sets the part aside,
// and no other row or part knows of it. Errors outside of Add and Read are the
// document's own (Err), which is for a page that is no page of the list.
//
//	rows := web.NewRows(document)
//	for _, value := range envelope.Get("result").Rows() {
//		var object web.Object
//		row := rows.Add(func() string {
//			object = value.Object()
//			return object.Get("flavor_id").Key()
//		})
//		if row == nil {
//			continue // its key cannot be read
//		}
//		row.Read(catalog.FieldsPart, func(entry *catalog.Entry) { entry.Name = object.Get("name").Text() })
//		row.Read(catalog.PricesPart, func(entry *catalog.Entry) { entry.Prices = prices(object.Get("price")) })
//		object.Done()
//	}
//	rows.Into(&decoded)
type Rows struct {
	all      []*Row
	nameless []catalog.SetAside
	// reading is true while a key or a part is read; err is then its first
	// error, and key the entry that warnings are about.
	reading bool
	err     error
	key     string
}

// NewRows returns rows that are read from the documents.
func NewRows(documents ...*Document) *Rows {
	rows := &Rows{}
	for _, document := range documents {
		rows.Join(document, "")
	}
	return rows
}

// Join adds a document that rows are read from, such as the detail of one of them.
// Its errors begin with the name, if there is one: "part 3".
func (r *Rows) Join(document *Document, name string) {
	document.rows, document.name = r, name
}

// All returns the rows that have a key, in order.
func (r *Rows) All() []*Row { return r.all }

// Add takes in the row whose key is read; nil where it cannot be, which makes a
// nameless row.
func (r *Rows) Add(key func() string) *Row {
	name := ""
	if err := r.try("", func() { name = key() }); err != nil {
		r.Nameless(err.Error())
		return nil
	}
	row := &Row{Entry: catalog.Entry{Key: name}, rows: r}
	r.all = append(r.all, row)
	return row
}

// Nameless takes in a row of which not even the key can be read, and why.
func (r *Rows) Nameless(detail string) {
	r.nameless = append(r.nameless, catalog.SetAside{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: detail})
}

// try returns the first error of the getters that read calls.
func (r *Rows) try(key string, read func()) error {
	r.reading, r.err, r.key = true, nil, key
	read()
	r.reading = false
	return r.err
}

// Into adds to a page what the rows say: entries without the parts that are set
// aside, and those parts.
func (r *Rows) Into(decoded *catalog.Decoded) {
	for _, row := range r.all {
		if row.speaks(catalog.FieldsPart) || row.speaks(catalog.PricesPart) {
			decoded.Entries = append(decoded.Entries, row.spoken())
		}
		decoded.SetAside = append(decoded.SetAside, row.aside...)
	}
	decoded.SetAside = append(decoded.SetAside, r.nameless...)
}

// Row is one entry while it is read.
type Row struct {
	Entry catalog.Entry

	rows  *Rows
	aside []catalog.SetAside // at most one for each part
}

// Read reads a part of the entry, or some of it: a part may be read in several
// steps. The first error sets it aside as unreadable.
func (row *Row) Read(part catalog.EntryPart, read func(entry *catalog.Entry)) {
	if err := row.rows.try(row.Entry.Key, func() { read(&row.Entry) }); err != nil {
		row.SetAside(part, catalog.Unreadable, err.Error())
	}
}

// SetAside sets a part of the entry aside, unless it is already.
func (row *Row) SetAside(part catalog.EntryPart, reason catalog.SetAsideReason, detail string) {
	if row.speaks(part) {
		row.aside = append(row.aside, catalog.SetAside{Key: row.Entry.Key, Part: part, Reason: reason, Detail: detail})
	}
}

func (row *Row) speaks(part catalog.EntryPart) bool {
	for _, aside := range row.aside {
		if aside.Part == part {
			return false
		}
	}
	return true
}

// spoken is the entry without the part that is set aside. A contract without
// fields still is one.
func (row *Row) spoken() catalog.Entry {
	entry := row.Entry
	if !row.speaks(catalog.FieldsPart) {
		entry = catalog.Entry{Key: entry.Key, Prices: entry.Prices, Usage: entry.Usage}
		if row.Entry.Contract != nil {
			entry.Contract = &catalog.Contract{}
		}
	}
	if !row.speaks(catalog.PricesPart) {
		entry.Prices = nil
	}
	return entry
}

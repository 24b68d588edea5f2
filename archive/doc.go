// Package archive reads and writes dated raw pages on disk, the form in which
// earlier snapshots are loaded and evidence leaves the database:
//
//	ARCHIVE/2026-01-05T00:00:00Z/page-0001.json
//	ARCHIVE/2026-01-05T00:00:00Z/page-0002.1.json   a page of several parts
//	ARCHIVE/2026-01-05T00:00:00Z/page-0002.2.json
//	ARCHIVE/2026-01-05T00:00:00Z/manifest.json      optional, checked if there
//	ARCHIVE/2026-01-06T00:00:00Z.jsonl              a snapshot as one file of entries
//	ARCHIVE/2026-01-07T00:00:00Z/entries.jsonl      the same within a folder
//
// The name is the RFC 3339 moment at which the list was read, at most to the
// microsecond; 2026-01-05T00-00-00Z and 2026-01-05T000000Z are the same moment
// where a file system refuses colons. Pages are .json, .xml or .jsonl, plain
// or with .gz or .zst. The whole may also be one .tar, .tar.gz, .tgz or
// .tar.zst. Names that begin with a dot are skipped; Hidden lists them.
//
// Nothing is loaded in part: a snapshot whose files leave a doubt carries a
// Problem that names the file, and the others stay usable.
package archive

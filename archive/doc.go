// Package archive reads and writes dated raw pages on disk, the form in which
// earlier snapshots are loaded and evidence leaves the database:
//
//	ARCHIVE/2026-01-05T00:00:00Z/page-0001.json
//	ARCHIVE/2026-01-05T00:00:00Z/page-0002.1.json   a page of several parts
//	ARCHIVE/2026-01-05T00:00:00Z/page-0002.2.json
//	ARCHIVE/2026-01-05T00:00:00Z/manifest.json      optional, checked if there
//
// A folder's name is the RFC 3339 moment at which its list was read, at most
// to the microsecond; 2026-01-05T00-00-00Z is the same moment where a file
// system refuses colons. Pages are .json or .xml, plain or with .gz or .zst.
// The whole may also be one .tar, .tar.gz or .tar.zst. Names that begin with a
// dot are not looked at.
//
// Nothing is loaded in part: a snapshot whose files leave a doubt carries a
// Problem that names the file, and the others stay usable.
package archive

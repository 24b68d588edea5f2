// Package migrations embeds the steps of the tables, as goose files, by subject. A
// file that has been released is never edited: a change is a new file. Views are
// no steps, see package bi.
//
// Numbers begin at 101. Steps 1 to 27 were those of before the first release, and a
// syncer of that time must find this schema newer than its own.
package migrations

import "embed"

// FS holds the goose migrations.
//
//go:embed *.sql
var FS embed.FS

// Package migrations embeds the only schema syncer has, as goose files. A
// file that has landed is never edited: a change is a new file.
package migrations

import "embed"

// FS holds the goose migrations.
//
//go:embed *.sql
var FS embed.FS

// Package terminal shows things to people: tables that stay aligned under
// Korean and Chinese names, a progress line, a step chart of a price, and
// amounts and times as people read them. Machines get --json instead.
package terminal

package main

import (
	"errors"
	"fmt"
	"io"
)

// Exit codes. A run with both failed and held lists exits with failed.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitHeld   = 3
)

// errHeld ends a command whose lists are all well but for some that the guard
// holds. What was held has been shown; nothing more is printed.
var errHeld = errors.New("held")

// errShown ends a command that has already shown what failed.
var errShown = errors.New("failed as shown")

// usageError is a mistake on the command line.
type usageError struct{ err error }

// Error returns the mistake.
func (e usageError) Error() string { return e.err.Error() }

// Unwrap returns the mistake.
func (e usageError) Unwrap() error { return e.err }

// exit prints an error once, as "syncer: ...", and says how the process ends.
func exit(w io.Writer, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errShown):
		return exitFailed
	case errors.Is(err, errHeld):
		return exitHeld
	case errors.As(err, &usage):
		fmt.Fprintf(w, "syncer: %v\nTry: syncer --help\n", err)
		return exitUsage
	}
	fmt.Fprintf(w, "syncer: %v\n", err)
	return exitFailed
}

package pgtemp

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

// TestFullDiskIsRecognized whoever met it: the system, or a program of the server
// in its own words.
func TestFullDiskIsRecognized(t *testing.T) {
	for _, err := range []error{
		fmt.Errorf("remember the port: %w", &os.PathError{Op: "write", Path: "port", Err: syscall.ENOSPC}),
		errors.New(`the server ended at once: FATAL:  could not write lock file "postmaster.pid": No space left on device`),
	} {
		if got := orFull("/data", err); !errors.Is(got, ErrDiskFull) || got.Error() != "the disk of /data is full: make room" {
			t.Errorf("%v: got %v", err, got)
		}
	}
	other := errors.New("the server ended at once: FATAL:  data directory has wrong ownership")
	if got := orFull("/data", other); got != other { //nolint:errorlint // the same error is wanted
		t.Errorf("got %v", got)
	}
	if orFull("/data", nil) != nil {
		t.Error("an error of nothing")
	}
}

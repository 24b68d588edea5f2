package pgtemp

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// ErrDiskFull means that there is no disk space to make or to start a server.
var ErrDiskFull = errors.New("the disk is full")

// diskFullError is the ErrDiskFull of a folder. What the server wrote about it
// is in its log, as far as there was room.
type diskFullError struct{ dir string }

// Error names the folder and what to do.
func (e diskFullError) Error() string { return fmt.Sprintf("the disk of %s is full: make room", e.dir) }

// Is reports whether target is ErrDiskFull.
func (e diskFullError) Is(target error) bool { return target == ErrDiskFull }

// orFull returns the error, or an ErrDiskFull of the folder where that is its
// cause: by the system's error number, or by the words of the server's programs.
func orFull(dir string, err error) error {
	if err == nil || !errors.Is(err, syscall.ENOSPC) && !strings.Contains(strings.ToLower(err.Error()), syscall.ENOSPC.Error()) {
		return err
	}
	return diskFullError{dir}
}

// emptyLogCause is why a server ended that wrote nothing into its log: there may
// have been no room for it.
func emptyLogCause(dir string) error {
	var found syscall.Statfs_t
	if err := syscall.Statfs(dir, &found); err == nil && found.Bavail == 0 {
		return syscall.ENOSPC
	}
	return errors.New("its log is empty")
}

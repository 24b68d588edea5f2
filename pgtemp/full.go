package pgtemp

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// ErrDiskFull says that a server has no room to start or to be made.
var ErrDiskFull = errors.New("the disk is full")

// diskFullError is an ErrDiskFull of a folder. What the server said of it is in
// its log, as far as there was room.
type diskFullError struct{ dir string }

// Error says what to do.
func (e diskFullError) Error() string { return fmt.Sprintf("the disk of %s is full: make room", e.dir) }

// Is makes it an ErrDiskFull.
func (e diskFullError) Is(target error) bool { return target == ErrDiskFull }

// orFull is the error, or that the disk of a folder is full where that is why:
// the system says so, or a program of the server did.
func orFull(dir string, err error) error {
	if err == nil || !errors.Is(err, syscall.ENOSPC) && !strings.Contains(strings.ToLower(err.Error()), syscall.ENOSPC.Error()) {
		return err
	}
	return diskFullError{dir}
}

// silent says why a server ended that had no word in its log: it may have had no
// room for one.
func silent(dir string) error {
	var found syscall.Statfs_t
	if err := syscall.Statfs(dir, &found); err == nil && found.Bavail == 0 {
		return syscall.ENOSPC
	}
	return errors.New("its log is empty")
}

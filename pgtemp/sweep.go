package pgtemp

import (
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// sweep removes temporary folders whose process died without Stop.
func (f folder) sweep(parent string) {
	if parent == "" {
		parent = os.TempDir()
	}
	dirs, _ := filepath.Glob(filepath.Join(parent, tempPrefix+"*")) // fails on a bad pattern only
	for _, dir := range dirs {
		if f.abandoned(dir) {
			removeUnlocked(dir)
		}
	}
}

// abandoned reports whether a folder looks like one of ours, a minute old or
// more: younger ones may be about to take their lock. Folders of other accounts
// are left alone.
func (f folder) abandoned(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil {
		return false
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	lock, err := os.Lstat(filepath.Join(dir, "lock"))
	return ok && owner.Uid == f.uid() && err == nil && lock.Mode().IsRegular() && time.Since(lock.ModTime()) > time.Minute
}

func (f folder) uid() uint32 {
	if f.account != nil {
		return f.account.Uid
	}
	return uint32(os.Geteuid()) //nolint:gosec // a user number is 32 bits
}

// removeUnlocked removes a folder whose lock is free and in which no server
// runs any more.
func removeUnlocked(dir string) {
	lock, err := tryLock(filepath.Join(dir, "lock"))
	if err != nil || lock == nil {
		return
	}
	defer func() { _ = lock.Close() }()
	if _, running := readPostmaster(filepath.Join(dir, "data")); !running {
		_ = os.RemoveAll(dir) // another sweep may have been faster
	}
}

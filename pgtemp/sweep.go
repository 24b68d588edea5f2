package pgtemp

import (
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// sweep removes temporary folders whose process died without Stop.
func (p place) sweep(parent string) {
	if parent == "" {
		parent = os.TempDir()
	}
	dirs, _ := filepath.Glob(filepath.Join(parent, tempPrefix+"*")) // fails on a bad pattern only
	for _, dir := range dirs {
		if p.abandoned(dir) {
			removeUnlocked(dir)
		}
	}
}

// abandoned looks like a folder of ours; young ones may be about to take
// their lock. Other people's folders in a shared place are left alone.
func (p place) abandoned(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil {
		return false
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	lock, err := os.Lstat(filepath.Join(dir, "lock"))
	return ok && owner.Uid == p.uid() && err == nil && lock.Mode().IsRegular() && time.Since(lock.ModTime()) > time.Minute
}

func (p place) uid() uint32 {
	if p.account != nil {
		return p.account.Uid
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

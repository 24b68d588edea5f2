//go:build unix

package main

import "syscall"

// freeBytes is the room that is left to an ordinary user where a folder is.
func freeBytes(dir string) (uint64, error) {
	var found syscall.Statfs_t
	if err := syscall.Statfs(dir, &found); err != nil {
		return 0, err
	}
	return uint64(found.Bavail) * uint64(found.Bsize), nil //nolint:gosec,unconvert // the types differ from system to system; neither is negative
}

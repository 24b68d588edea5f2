//go:build unix

package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Free returns the bytes that are left to an ordinary user on the disk of a
// folder, or, where the folder is not made yet, of the nearest one above it.
func Free(dir string) (uint64, error) {
	var found syscall.Statfs_t
	if err := syscall.Statfs(nearest(dir), &found); err != nil {
		return 0, err
	}
	return uint64(found.Bavail) * uint64(found.Bsize), nil //nolint:gosec,unconvert // the types differ from system to system; neither is negative
}

// nearest is the folder itself, or the one above it in which it will be made.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// Size writes a number of bytes as people read it: 78.4 GB, and 512 MB where
// there is little.
func Size(bytes uint64) string {
	if bytes < 1e9 {
		return fmt.Sprintf("%d MB", bytes/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
}

//go:build unix && !linux

package pgtemp

import "syscall"

// processAttributes have no death signal here: a server that outlives us is
// stopped by the next start on its folder.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

//go:build unix

package main

import "syscall"

// forbidDumps keeps what this process holds in memory, secrets among it, out of core
// dumps and from other processes of the same user. Programs that it starts, such as
// the embedded server, dump no core either. Where the system refuses, there is
// nothing to be done about it.
func forbidDumps() {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	beUndumpable()
}

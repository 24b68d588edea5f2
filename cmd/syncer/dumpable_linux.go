package main

import "syscall"

// beUndumpable is PR_SET_DUMPABLE: a handler of cores (core_pattern with a pipe)
// gets none whatever the limit is, and environment and memory in /proc are root's.
func beUndumpable() {
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0)
}

package pgtemp

import "syscall"

// processAttributes let the kernel stop the server (SIGINT is Postgres's fast
// shutdown) when we die without stopping it.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
}

// Command syncer keeps a truthful, queryable history of what cloud providers
// publish. `syncer --help` lists what it does.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"syncer/cmd/syncer/config"
)

func main() {
	bePrivate()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args[1:], environment{
		Stdout: os.Stdout, Stderr: os.Stderr, Lookup: os.LookupEnv, Now: time.Now,
	})
	stop()
	os.Exit(code)
}

// environment is everything a command takes from outside of its arguments.
type environment struct {
	Stdout, Stderr io.Writer
	Lookup         config.Lookup
	Now            func() time.Time
}

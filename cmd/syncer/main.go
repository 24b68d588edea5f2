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
	_ "time/tzdata" // zones where the machine has none, as in a small container

	"syncer/cmd/syncer/config"
)

func main() {
	forbidDumps()
	ctx, stop := untilSignal(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], environment{
		Stdout: os.Stdout, Stderr: os.Stderr, Lookup: os.LookupEnv, Now: time.Now,
	})
	stop()
	os.Exit(code)
}

// untilSignal ends at the first of some signals; a second one ends the process
// at once. Signals are the system's again before anybody hears of the first: else
// a second that comes at that moment would be lost, as it is with
// signal.NotifyContext.
func untilSignal(parent context.Context, some ...os.Signal) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	came := make(chan os.Signal, 2)
	signal.Notify(came, some...)
	go func() {
		select {
		case <-came:
		case <-ctx.Done():
		}
		signal.Stop(came)
		cancel()
		select {
		case <-came: // the second came before that
			os.Exit(exitFailed)
		default:
		}
	}()
	return ctx, cancel
}

// environment is everything a command takes from outside of its arguments.
type environment struct {
	Stdout, Stderr io.Writer
	Lookup         config.Lookup
	Now            func() time.Time
}

package main

import (
	"context"
	"fmt"

	"github.com/alecthomas/kong"
)

// cli is the command line: one field a command, in the order of the help.
type cli struct {
	Config string `help:"Configuration file (default: ./syncer.yaml)." placeholder:"FILE" short:"c"`

	ShowVersion versionFlag `help:"Print version, commit, Go version and newest schema step." name:"version"`

	Init     initCommand     `cmd:"" group:"start" help:"Write a commented configuration and secret files."`
	Demo     demoCommand     `cmd:"" group:"start" help:"Show weeks of simulated catalogs on a database of its own."`
	Simulate simulateCommand `cmd:"" group:"start" help:"Serve the providers' APIs on this machine, to try things out."`
	Sync     syncCommand     `cmd:"" group:"run" help:"Read lists once, now."`
	Backfill backfillCommand `cmd:"" group:"run" help:"Load dated snapshots of earlier times."`
	Archive  archiveCommand  `cmd:"" group:"run" help:"Write a list's stored pages as an archive that backfill reads."`
	Migrate  migrateCommand  `cmd:"" group:"run" help:"Bring the database's schema up to date, or show or undo it."`
	Export   exportCommand   `cmd:"" group:"look" help:"Write a view of schema bi as CSV or as a workbook."`
	Check    checkCommand    `cmd:"" group:"look" help:"Try every part, read-only, and say what to do."`
	Roles    rolesCommand    `cmd:"" group:"start" help:"Print or make the roles of the database."`
	Serve    serveCommand    `cmd:"" group:"run" help:"Read lists on their schedules, until interrupted."`
	Held     heldCommand     `cmd:"" group:"decide" help:"Show what the guard holds, and why."`
	Accept   acceptCommand   `cmd:"" group:"decide" help:"Make held snapshots part of history."`
	Retract  retractCommand  `cmd:"" group:"decide" help:"Take a snapshot, or what it says of one entry, out of history."`
	Reject   rejectCommand   `cmd:"" group:"decide" help:"Keep held snapshots out of history for good."`
	Verify   verifyCommand   `cmd:"" group:"decide" help:"Prove history from its stored pages, row by row."`
	Rebuild  rebuildCommand  `cmd:"" group:"decide" help:"Write history from its stored pages again."`
	Notify   notifyCommand   `cmd:"" group:"look" help:"Send webhooks a test, or show and send again what waits for them."`
	Status   statusCommand   `cmd:"" group:"look" help:"Show how far each list can be trusted now."`
	Lists    listsCommand    `cmd:"" group:"look" help:"Show the configured lists and their schedules."`
	History  historyCommand  `cmd:"" group:"look" help:"Show all that is known of one product or contract."`
	Changes  changesCommand  `cmd:"" group:"look" help:"Show what changed in prices and statuses."`

	Completion completionCommand `cmd:"" group:"start" help:"Print what lets a shell complete commands and lists."`
	Complete   completeCommand   `cmd:"" hidden:""`
	Version    versionCommand    `cmd:"" hidden:""`
}

const description = `Keeps a truthful, queryable history of what cloud providers publish.

Lists are written SOURCE/LIST, such as iwinv/flavors. Exit codes: 0 all well, 1 failed, 2 wrong usage, 3 held by the guard (1 beats 3).`

func groups() []kong.Group {
	return []kong.Group{
		{Key: "start", Title: "Begin"},
		{Key: "run", Title: "Work"},
		{Key: "decide", Title: "Decide and prove"},
		{Key: "look", Title: "Look"},
	}
}

// helped is how kong's --help leaves run without ending the process.
type helped struct{ code int }

// run parses the arguments, runs one command and returns the exit code.
func run(ctx context.Context, args []string, env environment) (code int) {
	defer func() {
		if reason := recover(); reason != nil {
			done, ok := reason.(helped)
			if !ok {
				panic(reason)
			}
			code = done.code
		}
	}()
	var flags cli
	parser, err := kong.New(&flags, kong.Name("syncer"), kong.Description(description), kong.ExplicitGroups(groups()),
		kong.Writers(env.Stdout, env.Stderr), kong.Exit(func(code int) { panic(helped{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}))
	if err != nil {
		return exit(env.Stderr, fmt.Errorf("build command line: %w", err))
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		return exit(env.Stderr, usageError{err})
	}
	return exit(env.Stderr, command.Run(newSession(ctx, env, flags.Config)))
}

// Command compose says whether a compose file is valid, without an engine.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: compose FILE [NAME=VALUE...]")
		os.Exit(2)
	}
	if err := check(context.Background(), os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// check loads the file as the engine would, with the variables given.
func check(ctx context.Context, file string, variables []string) error {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv(variables))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if _, err := options.LoadProject(ctx); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

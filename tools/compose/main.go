// Command compose says whether a compose file is valid, without an engine.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
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

// check loads the file as the engine would, all profiles, with the variables
// given.
func check(ctx context.Context, file string, variables []string) error {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv(variables), cli.WithProfiles([]string{"*"}))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return errors.Join(missing(project)...)
}

// missing are the files that the services are built and configured from, and
// that are not there.
func missing(project *types.Project) []error {
	var paths []string
	for _, service := range project.Services {
		if service.Build != nil {
			paths = append(paths, filepath.Join(service.Build.Context, service.Build.Dockerfile))
		}
		for _, volume := range service.Volumes {
			if volume.Type == types.VolumeTypeBind && filepath.Ext(volume.Source) != "" {
				paths = append(paths, volume.Source)
			}
		}
	}
	for _, one := range project.Configs {
		paths = append(paths, one.File)
	}
	var all []error
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			all = append(all, err)
		}
	}
	return all
}

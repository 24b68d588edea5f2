package main

import (
	"fmt"

	"github.com/alecthomas/kong"

	"syncer/cmd/syncer/completion"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/setup"
)

// completionCommand is `syncer completion`.
type completionCommand struct {
	Shell string `arg:"" help:"bash, zsh or fish." enum:"bash,zsh,fish"`
}

// Help is the longer text of `syncer completion --help`.
func (completionCommand) Help() string {
	return `Prints a script that lets a shell complete commands, flags, and the lists of the configuration. make install puts them where the shells look; by hand:

bash: source <(syncer completion bash)

zsh: syncer completion zsh > a folder of $fpath, as _syncer

fish: syncer completion fish > ~/.config/fish/completions/syncer.fish`
}

// Run prints the script.
func (c *completionCommand) Run(s *session) error {
	text, err := completion.Script(c.Shell)
	if err != nil {
		return err
	}
	_, err = s.Stdout.Write(text)
	return err
}

// completeCommand is what the scripts call.
type completeCommand struct {
	Words []string `arg:"" optional:"" help:"What was typed after the program's name; the last one is completed."`
}

// Run prints one candidate a line, with a tab before what it means.
func (c *completeCommand) Run(s *session, parsed *kong.Context) error {
	choices := completion.Choices{Lists: s.listsToType, Providers: setup.ProviderNames()}
	for _, candidate := range completion.Candidates(c.Words, parsed.Model.Node, choices) {
		if _, err := fmt.Fprintln(s.Stdout, candidate); err != nil {
			return err
		}
	}
	return nil
}

// listsToType are the sources and lists of a configuration; none where it cannot
// be read.
func (s *session) listsToType(path string) []string {
	if path == "" {
		path = defaultConfig
	}
	loaded, err := config.Load(path, configProviders(), s.Lookup)
	if err != nil {
		return nil
	}
	var names []string
	for _, source := range loaded.Sources {
		names = append(names, source.Name)
		for _, list := range source.Lists {
			names = append(names, list.ID.String())
		}
	}
	return names
}

// Package completion lets a shell complete the program's commands, flags and
// arguments: scripts for the shells, and what they ask the program for.
package completion

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Choices are what arguments may be that the command line itself does not say.
type Choices struct {
	// Lists returns the sources and lists of a configuration; "" is the default
	// one.
	Lists     func(path string) []string
	Providers []string
}

// Script returns the script for bash, zsh or fish.
func Script(shell string) ([]byte, error) {
	name := map[string]string{"bash": "syncer.bash", "zsh": "_syncer", "fish": "syncer.fish"}[shell]
	text, err := scripts.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("completion of %s: %w", shell, err)
	}
	return text, nil
}

// scripts ask the program for what may follow.
//
//go:embed syncer.bash _syncer syncer.fish
var scripts embed.FS

// Candidates returns what the last of the typed words may become, each with a
// tab and its meaning. The words are those after the program's name.
func Candidates(words []string, program *kong.Node, choices Choices) []string {
	typed := typing{words: joined(words), apart: slices.Contains(words, "="), node: program, choices: choices}
	return typed.candidates()
}

// typing is a command line of which the last word is being typed.
type typing struct {
	words   []string
	node    *kong.Node
	choices Choices

	config string // the value of --config
	given  int    // positional arguments before the last word
	only   bool   // after --: no more flags
	apart  bool   // the shell takes words apart at "="
}

// Files lets the shell complete the name of a file.
const Files = ":files"

// joined puts together what bash takes apart at "=": --format, =, csv.
func joined(words []string) []string {
	var all []string
	for _, word := range words {
		if n := len(all); n > 0 && (word == "=" || strings.HasSuffix(all[n-1], "=") && strings.HasPrefix(all[n-1], "--")) {
			all[n-1] += word
			continue
		}
		all = append(all, word)
	}
	if len(all) == 0 {
		return []string{""}
	}
	return all
}

// candidates are what the last word may become, each with a tab and its meaning.
func (t *typing) candidates() []string {
	last := t.words[len(t.words)-1]
	var wants *kong.Flag // the value of which is the last word
	for _, word := range t.words[:len(t.words)-1] {
		wants = t.take(word, wants)
	}
	name, value, assigned := strings.Cut(last, "=")
	switch {
	case wants != nil:
		return matching(last, valuesOf(wants))
	case assigned && !t.only && t.flag(name) != nil:
		values := matching(value, valuesOf(t.flag(name)))
		if t.apart { // the shell has the name already
			return values
		}
		return begun(name+"=", values)
	case strings.HasPrefix(last, "-") && !t.only:
		return matching(last, t.flags())
	}
	return matching(last, t.arguments())
}

// take goes one word on, and returns the flag whose value comes next.
func (t *typing) take(word string, wants *kong.Flag) *kong.Flag {
	name, value, assigned := strings.Cut(word, "=")
	found := t.flag(name)
	switch {
	case wants != nil:
		t.note(wants, word)
	case word == "--":
		t.only = true
	case found != nil && !t.only && assigned:
		t.note(found, value)
	case found != nil && !t.only:
		if !found.IsBool() {
			return found
		}
	case strings.HasPrefix(word, "-") && !t.only: // unknown, or several in one
	case t.child(word) != nil:
		t.node = t.child(word)
	default:
		t.given++
	}
	return nil
}

func (t *typing) note(flag *kong.Flag, value string) {
	if flag.Name == "config" {
		t.config = value
	}
}

func (t *typing) child(name string) *kong.Node {
	for _, child := range t.node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// flag finds --name or its short form, here or at a command above.
func (t *typing) flag(word string) *kong.Flag {
	for node := t.node; node != nil; node = node.Parent {
		for _, flag := range node.Flags {
			if word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short) {
				return flag
			}
		}
	}
	return nil
}

func (t *typing) flags() []string {
	var all []string
	for node := t.node; node != nil; node = node.Parent {
		for _, flag := range node.Flags {
			if !flag.Hidden {
				all = append(all, "--"+flag.Name+"\t"+flag.Help)
			}
		}
	}
	return all
}

// arguments are commands below this one, or what its next argument may be.
func (t *typing) arguments() []string {
	var all []string
	for _, child := range t.node.Children {
		if !child.Hidden {
			all = append(all, child.Name+"\t"+child.Help)
		}
	}
	if len(t.node.Positional) == 0 {
		return all
	}
	next := t.node.Positional[min(t.given, len(t.node.Positional)-1)]
	if t.given >= len(t.node.Positional) && !next.IsSlice() {
		return all
	}
	switch next.Name {
	case "list":
		return append(all, t.lists(next.IsSlice())...)
	case "providers":
		return append(all, t.choices.Providers...)
	case "dir", "archive":
		return append(all, Files)
	}
	return append(all, enumOf(next)...)
}

// lists are the configured ones, and their sources where those stand for all.
func (t *typing) lists(alsoSources bool) []string {
	return slices.DeleteFunc(t.choices.Lists(t.config), func(name string) bool { return !alsoSources && !strings.Contains(name, "/") })
}

// valuesOf are what a flag may be set to.
func valuesOf(flag *kong.Flag) []string {
	switch {
	case flag.Enum != "":
		return enumOf(flag.Value)
	case slices.Contains([]string{"config", "bundle", "output"}, flag.Name):
		return []string{Files}
	}
	return nil
}

func enumOf(value *kong.Value) []string {
	if value.Enum == "" {
		return nil
	}
	return slices.DeleteFunc(value.EnumSlice(), func(word string) bool { return word == "" }) // which stands for left out
}

func begun(with string, values []string) []string {
	for i, value := range values {
		if value != Files {
			values[i] = with + value
		}
	}
	return values
}

// matching are the candidates that begin with what was typed.
func matching(typed string, all []string) []string {
	return slices.DeleteFunc(all, func(word string) bool { return word != Files && !strings.HasPrefix(word, typed) })
}

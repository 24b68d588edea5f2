package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Load reads and checks the file at path. Addresses and options may come from
// the environment instead; secrets are not read.
func Load(path string, providers []Provider, lookup Lookup) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, text, providers, lookup)
}

// Parse checks the text of a configuration; path names it in errors and is
// where relative file names start. The error lists every problem found.
func Parse(path string, text []byte, providers []Provider, lookup Lookup) (*Config, error) {
	where := located{path: path, lines: strings.Split(string(text), "\n"), known: append(fieldNames(), optionNames(providers)...)}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, where.yamlError(err)
	}
	again, err := parser.ParseBytes(text, 0) // hoist takes from it; where keeps the whole
	if err != nil {
		return nil, where.yamlError(err)
	}
	if len(tree.Docs) > 1 {
		return nil, fmt.Errorf("%s: holds %d YAML documents, want one", path, len(tree.Docs))
	}
	where.root = body(tree)
	doc := defaults()
	doc.Doubt.off = switchedOff(body(again), "doubt")
	options, err := hoist(body(again), providers)
	if err == nil {
		err = decode(body(again), &doc)
	}
	if err != nil {
		return nil, where.yamlError(err)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", path, err)
	}
	c := &checker{where: where, providers: providers, dir: filepath.Dir(absolute), hoisted: options, lookup: lookup}
	checked := c.config(path, doc)
	if len(c.problems) > 0 {
		return nil, errors.Join(c.problems...)
	}
	return checked, nil
}

// decode leaves the defaults alone when the file says nothing at all.
func decode(root ast.Node, doc *document) error {
	if root == nil || root.Type() == ast.NullType || root.Type() == ast.CommentType {
		return nil
	}
	return yaml.NodeToValue(root, doc, yaml.Strict())
}

func body(tree *ast.File) ast.Node {
	if len(tree.Docs) == 0 {
		return nil
	}
	return tree.Docs[0].Body
}

var unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)

// yamlError says where the YAML is wrong, in the words of this package.
func (w located) yamlError(err error) error {
	var detailed yaml.Error
	if !errors.As(err, &detailed) || detailed.GetToken() == nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	message := detailed.GetMessage()
	if found := unknownField.FindStringSubmatch(message); found != nil {
		message = fmt.Sprintf("unknown field %q%s", found[1], meant(found[1], w.known))
	}
	return w.at(detailed.GetToken(), plainWords(message))
}

var goType = regexp.MustCompile(`cannot unmarshal (.+?) into Go (?:struct field \S+|value) of type (\S+)`)

// plainWords turns the decoder's talk of Go types into what the file must hold.
func plainWords(message string) string {
	found := goType.FindStringSubmatch(message)
	if strings.HasSuffix(message, "where mapping is expected") {
		return "want a group of settings, each NAME: VALUE"
	}
	if found == nil {
		return message
	}
	want := "a group of settings"
	switch found[2] {
	case "int":
		want = "a whole number"
	case "bool":
		want = "true or false"
	case "string":
		want = "a text"
	}
	return "want " + want
}

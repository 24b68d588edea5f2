package config

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// located knows where settings stand in the file.
type located struct {
	path  string
	lines []string
	root  ast.Node
	known []string // names of all settings, for "did you mean"
}

// problem is an error about the setting at the keys, or about the nearest one
// above it that is there.
func (w located) problem(keys []string, format string, args ...any) error {
	text := withoutUsers(strings.Join(keys, ".") + ": " + fmt.Sprintf(format, args...))
	found := w.key(keys)
	if found == nil {
		return fmt.Errorf("%s: %s", w.path, text)
	}
	return w.at(found, text)
}

// key finds the token of the innermost of the keys that is there.
func (w located) key(keys []string) *token.Token {
	var found *token.Token
	node := w.root
	for _, key := range keys {
		value := child(node, key)
		if value == nil {
			return found
		}
		found, node = value.Key.GetToken(), value.Value
	}
	return found
}

func child(node ast.Node, key string) *ast.MappingValueNode {
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	case *ast.AnchorNode:
		return child(n.Value, key)
	}
	for _, value := range values {
		if value.Key.GetToken().Value == key {
			return value
		}
	}
	return nil
}

// at puts place and excerpt around a text:
//
//	syncer.yaml:7:5: unknown list "flavours"
//	    7 |     flavours: { schedule: "@daily" }
//	      |     ^
func (w located) at(t *token.Token, text string) error {
	text = withoutUsers(text)
	line, column := t.Position.Line, t.Position.Column
	excerpt := ""
	if line >= 1 && line <= len(w.lines) && harmless(w.lines[line-1]) {
		caret := strings.Repeat(" ", max(column-1, 0)) + "^"
		excerpt = fmt.Sprintf("\n  %4d | %s\n       | %s", line, strings.TrimRight(w.lines[line-1], "\r "), caret)
	}
	return fmt.Errorf("%s:%d:%d: %s%s", w.path, line, column, text, excerpt)
}

var (
	plainSetting = regexp.MustCompile(`^\s*["']?[\w-]+["']?\s*:(\s|$)`)
	userInfo     = regexp.MustCompile(`//[^/\s]*@`)
	secretWord   = regexp.MustCompile(`(?i)url|key|secret|pass|pwd|token|credential|auth|account|user`)
)

// harmless says whether a line may be shown. Who mistook the file for the
// place of secrets has one in it: a line that speaks of one, or that does not
// say what it is, stays unseen.
func harmless(line string) bool {
	return plainSetting.MatchString(line) && !secretWord.MatchString(line) && !userInfo.MatchString(line)
}

// withoutUsers hides user and password of every address in a text: values that
// stand in the wrong place are quoted.
func withoutUsers(text string) string { return userInfo.ReplaceAllString(text, "//[redacted]@") }

// meant suggests the known name that is nearest to a mistyped one.
func meant(name string, known []string) string {
	best, distance := "", 3
	for _, candidate := range known {
		if d := edits(name, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

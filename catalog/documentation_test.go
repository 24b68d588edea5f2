package catalog_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

var update = flag.Bool("update", false, "write docs/fields.md from the tables of fields")

const documentation = "../docs/fields.md"

// TestFieldsAreDocumented wants docs/fields.md to say what the tables of fields
// say.
func TestFieldsAreDocumented(t *testing.T) {
	want := fieldsPage()
	if *update {
		if err := os.WriteFile(documentation, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(documentation)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/fields.md: go test ./catalog -update writes it (-want +got):\n%s", diff)
	}
}

func fieldsPage() string {
	var page strings.Builder
	page.WriteString("# What is tracked\n\n" +
		"A version of history begins when any of these fields of an entry changes. This page is\n" +
		"written from `catalog/field.go` by `go test ./catalog -update`, and a test compares it.\n\n" +
		"## An entry\n\n" +
		"| field | of | column | is |\n|---|---|---|---|\n")
	for _, field := range catalog.Fields() {
		kinds := make([]string, len(field.Kinds))
		for i, kind := range field.Kinds {
			kinds[i] = string(kind) + "s"
		}
		column := "tables of its own"
		if field.Column != "" {
			column = "`" + field.Column + "`"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", field.Name, strings.Join(kinds, ", "), column, field.Doc)
	}
	page.WriteString("\nThe key names the entry. Usage figures of contracts are facts beside history: another\n" +
		"figure makes no version. Neither does an attribute that the list's `ignore` names\n" +
		"([operating.md](operating.md#configuration)).\n\n## A price\n\n" +
		"| field | stands in | is |\n|---|---|---|\n")
	for _, field := range catalog.PriceFields() {
		table := "`price_history`: what it comes to"
		if field.Identity {
			table = "`prices`: which price it is"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", field.Name, table, field.Doc)
	}
	return page.String()
}

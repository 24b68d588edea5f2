package bi_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"syncer/bi"
)

func objects(t *testing.T) []bi.Object {
	t.Helper()
	all, err := bi.Objects()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 {
		t.Fatalf("%d views and functions", len(all))
	}
	return all
}

// TestEachComesAfterWhatItUses wants an order in which the files can be run.
func TestEachComesAfterWhatItUses(t *testing.T) {
	placed := map[string]bool{}
	for _, object := range objects(t) {
		for _, used := range object.Uses {
			if !placed[used] {
				t.Errorf("bi.%s comes before bi.%s, which it uses", object.Name, used)
			}
		}
		placed[object.Name] = true
	}
}

// TestNothingAboutContractsIsForEverybody wants whatever uses something about
// contracts to be about contracts too.
func TestNothingAboutContractsIsForEverybody(t *testing.T) {
	for _, name := range everybodys(objects(t)) {
		t.Errorf("bi.%s shows contracts, and everybody may read it", name)
	}
	files := fstest.MapFS{}
	names, err := fs.Glob(bi.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(bi.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	files["commitments_ending.sql"] = &fstest.MapFile{Data: []byte("-- audience: everybody\nCREATE OR REPLACE VIEW bi.commitments_ending AS SELECT * FROM bi.contracts_current;\n")}
	all, err := bi.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	if got := everybodys(all); !slices.Equal(got, []string{"commitments_ending"}) {
		t.Errorf("this test sees %v", got)
	}
}

// countsContracts are views for everybody that read tables of contracts, and why.
var countsContracts = map[string]string{
	"restatements": "how many rows a write replaced and added, of products and contracts together",
}

// everybodys are the objects that show contracts and are not for those only who may
// see them: by what they use, or by the tables that they read.
func everybodys(all []bi.Object) []string {
	var names []string
	audience := map[string]bi.Audience{}
	for _, object := range all {
		audience[object.Name] = object.Audience
		shows := slices.ContainsFunc(object.Uses, func(used string) bool { return audience[used] == bi.Contracts })
		for line := range strings.Lines(object.SQL) {
			definition, _, _ := strings.Cut(line, "--")
			if !strings.HasPrefix(line, "COMMENT ON") && strings.Contains(definition, " contract_") && countsContracts[object.Name] == "" {
				shows = shows || strings.Contains(definition, "FROM contract_") || strings.Contains(definition, "JOIN contract_")
			}
		}
		if shows && object.Audience != bi.Contracts {
			names = append(names, object.Name)
		}
	}
	return names
}

// TestFilesThatAreRefused wants an error that names the file and what is wrong.
func TestFilesThatAreRefused(t *testing.T) {
	const view = "-- audience: everybody\nCREATE OR REPLACE VIEW bi.a AS SELECT 1;\n"
	for want, files := range map[string]map[string]string{
		"a.sql: want a first line -- audience": {"a.sql": "CREATE OR REPLACE VIEW bi.a AS SELECT 1;\n"},
		"a.sql: audience all: want everybody":  {"a.sql": "-- audience: all\nCREATE OR REPLACE VIEW bi.a AS SELECT 1;\n"},
		"b.sql: want one CREATE OR REPLACE":    {"b.sql": view},
		"c.sql: want one CREATE OR REPLACE":    {"c.sql": "-- audience: everybody\nCREATE VIEW bi.c AS SELECT 1;\n"},
		"bi.d uses bi.e, which no file":        {"d.sql": "-- audience: everybody\nCREATE OR REPLACE VIEW bi.d AS SELECT * FROM bi.e;\n"},
		"uses itself": {
			"f.sql": "-- audience: everybody\nCREATE OR REPLACE VIEW bi.f AS SELECT * FROM bi.g;\n",
			"g.sql": "-- audience: everybody\nCREATE OR REPLACE VIEW bi.g AS SELECT * FROM bi.f;\n",
		},
	} {
		folder := fstest.MapFS{}
		for name, text := range files {
			folder[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if _, err := bi.Read(folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
	quiet := fstest.MapFS{"a.sql": {Data: []byte(view + "COMMENT ON VIEW bi.a IS 'see bi.none; it''s'; -- bi.none either\n")}}
	if all, err := bi.Read(quiet); err != nil || len(all) != 1 || len(all[0].Uses) > 0 {
		t.Errorf("got %v, %v", all, err)
	}
}

package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/snapshot"
)

// script is a fetcher whose pages are numbers and whose decoder looks up what
// they mean.
type script []catalog.Decoded

func (s script) List() catalog.List {
	return catalog.List{ID: catalog.ListID{Source: "s", Name: "l"}, Kind: catalog.Products}
}
func (s script) Pages(context.Context) iter.Seq2[catalog.Page, error] { return nil }
func (s script) Decode(p catalog.Page) (catalog.Decoded, error)       { return s[p.Number-1], nil }

func (s script) walk() (*snapshot.Snapshot, error) {
	snapshot := snapshot.New(s)
	for i := range s {
		body := fmt.Appendf(nil, "page %d", i+1)
		if err := snapshot.Add(catalog.Page{Number: i + 1, Parts: []catalog.Part{{Body: body}}}); err != nil {
			return snapshot, err
		}
	}
	return snapshot, snapshot.Complete()
}

func entries(keys ...string) []catalog.Entry {
	var all []catalog.Entry
	for _, key := range keys {
		name, _, _ := strings.Cut(key, ":")
		all = append(all, catalog.Entry{Key: name, Name: key})
	}
	return all
}

func TestSnapshotRefusesWhatIsNoSnapshot(t *testing.T) {
	last := catalog.End{Last: true}
	total := func(n int) catalog.End { return catalog.End{Total: &n} }
	scoped := func(name string, n int) catalog.End { return catalog.End{Scope: name, Total: &n} }
	scopedLast := func(name string, n int) catalog.End { return catalog.End{Scope: name, Total: &n, Last: true} }
	totalLast := func(n int) catalog.End { return catalog.End{Total: &n, Last: true} }
	for name, c := range map[string]struct {
		pages script
		want  error
	}{
		"one page":             {script{{Entries: entries("a", "b"), End: last}}, nil},
		"identical duplicate":  {script{{Entries: entries("a", "b")}, {Entries: entries("b", "c"), End: last}}, nil},
		"repeated page":        {script{{Entries: entries("a")}, {Entries: entries("a"), End: last}}, catalog.ErrRepeated},
		"no last page":         {script{{Entries: entries("a")}}, catalog.ErrIncomplete},
		"page after the last":  {script{{Entries: entries("a"), End: last}, {Entries: entries("b"), End: last}}, catalog.ErrIncomplete},
		"total too large":      {script{{Entries: entries("a"), End: totalLast(2)}}, catalog.ErrIncomplete},
		"total of duplicates":  {script{{Entries: entries("a", "a"), End: totalLast(1)}}, nil},
		"total moves":          {script{{Entries: entries("a"), End: total(2)}, {Entries: entries("b"), End: totalLast(3)}}, catalog.ErrIncomplete},
		"totals by region":     {script{{Entries: entries("a", "b"), End: scoped("KR", 2)}, {Entries: entries("b", "c"), End: scopedLast("US", 2)}}, nil},
		"a region of a region": {script{{Entries: entries("a", "b"), End: scoped("KR", 2)}, {Entries: entries("b"), End: scopedLast("US", 1)}}, nil},
		"one region short":     {script{{Entries: entries("a"), End: scoped("KR", 2)}, {Entries: entries("b"), End: scopedLast("US", 1)}}, catalog.ErrIncomplete},
		"regions interleaved":  {script{{Entries: entries("a"), End: scoped("KR", 2)}, {Entries: entries("b"), End: scoped("US", 1)}, {Entries: entries("c"), End: scopedLast("KR", 2)}}, catalog.ErrIncomplete},
		"empty list":           {script{{End: last}}, nil},
		"empty page at end":    {script{{Entries: entries("a")}, {End: last}}, nil},
		"case makes a new key": {script{{Entries: entries("vm-1", "VM-1", " vm-1 "), End: last}}, nil},
	} {
		if _, err := c.pages.walk(); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestSnapshotYieldsEachEntryOnce(t *testing.T) {
	snapshot, err := script{{Entries: entries("b", "a")}, {Entries: entries("a", "c"), End: catalog.End{Last: true}}}.walk()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for entry, err := range snapshot.Entries(func(key string) bool { return key != "b" }) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, entry.Key)
	}
	if diff := cmp.Diff([]string{"a", "c"}, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if snapshot.Len() != 3 || snapshot.Collapsed() != 1 {
		t.Errorf("%d entries, %d collapsed; want 3 and 1", snapshot.Len(), snapshot.Collapsed())
	}
}

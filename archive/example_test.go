package archive_test

import (
	"fmt"
	"os"
	"time"

	"syncer/archive"
	"syncer/catalog"
)

// A snapshot is written as a folder of pages, and the folder above it is an
// archive that can be opened.
func Example() {
	dir, err := os.MkdirTemp("", "archive")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	takenAt := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)
	err = archive.Write(dir, archive.Content{
		List: catalog.ListID{Source: "iwinv", Name: "zones"}, TakenAt: takenAt, DecoderVersion: 1,
		Pages: func(yield func(catalog.Page, error) bool) {
			yield(catalog.Page{Number: 1, Parts: []catalog.Part{
				{Request: "GET /v1/zones", MediaType: "json", Body: []byte(`{"code":"0x00","result":[]}`)},
			}}, nil)
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	opened, err := archive.Open(dir, takenAt.Add(time.Hour))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer opened.Close()
	for _, snapshot := range opened.Snapshots() {
		fmt.Println(snapshot.Name, snapshot.List, snapshot.Problem)
		for page, err := range snapshot.Pages() {
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println(page.Number, page.Parts[0].Request, string(page.Parts[0].Body))
		}
	}
	// Output:
	// 2026-01-05T00:00:00Z iwinv/zones <nil>
	// 1 GET /v1/zones {"code":"0x00","result":[]}
}

// A name that is no moment is the problem of its snapshot alone.
func ExampleSnapshot_problem() {
	dir, err := os.MkdirTemp("", "archive")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"2026-01-05T00:00:00Z.jsonl", "yesterday.jsonl"} {
		if err := os.WriteFile(dir+"/"+name, []byte(`{"key":"small"}`+"\n"), 0o600); err != nil {
			fmt.Println(err)
			return
		}
	}

	opened, err := archive.Open(dir, time.Date(2026, time.January, 6, 0, 0, 0, 0, time.UTC))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer opened.Close()
	for _, snapshot := range opened.Snapshots() {
		fmt.Println(snapshot.Name+":", snapshot.Problem)
	}
	// Output:
	// yesterday.jsonl: snapshot yesterday.jsonl: name is no RFC 3339 moment; want one such as 2026-01-05T00:00:00Z
	// 2026-01-05T00:00:00Z.jsonl: <nil>
}

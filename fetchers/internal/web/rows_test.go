package web

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

// readShop reads {"rows":[{"id","name","price"}]} and, from a second document,
// {"owner"} of every row.
func readShop(t *testing.T, body, detail string) (catalog.Decoded, error) {
	t.Helper()
	list, err := ParseJSON([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	more, err := ParseJSON([]byte(detail))
	if err != nil {
		t.Fatal(err)
	}
	rows := NewRows(list)
	rows.Join(more, "part 2")
	for _, value := range list.Root().Object().Get("rows").Rows() {
		var object Object
		row := rows.Add(func() string {
			object = value.Object()
			return object.Get("id").Key()
		})
		if row == nil {
			continue
		}
		row.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
			entry.Name = object.Get("name").Text()
			entry.Status = more.Root().Object().Get("owner").OptionalText()
		})
		row.Read(catalog.PricesPart, func(entry *catalog.Entry) {
			if amount := object.Get("price").OptionalAmount(); amount != nil {
				entry.Prices = []catalog.Price{{ListUnitPrice: *amount}}
			}
		})
	}
	var decoded catalog.Decoded
	rows.Into(&decoded)
	return decoded, errors.Join(list.Err(), more.Err())
}

func TestRows(t *testing.T) {
	decoded, err := readShop(t, `{"rows":[{"id":"a","name":"A","price":1},{"id":"b","name":7,"price":2},{"id":"c","name":"C","price":"5,600"},
		{"id":"d","name":null,"price":-1},{"id":"","name":"E"},"f",{"id":"g","name":"G"}]}`, `{"owner":"o"}`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]catalog.SetAside{
		{Key: "b", Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: "rows[1].name: want a text, got 7"},
		{Key: "c", Part: catalog.PricesPart, Reason: catalog.Unreadable, Detail: `rows[2].price: want a number, got "5,600"`},
		{Key: "d", Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: "rows[3].name: want a text, got null"},
		{Key: "d", Part: catalog.PricesPart, Reason: catalog.Unreadable, Detail: "rows[3].price: want an amount of at least 0, got \"-1\""},
		{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: `rows[4].id: want a text that is not empty, got ""`},
		{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: `rows[5]: want an object, got "f"`},
	}, decoded.SetAside); diff != "" {
		t.Error(diff)
	}
	shown := ""
	for _, entry := range decoded.Entries {
		shown += entry.Key + "=" + entry.Name
		if entry.Status != nil {
			shown += " " + *entry.Status
		}
		for _, price := range entry.Prices {
			shown += " " + price.ListUnitPrice.String()
		}
		shown += "; "
	}
	if want := "a=A o 1; b= 2; c=C o; g=G o; "; shown != want {
		t.Errorf("got  %s\nwant %s", shown, want)
	}
}

// TestRowsOfDocuments wants the error of a joined document to name it and to be of
// the row alone.
func TestRowsOfDocuments(t *testing.T) {
	decoded, err := readShop(t, `{"rows":[{"id":"a","name":"A","price":1}]}`, `{"owner":{}}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := decoded.SetAside[0].Detail; got != "part 2: owner: want a text, got an object" || len(decoded.SetAside) != 1 {
		t.Errorf("got %v", decoded.SetAside)
	}
	if _, err := readShop(t, `{"rows":{}}`, `{}`); err == nil || err.Error() != "rows: want a list, got an object" {
		t.Errorf("got error %v", err)
	}
}

func TestRefusedPart(t *testing.T) {
	part, err := RefusedPart(t.Context(), "POST /bills 1,2", &StatusError{Method: "POST", Path: "/bills", Status: 403, Code: "CBC.0151", Message: "no"})
	if err != nil {
		t.Fatal(err)
	}
	got, refused := RefusalIn(part)
	if want := (Refusal{Status: 403, Code: "CBC.0151", Text: "POST /bills: status 403 (CBC.0151): no"}); got != want || !refused {
		t.Errorf("got %v, %t", got, refused)
	}
	if part.Request != "POST /bills 1,2" || part.MediaType != "json" {
		t.Errorf("got %q of %s", part.Request, part.MediaType)
	}
	if _, refused := RefusalIn(catalog.Part{Body: []byte(`{"error_code":"x"}`)}); refused {
		t.Error("an answer passes for a refusal")
	}
	canceled := &TransferError{Class: ClassCanceled, Err: context.Canceled}
	if _, err := RefusedPart(t.Context(), "GET /", canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the error of a walk that is over", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := RefusedPart(ended, "GET /", &StatusError{Status: 500}); err == nil {
		t.Error("a walk that is over goes on")
	}
}

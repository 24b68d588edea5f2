package fetchers_test

import (
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers"
)

// flavors is the fetcher of iwinv/flavors as the index makes it.
func flavors(t *testing.T) catalog.Fetcher {
	t.Helper()
	for _, provider := range fetchers.All() {
		if provider.Name != "iwinv" {
			continue
		}
		made, err := provider.New(catalog.Source{
			Name: "iwinv", Provider: "iwinv", BaseURL: "http://localhost", Location: time.UTC,
			Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret("x"), "secret_key": catalog.NewSecret("x")},
		}, fetchers.Options{Now: func() time.Time { return time.Unix(0, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		return made[0]
	}
	t.Fatal("no iwinv")
	return nil
}

// TestEveryFetcherDecodesEntries wants an entry in the generic form to be the
// provider's own: same key, same digest, so that no version begins where both
// say the same.
func TestEveryFetcherDecodesEntries(t *testing.T) {
	fetcher := flavors(t)
	parts := map[string]string{
		"json": `{"code":"0x00","result":[{"flavor_id":"f","name":"F","status":"available","spec":{"vcpu":2,"memory":4096},"provide":"shared",` +
			`"price":{"full":{"type":"month","KRW":{"price":5600,"vat":560,"total":6160}}}}],"count":1,"total":1}`,
		"jsonl": `{"key":"f","name":"F","status":"available","vcpu":2,"memory_mib":4096,"attributes":{"provide":"shared"},` +
			`"prices":[{"variant":"full","unit":"month","currency":"KRW","amount":5600,"tax":560,"total":6160,"tax_basis":"excluded"}]}`,
	}
	digests := make(map[string]catalog.Digest)
	for mediaType, body := range parts {
		decoded, err := fetcher.Decode(catalog.Page{Number: 1, Parts: []catalog.Part{{MediaType: mediaType, Body: []byte(body)}}})
		if err != nil || len(decoded.Entries) != 1 || !decoded.End.Last {
			t.Fatalf("%s: %+v, %v", mediaType, decoded, err)
		}
		digests[mediaType] = decoded.Entries[0].Digest()
	}
	if digests["json"] != digests["jsonl"] {
		t.Error("the same entry has two digests")
	}
}

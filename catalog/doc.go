// Package catalog holds the words of syncer as types: what a provider
// publishes (Entry, Price, Contract), how it is received (Page, Decoded), who
// reads it (Fetcher), and which fields of an entry are tracked (Fields). It is a
// leaf: every room may import it, it imports no room, and nothing here reads or
// writes anything.
//
// The words, one for each thing, in Go, SQL, logs and docs:
//
//	provider  the cloud
//	source    one configured account or installation of a provider
//	list      one published list of a source, written source/list
//	fetcher   the code that reads one list
//	page      one answer, as received
//	entry     one line of a list: a product or a contract
//	key       the provider's identifier of an entry
//	digest    hash of an entry's canonical content
//	snapshot  a complete list at taken_at
package catalog

package catalog

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// MaxPages bounds a walk, so that a provider that never ends its list does.
const MaxPages = 10_000

// Refusals of a walk that is not a snapshot. None of them can be accepted.
var (
	ErrConflict   = errors.New("same key with other content")
	ErrRepeated   = errors.New("page repeats earlier ones")
	ErrIncomplete = errors.New("walk is not complete")
)

// Part is one answer of a provider. Most pages have one part; a page whose
// rows need further answers (NAVER Cloud list + details) carries them all, so
// that Decode yields whole entries.
type Part struct {
	// Request is what was asked, method and path with query, without host,
	// credentials, signatures or tokens: "GET /v1/flavors?page_no=1".
	Request string
	// MediaType is json, xml or, for a file of entries, jsonl.
	MediaType string
	// Body is the answer after decompression, with the provider's volatile
	// members (requestId...) and all secrets and names of persons blanked.
	Body []byte
}

// Page is one page of a list. Numbers start at 1 and leave no gap, whatever
// the provider's own counting.
type Page struct {
	Number int
	Parts  []Part
}

// End says what a page tells about the length of its list. Live walks and
// backfill decide by it whether a walk is complete.
type End struct {
	// Scope is the part of the list that Total counts, such as one region of
	// several; "" for the whole. The pages of one scope follow each other.
	Scope string
	// Total is the number of distinct keys that the pages of the scope hold,
	// when the provider states it; it must not change between them.
	Total *int
	// Last is true when nothing comes after this page, in any scope.
	Last bool
}

// Unknown is a field or a word that the decoder has never seen. It makes no
// version; it is named once in the log and stands in bi.drift.
type Unknown struct {
	Kind string // "field" or "word"
	Path string // where: result[].spec.cores, or status
	Seen string // the word, or a short excerpt of the field's value
}

// Warning is a doubt about one entry that does not stop the snapshot: a total
// that does not add up is stored as sent and logged.
type Warning struct {
	Key  string
	Text string
}

// Decoded is what a page says.
type Decoded struct {
	Entries []Entry
	// SetAside are the parts of entries of which the page does not speak. An odd
	// row stops no list: an error of Decode is for a page that is no page of it.
	SetAside []SetAside
	// PricesUnread says why the prices of the list could not be had at all, naming
	// the call: no right to ask for them, a billing service that is down. Fields
	// and statuses speak, prices do not. "" where they could be had.
	PricesUnread string
	End          End
	Unknown      []Unknown
	Warnings     []Warning
}

// A Fetcher reads one list of one source.
type Fetcher interface {
	// List describes the list; the answer never changes.
	List() List
	// Pages walks the list from its first page. It yields an error at most
	// once, as the last pair; the pages before it are then to be discarded.
	// It makes no request after the consumer stops, nor ahead of need.
	Pages(ctx context.Context) iter.Seq2[Page, error]
	// Decode is pure: no clock, no network, no state. Prices that the provider
	// dates are all given, past and later ones too, with their dates: which of them
	// are in force is for the moment of the walk to say (Entry.At). Errors name the
	// field: result[3].price.full.KRW: want a number, got "5,600".
	Decode(p Page) (Decoded, error)
}

// DecodeError is a page that cannot be read as its list.
type DecodeError struct {
	List ListID
	Page int
	Err  error
}

// Error reads "iwinv/flavors: decode page 3: ...".
func (e *DecodeError) Error() string {
	return fmt.Sprintf("%s: decode page %d: %v", e.List, e.Page, e.Err)
}

// Unwrap returns the cause.
func (e *DecodeError) Unwrap() error { return e.Err }

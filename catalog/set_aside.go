package catalog

// SetAside is a part of an entry of which a page does not speak: what held of it
// before goes on. A row of which neither part can be read is set aside twice and
// is no entry of the page; of any other the entry holds the part that speaks.
type SetAside struct {
	// Key names the entry; "" where the row's key cannot be read.
	Key    string
	Part   EntryPart
	Reason SetAsideReason
	// Detail says what is wrong and where, as errors do: result[3].price.full.KRW:
	// want a number, got "5,600". Of an incomplete part it names the call.
	Detail string
}

// SetAsideReason says why a part does not speak.
type SetAsideReason string

// The reasons, as they stand in the database.
const (
	Unreadable SetAsideReason = "unreadable" // the decoder refuses what the row says
	Incomplete SetAsideReason = "incomplete" // a detail, an enquiry, a fee was not to be had
	Ambiguous  SetAsideReason = "ambiguous"  // stated twice, with other content
	TooLong    SetAsideReason = "too long"   // a text over its limit
)

// Whole returns an entry's two parts as set aside for one reason.
func Whole(key string, reason SetAsideReason, detail string) []SetAside {
	return []SetAside{{key, FieldsPart, reason, detail}, {key, PricesPart, reason, detail}}
}

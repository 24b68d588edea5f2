package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// PriceIdentity is what makes two prices the same SKU price: everything but
// the amount, the tax and the dates. It is comparable, so it can be a map key;
// RegionID and TierMinimum are "" where a price has none.
type PriceIdentity struct {
	SKUPriceID  string
	Kind        PriceKind
	Variant     string
	Unit        string
	Currency    string
	RegionID    string
	TierMinimum string
}

// Identity returns the identity of the price, with texts as the tables hold them:
// two prices that differ in nothing else would be one there.
func (p *Price) Identity() PriceIdentity {
	id := PriceIdentity{
		SKUPriceID: StoredText(p.SKUPriceID), Kind: p.Kind, Variant: StoredText(p.Variant),
		Unit: StoredText(p.Unit), Currency: p.Currency,
	}
	if p.RegionID != nil {
		id.RegionID = StoredText(*p.RegionID)
	}
	if p.TierMinimum != nil {
		id.TierMinimum = DecimalText(*p.TierMinimum)
	}
	return id
}

// texts are the identity's parts in the order of PriceFields.
func (id *PriceIdentity) texts() [7]string {
	return [...]string{id.SKUPriceID, string(id.Kind), id.Variant, id.Unit, id.Currency, id.RegionID, id.TierMinimum}
}

func (id *PriceIdentity) compare(other *PriceIdentity) int {
	if id.SKUPriceID != other.SKUPriceID { // mostly
		return strings.Compare(id.SKUPriceID, other.SKUPriceID)
	}
	a, b := id.texts(), other.texts()
	return slices.Compare(a[:], b[:])
}

// isCurrencyCode goes by the shape of ISO 4217; which codes exist changes with
// politics, so only the shape is law.
func isCurrencyCode(text string) bool {
	capital := func(letter byte) bool { return 'A' <= letter && letter <= 'Z' }
	return len(text) == 3 && capital(text[0]) && capital(text[1]) && capital(text[2])
}

func validPrices(prices []Price) error {
	ids := make([]PriceIdentity, len(prices))
	for i := range prices {
		id := prices[i].Identity()
		if err := prices[i].validate(); err != nil {
			return fmt.Errorf("price %s/%s/%s: %w", id.Variant, id.Unit, id.Currency, err)
		}
		ids[i] = id
	}
	if twice := firstTwice(ids); twice != nil {
		return fmt.Errorf("price %s/%s/%s: %w", twice.Variant, twice.Unit, twice.Currency, ErrTwice)
	}
	return nil
}

// firstTwice finds an identity that stands twice; most entries have few prices,
// for which a map would cost more than it saves.
func firstTwice(ids []PriceIdentity) *PriceIdentity {
	const few = 8
	if len(ids) <= few {
		for i := range ids {
			if slices.Contains(ids[:i], ids[i]) {
				return &ids[i]
			}
		}
		return nil
	}
	seen := make(map[PriceIdentity]bool, len(ids))
	for i := range ids {
		if seen[ids[i]] {
			return &ids[i]
		}
		seen[ids[i]] = true
	}
	return nil
}

func (p *Price) validate() error {
	switch {
	case p.SKUPriceID == "":
		return fmt.Errorf("sku_price_id: want a text that is not empty")
	case p.Kind != PriceList && p.Kind != PriceContract && p.Kind != PriceFee:
		return fmt.Errorf("price_kind %q: want list, contract or fee", p.Kind)
	case !isCurrencyCode(p.Currency):
		return fmt.Errorf("currency %q: want three capital letters (ISO 4217)", p.Currency)
	case p.TaxBasis != TaxExcluded && p.TaxBasis != TaxIncluded && p.TaxBasis != TaxUnknown:
		return fmt.Errorf("tax_basis %q: want excluded, included or unknown", p.TaxBasis)
	case p.RegionID != nil && *p.RegionID == "":
		return fmt.Errorf("region_id: want nil or a text that is not empty")
	case p.size() > MaxIdentity:
		return fmt.Errorf("what it is a price of: %w of %d bytes: %d", ErrTooLong, MaxIdentity, p.size())
	case negative(&p.ListUnitPrice) || negative(p.TaxAmount) || negative(p.PriceWithTax):
		return fmt.Errorf("want amounts of at least 0, got %s", p.ListUnitPrice)
	}
	return nil
}

// size is the bytes of the texts that tell prices apart, which an index holds.
func (p *Price) size() int {
	size := len(p.SKUPriceID) + len(p.Variant) + len(p.Unit)
	if p.RegionID != nil {
		size += len(*p.RegionID)
	}
	return size
}

func negative(value *decimal.Decimal) bool { return value != nil && value.IsNegative() }

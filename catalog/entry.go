package catalog

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Entry is one line of a list: a product, or a contract when Contract is set.
// Everything in it except Usage is covered by its digest, so a version of
// history begins when any of it changes. What a decoder does not know stays
// out of Entry; it is reported in Decoded.Unknown and kept in the evidence.
type Entry struct {
	// Key is the provider's identifier, byte for byte; never empty.
	Key  string
	Name string
	// Status is the provider's word, as sent; nil when the list states none.
	Status *string
	// Lifecycle is a second status where a provider has both (NAVER Cloud's
	// serverImageLifeCyclePhase); nil elsewhere.
	Lifecycle *string
	// RegionID is FOCUS RegionId; nil when the list states none.
	RegionID *string
	// ZoneStatuses holds the availability zones for which the provider states
	// a status of their own, unique by zone. A zone that is not named has the
	// entry's status. Mere availability in a zone is an attribute instead.
	ZoneStatuses []ZoneStatus
	// Attributes is everything else that is tracked. Lists whose order means
	// nothing are sorted by the decoder.
	Attributes Attributes
	// Sizes where the provider states them.
	VCPU      *decimal.Decimal
	MemoryMiB *decimal.Decimal
	DiskGiB   *decimal.Decimal
	GPUCount  *decimal.Decimal
	// Prices are unique by their identity (Price.Identity) and, as a decoder gives
	// them, by EffectiveFrom: At leaves those that are in force.
	Prices []Price
	// Announced are the prices that the provider dates later than the moment of
	// the walk: facts beside history, as Usage is. Only At sets them.
	Announced []Price
	// Contract is set for entries of contract lists only.
	Contract *Contract
	// Usage figures are facts beside history, never versions of it.
	Usage []Usage
}

// ZoneStatus is the status of an entry in one availability zone.
type ZoneStatus struct {
	Zone   string
	Status string // the provider's word
}

// PriceKind tells what a price is a price of.
type PriceKind string

// List prices are published for everybody, contract prices belong to one
// contract, a fee is what ending a contract would cost today.
const (
	PriceList     PriceKind = "list"
	PriceContract PriceKind = "contract"
	PriceFee      PriceKind = "fee"
)

// TaxBasis says whether ListUnitPrice contains tax. It is never guessed.
type TaxBasis string

// The three tax bases.
const (
	TaxExcluded TaxBasis = "excluded"
	TaxIncluded TaxBasis = "included"
	TaxUnknown  TaxBasis = "unknown"
)

// Price is a FOCUS SkuPrice: an identity and the amount it has now. A price
// that the provider sends as null, or not at all, is no Price; zero is one.
type Price struct {
	// SKUPriceID is FOCUS SkuPriceId, constant over time; where the provider
	// has none: the entry's key, a slash and the variant.
	SKUPriceID string
	Kind       PriceKind
	// Variant is the provider's word: full, partial, MTRAT...; "" for none.
	Variant string
	// Unit is FOCUS PricingUnit, the provider's word: month, day, USAGE_HH...
	Unit string
	// Currency is FOCUS PricingCurrency, ISO 4217.
	Currency string
	// RegionID is set where one entry has prices by region.
	RegionID *string
	// TierMinimum is FOCUS QuantityTierMinimum, exclusive; nil without tiers.
	TierMinimum *decimal.Decimal

	// ListUnitPrice is the base amount as the provider states it.
	ListUnitPrice decimal.Decimal
	// TaxAmount and PriceWithTax are stored as sent, never computed.
	TaxAmount    *decimal.Decimal
	PriceWithTax *decimal.Decimal
	TaxBasis     TaxBasis
	// EffectiveFrom and EffectiveTo are the provider's own dates, if stated.
	EffectiveFrom *time.Time
	EffectiveTo   *time.Time
}

// Contract holds the FOCUS Contract Commitment columns of a contract entry;
// whatever else the provider states is in Entry.Attributes.
type Contract struct {
	ContractID   string // FOCUS ContractId; the provider's, may differ from Key
	ContractType string // FOCUS ContractCommitmentType, the provider's word
	PeriodStart  *time.Time
	PeriodEnd    *time.Time
}

// Usage is one figure about a contract for a span of time.
type Usage struct {
	Name     string // the provider's word: used_time, no_contract_used...
	Resource string // the covered resource, "" for the whole contract
	From, To time.Time
	Quantity decimal.Decimal
	Unit     string // hour, KRW, USD...
}

// ValidateKey refuses a key that names nothing.
func (e *Entry) ValidateKey() error {
	if e.Key == "" || strings.Contains(e.Key, "\x00") {
		return fmt.Errorf("key %q: want a text that is not empty, without U+0000", e.Key)
	}
	return nil
}

// Validate refuses an entry of which anything must not enter history.
func (e *Entry) Validate() error {
	if err := e.ValidateKey(); err != nil {
		return err
	}
	if err := e.ValidatePart(FieldsPart); err != nil {
		return err
	}
	return e.ValidatePart(PricesPart)
}

// ValidatePart refuses a part of an entry that must not enter history. The error
// names the field and wraps ErrTooLong or ErrTwice where that is the reason; the
// caller adds list and page. Prices are those in force (At).
func (e *Entry) ValidatePart(part EntryPart) error {
	if err := e.validatePart(part); err != nil {
		return fmt.Errorf("entry %q: %w", clip(e.Key), err)
	}
	return nil
}

func (e *Entry) validatePart(part EntryPart) error {
	if part == PricesPart {
		return validPrices(e.Prices)
	}
	if e.Contract != nil {
		for i := range fields {
			if field := &fields[i]; !field.In(Contracts) && field.isSet(e) {
				return fmt.Errorf("want a contract without lifecycle, zones and sizes, got %s", field.Name)
			}
		}
	}
	if err := uniqueZones(e.ZoneStatuses); err != nil {
		return err
	}
	return e.shortFields()
}

// Refusals of ValidatePart that have a reason of their own.
var (
	ErrTooLong = errors.New("longer than the limit")
	ErrTwice   = errors.New("stated twice")
)

// Limits of texts in bytes. Those of indexes are what Postgres can take there with
// room to spare (an entry of a btree holds at most 2,704 bytes).
const (
	// MaxKey bounds an entry's key.
	MaxKey = 1000
	// MaxZone bounds the name of a zone.
	MaxZone = 1000
	// MaxIdentity bounds the texts of what a price is, together.
	MaxIdentity = 2300
	// MaxText bounds every other text, and an entry's attributes.
	MaxText = 1 << 20
)

// shortFields refuses texts over their limits.
func (e *Entry) shortFields() error {
	for i := range fields {
		field := &fields[i]
		if field.Part != FieldsPart || e.Contract == nil && !field.In(Products) {
			continue
		}
		size := 0
		switch value := field.At(e).(type) {
		case *string:
			size = len(*value)
		case **string:
			if *value != nil {
				size = len(**value)
			}
		case *Attributes:
			size = len(*value)
		}
		if size > MaxText {
			return fmt.Errorf("%s: %w of %d bytes: %d", field.Name, ErrTooLong, MaxText, size)
		}
	}
	for _, zone := range e.ZoneStatuses {
		if len(zone.Zone) > MaxZone || len(zone.Status) > MaxText {
			return fmt.Errorf("zone %q: %w of %d bytes", clip(zone.Zone), ErrTooLong, MaxZone)
		}
	}
	return nil
}

func uniqueZones(zones []ZoneStatus) error {
	seen := make(map[string]bool, len(zones))
	for _, zone := range zones {
		name := StoredText(zone.Zone)
		if name == "" {
			return fmt.Errorf("zone %q: want a text that is not empty", zone.Zone)
		}
		if seen[name] {
			return fmt.Errorf("zone %q: %w", zone.Zone, ErrTwice)
		}
		seen[name] = true
	}
	return nil
}

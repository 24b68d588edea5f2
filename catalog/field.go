package catalog

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// EntryPart is one of the two parts of an entry, which have digests of their own.
type EntryPart string

// The parts of an entry. Statuses are fields.
const (
	FieldsPart EntryPart = "fields"
	PricesPart EntryPart = "prices"
)

// Field is one tracked field of an entry: the one place that says that it is
// tracked. Digest, columns of the version tables, reading them back, golden texts
// and documentation follow from the table of fields.
type Field struct {
	// Name tags the field in digests and names it in documentation and files of
	// entries. It never changes once a digest stands in a database.
	Name string
	// Column is the field's column in product_versions and contract_versions; ""
	// where its values have tables of their own.
	Column string
	// Kinds are the kinds of entries that have the field.
	Kinds []EntryKind
	Part  EntryPart
	// Doc says what the field is, and in which unit.
	Doc string
	// At points at the field's value in an entry: *string, **string,
	// **decimal.Decimal, **time.Time, *Attributes, *[]ZoneStatus or *[]Price. Of
	// a field that only contracts have, the entry must be a contract.
	At func(e *Entry) any
}

// Fields returns the table of an entry's tracked fields, in the order in which
// digests cover them. Key comes before all of them; Usage is not tracked.
func Fields() []Field { return fields }

var (
	everyKind    = []EntryKind{Products, Contracts}
	productKind  = []EntryKind{Products}
	contractKind = []EntryKind{Contracts}
)

var fields = []Field{
	{"name", "name", everyKind, FieldsPart, "the provider's name of it", func(e *Entry) any { return &e.Name }},
	{"status", "status", everyKind, FieldsPart, "the provider's word for its state", func(e *Entry) any { return &e.Status }},
	{"lifecycle", "lifecycle", productKind, FieldsPart, "a second word, where a provider has both", func(e *Entry) any { return &e.Lifecycle }},
	{"region_id", "region_id", everyKind, FieldsPart, "FOCUS RegionId", func(e *Entry) any { return &e.RegionID }},
	{"attributes", "attributes", everyKind, FieldsPart, "whatever else the provider states, as a JSON object", func(e *Entry) any { return &e.Attributes }},
	{"vcpu", "vcpu", productKind, FieldsPart, "virtual processors", func(e *Entry) any { return &e.VCPU }},
	{"memory_mib", "memory_mib", productKind, FieldsPart, "memory in MiB", func(e *Entry) any { return &e.MemoryMiB }},
	{"disk_gib", "disk_gib", productKind, FieldsPart, "disk in GiB", func(e *Entry) any { return &e.DiskGiB }},
	{"gpu_count", "gpu_count", productKind, FieldsPart, "graphics processors", func(e *Entry) any { return &e.GPUCount }},
	{"zone_statuses", "zone_statuses", productKind, FieldsPart, "the state in each availability zone that has one of its own", func(e *Entry) any { return &e.ZoneStatuses }},
	{"prices", "", everyKind, PricesPart, "its prices, each with a history of its own", func(e *Entry) any { return &e.Prices }},
	{"contract_id", "contract_ref", contractKind, FieldsPart, "FOCUS ContractId", func(e *Entry) any { return &e.Contract.ContractID }},
	{"contract_type", "contract_type", contractKind, FieldsPart, "FOCUS ContractCommitmentType", func(e *Entry) any { return &e.Contract.ContractType }},
	{"period_start", "period_start", contractKind, FieldsPart, "when the contract begins", func(e *Entry) any { return &e.Contract.PeriodStart }},
	{"period_end", "period_end", contractKind, FieldsPart, "when the contract ends", func(e *Entry) any { return &e.Contract.PeriodEnd }},
}

// fields are those that the digest of an entry covers: a contract's have all,
// since one without sizes and zones leaves them out.
func (e *Entry) fields() []Field {
	if e.Contract != nil {
		return fields
	}
	return productFields
}

var (
	productFields = slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return !f.In(Products) })
	amountFields  = slices.DeleteFunc(slices.Clone(priceFields), func(f PriceField) bool { return f.Identity })
)

// In reports whether entries of a kind have the field.
func (f Field) In(kind EntryKind) bool { return slices.Contains(f.Kinds, kind) }

// isSet reports whether an entry has a value of the field. A text that is always
// there counts as none while it is empty.
func (f Field) isSet(e *Entry) bool {
	switch value := f.At(e).(type) {
	case *string:
		return *value != ""
	case **string:
		return *value != nil
	case **decimal.Decimal:
		return *value != nil
	case **time.Time:
		return *value != nil
	case *Attributes:
		return len(*value) > 0
	case *[]ZoneStatus:
		return len(*value) > 0
	case *[]Price:
		return len(*value) > 0
	}
	return false
}

// PriceField is one tracked field of a price: as Field is of an entry.
type PriceField struct {
	// Name is the field's column in prices or price_history, and its tag in
	// digests.
	Name string
	// Identity fields say which price it is, the others what it comes to.
	Identity bool
	Doc      string
	// At points at the value: *string, **string, *decimal.Decimal,
	// **decimal.Decimal or **time.Time.
	At func(p *Price) any
}

// PriceFields returns the table of a price's fields: its identity, in the order
// in which prices are sorted, then its amount.
func PriceFields() []PriceField { return priceFields }

var priceFields = []PriceField{
	{"sku_price_id", true, "FOCUS SkuPriceId", func(p *Price) any { return &p.SKUPriceID }},
	{"price_kind", true, "list, contract or fee", func(p *Price) any { return (*string)(&p.Kind) }},
	{"price_variant", true, "the provider's word for what kind of price it is", func(p *Price) any { return &p.Variant }},
	{"pricing_unit", true, "FOCUS PricingUnit, the provider's word", func(p *Price) any { return &p.Unit }},
	{"pricing_currency", true, "FOCUS PricingCurrency, ISO 4217", func(p *Price) any { return &p.Currency }},
	{"region_id", true, "FOCUS RegionId, where one entry has prices by region", func(p *Price) any { return &p.RegionID }},
	{"quantity_tier_minimum", true, "FOCUS QuantityTierMinimum, exclusive", func(p *Price) any { return &p.TierMinimum }},
	{"list_unit_price", false, "the base amount as the provider states it", func(p *Price) any { return &p.ListUnitPrice }},
	{"tax_amount", false, "the tax, as stated", func(p *Price) any { return &p.TaxAmount }},
	{"price_with_tax", false, "the amount with tax, as stated", func(p *Price) any { return &p.PriceWithTax }},
	{"tax_basis", false, "whether list_unit_price contains tax: excluded, included or unknown", func(p *Price) any { return (*string)(&p.TaxBasis) }},
	{"effective_from", false, "the provider's own beginning of the price", func(p *Price) any { return &p.EffectiveFrom }},
	{"effective_to", false, "the provider's own end of the price", func(p *Price) any { return &p.EffectiveTo }},
}

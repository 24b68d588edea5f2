package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Digest is the first 16 bytes of a SHA-256 over an entry's canonical content.
// Equal content has equal digests, whatever the spelling of its numbers or the
// order of its prices and zones.
type Digest [16]byte

// digestVersion is hashed first. A tracked field that is added later is
// hashed only where it has a value, under a tag of its own, so that it makes
// no version where nothing was published.
const digestVersion = "syncer.entry.1"

// Digest returns the digest of everything in the entry but Usage.
func (e *Entry) Digest() Digest {
	w := &digester{}
	w.text("version", digestVersion)
	w.text("key", e.Key)
	w.text("name", e.Name)
	w.optional("status", e.Status)
	w.optional("lifecycle", e.Lifecycle)
	w.optional("region_id", e.RegionID)
	w.text("attributes", string(e.Attributes))
	w.number("vcpu", e.VCPU)
	w.number("memory_mib", e.MemoryMiB)
	w.number("disk_gib", e.DiskGiB)
	w.number("gpu_count", e.GPUCount)
	w.zones(e.ZoneStatuses)
	w.prices(e.Prices)
	w.contract(e.Contract)
	return w.sum()
}

// digester collects tagged, length-prefixed fields, so that ("a","bc") and
// ("ab","c") differ, and hashes them at once. Absent optional fields are left
// out.
type digester struct{ fields []byte }

func (w *digester) bytes(text string) {
	w.fields = binary.BigEndian.AppendUint64(w.fields, uint64(len(text)))
	w.fields = append(w.fields, text...)
}

func (w *digester) text(tag, text string) {
	w.bytes(tag)
	w.bytes(StoredText(text))
}

func (w *digester) optional(tag string, text *string) {
	if text != nil {
		w.text(tag, *text)
	}
}

func (w *digester) number(tag string, value *decimal.Decimal) {
	if value != nil {
		w.text(tag, DecimalText(*value))
	}
}

func (w *digester) moment(tag string, value *time.Time) {
	if value != nil {
		w.text(tag, value.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano))
	}
}

func (w *digester) zones(zones []ZoneStatus) {
	sorted := slices.SortedFunc(slices.Values(zones), func(a, b ZoneStatus) int { return cmp.Compare(a.Zone, b.Zone) })
	for _, zone := range sorted {
		w.text("zone", zone.Zone)
		w.text("zone_status", zone.Status)
	}
}

func (w *digester) prices(prices []Price) {
	sorted := slices.SortedFunc(slices.Values(prices), func(a, b Price) int {
		return comparePrices(a.Identity(), b.Identity())
	})
	for i := range sorted {
		w.price(&sorted[i])
	}
}

func comparePrices(a, b PriceIdentity) int {
	return cmp.Or(
		cmp.Compare(a.SKUPriceID, b.SKUPriceID), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Variant, b.Variant), cmp.Compare(a.Unit, b.Unit),
		cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.RegionID, b.RegionID),
		cmp.Compare(a.TierMinimum, b.TierMinimum),
	)
}

func (w *digester) price(p *Price) {
	id := p.Identity()
	for _, field := range []string{
		"price", id.SKUPriceID, string(id.Kind), id.Variant, id.Unit, id.Currency, id.RegionID, id.TierMinimum,
	} {
		w.bytes(StoredText(field))
	}
	w.amount(p)
}

func (w *digester) amount(p *Price) {
	w.number("list_unit_price", &p.ListUnitPrice)
	w.number("tax_amount", p.TaxAmount)
	w.number("price_with_tax", p.PriceWithTax)
	w.text("tax_basis", string(p.TaxBasis))
	w.moment("effective_from", p.EffectiveFrom)
	w.moment("effective_to", p.EffectiveTo)
}

func (w *digester) contract(c *Contract) {
	if c == nil {
		return
	}
	w.text("contract_id", c.ContractID)
	w.text("contract_type", c.ContractType)
	w.moment("period_start", c.PeriodStart)
	w.moment("period_end", c.PeriodEnd)
}

func (w *digester) sum() Digest {
	sum := sha256.Sum256(w.fields)
	return Digest(sum[:16])
}

// AmountDigest is the digest of a price's amount, tax and dates: what one row
// of price_history holds.
func (p *Price) AmountDigest() Digest {
	w := &digester{}
	w.amount(p)
	return w.sum()
}

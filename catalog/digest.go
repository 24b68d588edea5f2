package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Digest is the first 16 bytes of a SHA-256 over canonical content. Equal
// content has equal digests, whatever the spelling of its numbers or the order
// of its prices and zones.
type Digest [16]byte

// digestVersion is hashed first. A tracked field that is added later is
// hashed only where it has a value, under a tag of its own, so that it makes
// no version where nothing was published.
const digestVersion = "syncer.entry.1"

// Digest returns the digest of everything in the entry but Usage.
func (e *Entry) Digest() Digest { return e.digest(digestVersion, e.fields()) }

// PartDigest returns the digest of one part of the entry.
func (e *Entry) PartDigest(part EntryPart) Digest {
	other := func(f Field) bool { return f.Part != part }
	return e.digest(digestVersion+"."+string(part), slices.DeleteFunc(slices.Clone(e.fields()), other))
}

func (e *Entry) digest(version string, fields []Field) Digest {
	d := &Digester{content: make([]byte, 0, 1024)}
	d.Text("version", version)
	d.Text("key", e.Key)
	for i := range fields {
		d.value(fields[i].Name, fields[i].At(e))
	}
	return d.Sum()
}

// Digester collects tagged, length-prefixed texts, so that ("a","bc") and
// ("ab","c") differ, and hashes them at once. Absent optional values are left
// out. The zero value is empty.
type Digester struct{ content []byte }

// Text adds a text under a tag, as Postgres can hold it (StoredText).
func (d *Digester) Text(tag, text string) {
	d.bytes(tag)
	d.bytes(StoredText(text))
}

// Sum returns the digest of what was added.
func (d *Digester) Sum() Digest {
	sum := sha256.Sum256(d.content)
	return Digest(sum[:16])
}

func (d *Digester) bytes(text string) {
	d.content = binary.BigEndian.AppendUint64(d.content, uint64(len(text)))
	d.content = append(d.content, text...)
}

// value adds what a field points at.
func (d *Digester) value(tag string, at any) {
	switch value := at.(type) {
	case *string:
		d.Text(tag, *value)
	case **string:
		if *value != nil {
			d.Text(tag, **value)
		}
	case *decimal.Decimal:
		d.Text(tag, DecimalText(*value))
	case **decimal.Decimal:
		if *value != nil {
			d.Text(tag, DecimalText(**value))
		}
	case **time.Time:
		if *value != nil {
			d.Text(tag, (*value).UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano))
		}
	case *Attributes:
		d.Text(tag, string(*value))
	case *[]ZoneStatus:
		d.zones(*value)
	case *[]Price:
		d.prices(*value)
	default:
		panic("catalog: field " + tag + " points at a type that no digest covers") // a test walks the tables
	}
}

func (d *Digester) zones(zones []ZoneStatus) {
	sorted := slices.SortedFunc(slices.Values(zones), func(a, b ZoneStatus) int { return cmp.Compare(a.Zone, b.Zone) })
	for _, zone := range sorted {
		d.Text("zone", zone.Zone)
		d.Text("zone_status", zone.Status)
	}
}

func (d *Digester) prices(prices []Price) {
	ids, order := make([]PriceIdentity, len(prices)), make([]int, len(prices))
	for i := range prices {
		ids[i], order[i] = prices[i].Identity(), i
	}
	slices.SortFunc(order, func(a, b int) int { return ids[a].compare(&ids[b]) })
	for _, i := range order {
		d.bytes("price")
		for _, text := range ids[i].texts() {
			d.bytes(StoredText(text))
		}
		d.amount(&prices[i])
	}
}

func (d *Digester) amount(p *Price) {
	for i := range amountFields {
		d.value(amountFields[i].Name, amountFields[i].At(p))
	}
}

// AmountDigest is the digest of a price's amount, tax and dates: what one row
// of price_history holds.
func (p *Price) AmountDigest() Digest {
	d := &Digester{content: make([]byte, 0, 256)}
	d.amount(p)
	return d.Sum()
}

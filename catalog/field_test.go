package catalog_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// untracked are the fields of an entry that no line of the table is about: the
// key names the entry; usage figures and announced prices are facts beside history. The fields of
// Contract are tracked one by one.
var untracked = map[string]bool{"Key": true, "Usage": true, "Announced": true, "Contract": true}

// TestEveryFieldIsTracked walks the types by reflection: each field has exactly
// one line in its table, and no line points elsewhere.
func TestEveryFieldIsTracked(t *testing.T) {
	entry := catalog.Entry{Contract: &catalog.Contract{}}
	lines := make(map[any][]string) // names by what they point at
	for _, field := range catalog.Fields() {
		lines[field.At(&entry)] = append(lines[field.At(&entry)], field.Name)
	}
	wantOneLineEach(t, reflect.ValueOf(&entry).Elem(), lines)
	wantOneLineEach(t, reflect.ValueOf(entry.Contract).Elem(), lines)
	var price catalog.Price
	for _, field := range catalog.PriceFields() {
		lines[field.At(&price)] = append(lines[field.At(&price)], field.Name)
	}
	wantOneLineEach(t, reflect.ValueOf(&price).Elem(), lines)
	for _, names := range lines {
		t.Errorf("%v: points at no field", names)
	}
}

// wantOneLineEach takes the fields of a struct out of the lines that point at
// them.
func wantOneLineEach(t *testing.T, value reflect.Value, lines map[any][]string) {
	t.Helper()
	for i := range value.NumField() {
		name, pointer := value.Type().Field(i).Name, value.Field(i).Addr()
		if untracked[name] {
			continue
		}
		if value.Field(i).Kind() == reflect.String { // also of a type of ours, which a line points at as a text
			pointer = pointer.Convert(reflect.TypeFor[*string]())
		}
		if names := lines[pointer.Interface()]; len(names) != 1 {
			t.Errorf("%s.%s: want one line of the table, got %q", value.Type().Name(), name, names)
		}
		delete(lines, pointer.Interface())
	}
}

// TestEveryFieldMovesItsDigest sets every field of every struct, one at a time
// and to two values, and wants the digest of the entry and of the field's own part
// to move, and that of the other part to stay.
func TestEveryFieldMovesItsDigest(t *testing.T) {
	for _, kind := range []catalog.EntryKind{catalog.Products, catalog.Contracts} {
		for _, field := range catalog.Fields() {
			if !field.In(kind) {
				continue
			}
			other := map[catalog.EntryPart]catalog.EntryPart{catalog.FieldsPart: catalog.PricesPart, catalog.PricesPart: catalog.FieldsPart}[field.Part]
			seen := make(map[catalog.Digest]int)
			for n := range 3 { // not set, and two values
				entry := emptyEntry(kind)
				if n > 0 {
					setValue(t, field.At(&entry), n)
				}
				for _, digest := range []catalog.Digest{entry.Digest(), entry.PartDigest(field.Part)} {
					if twin, taken := seen[digest]; taken {
						t.Errorf("%s %s: value %d has the digest of value %d", kind, field.Name, n, twin)
					}
					seen[digest] = n
				}
				empty := emptyEntry(kind)
				if entry.PartDigest(other) != empty.PartDigest(other) {
					t.Errorf("%s %s: moves the digest of the %s", kind, field.Name, other)
				}
			}
		}
	}
}

// TestEveryFieldOfAPriceMovesItsDigest wants each field to move the digest of its
// entry, and besides either the price's identity or the digest of its amount.
func TestEveryFieldOfAPriceMovesItsDigest(t *testing.T) {
	for _, field := range catalog.PriceFields() {
		digests, amounts, identities := map[catalog.Digest]bool{}, map[catalog.Digest]bool{}, map[catalog.PriceIdentity]bool{}
		for n := 1; n <= 2; n++ {
			var price catalog.Price
			setValue(t, field.At(&price), n)
			entry := catalog.Entry{Key: "a", Prices: []catalog.Price{price}}
			digests[entry.Digest()], amounts[price.AmountDigest()], identities[price.Identity()] = true, true, true
		}
		moved := map[bool]int{true: 2, false: 1}
		if len(digests) != 2 || len(amounts) != moved[!field.Identity] || len(identities) != moved[field.Identity] {
			t.Errorf("%s: %d digests, %d of the amount, %d identities", field.Name, len(digests), len(amounts), len(identities))
		}
	}
}

func emptyEntry(kind catalog.EntryKind) catalog.Entry {
	if kind == catalog.Contracts {
		return catalog.Entry{Key: "a", Contract: &catalog.Contract{}}
	}
	return catalog.Entry{Key: "a"}
}

// setValue sets what a line of a table points at to one of several values.
func setValue(t *testing.T, at any, n int) {
	t.Helper()
	text, number, moment := fmt.Sprint("text ", n), decimal.NewFromInt(int64(n)), time.UnixMicro(int64(n))
	switch value := at.(type) {
	case *string:
		*value = text
	case **string:
		*value = &text
	case *decimal.Decimal:
		*value = number
	case **decimal.Decimal:
		*value = &number
	case **time.Time:
		*value = &moment
	case *catalog.Attributes:
		*value = fmt.Appendf(nil, `{"n":%d}`, n)
	case *[]catalog.ZoneStatus:
		*value = []catalog.ZoneStatus{{Zone: "z", Status: text}}
	case *[]catalog.Price:
		*value = []catalog.Price{{SKUPriceID: text}}
	default:
		t.Fatalf("a table points at a %T, which this test cannot set", at)
	}
}

// firstFields are those that entries and prices had when digests first stood in
// databases. One that is added later is left out of a digest where it has no value.
var firstFields = []string{
	"name", "status", "lifecycle", "region_id", "attributes", "vcpu", "memory_mib", "disk_gib", "gpu_count", "zone_statuses",
	"contract_id", "contract_type", "period_start", "period_end",
	"list_unit_price", "tax_amount", "price_with_tax", "tax_basis", "effective_from", "effective_to",
}

// TestDigestsStay guards digests that stand in databases: a change of them would
// be a version of every entry.
func TestDigestsStay(t *testing.T) {
	product, contract := emptyEntry(catalog.Products), emptyEntry(catalog.Contracts)
	for _, entry := range []*catalog.Entry{&product, &contract} {
		kind := catalog.Products
		if entry.Contract != nil {
			kind = catalog.Contracts
		}
		for _, field := range catalog.Fields() {
			if field.In(kind) && slices.Contains(firstFields, field.Name) {
				setValue(t, field.At(entry), 1)
			}
		}
		entry.Prices = []catalog.Price{price("1.10")}
		for _, field := range catalog.PriceFields() {
			if slices.Contains(firstFields, field.Name) && !field.Identity {
				setValue(t, field.At(&entry.Prices[0]), 1)
			}
		}
	}
	for name, c := range map[string]struct {
		got  catalog.Digest
		want string
	}{
		"product": {product.Digest(), "1a217e50b3dfddd0d225f9890bc31baf"}, "contract": {contract.Digest(), "bdf47994235b8d0b78c85a338062b9ca"},
		"amount": {product.Prices[0].AmountDigest(), "de6b282348f4608b55ed0e21f826400d"},
	} {
		if got := fmt.Sprintf("%x", c.got); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

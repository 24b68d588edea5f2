package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/timeline"
)

// column is one tracked field with its place in a generated row type.
type column[T any] struct {
	at    func(*T) any // where the field's value stands in an entry or a price
	index int          // of the field in the row's struct
	name  string
}

// The columns of the tables of versions and prices, by the rows that are written
// and read. They follow from catalog's tables of fields.
var (
	productColumns     = entryColumns[sqlcgen.ProductVersionCopyParams](catalog.Products)
	productColumnsRead = entryColumns[sqlcgen.ProductVersion](catalog.Products)

	contractColumns     = entryColumns[sqlcgen.ContractVersionCopyParams](catalog.Contracts)
	contractColumnsRead = entryColumns[sqlcgen.ContractVersion](catalog.Contracts)

	identityColumns     = priceColumns[sqlcgen.PriceCopyParams](true)
	identityColumnsRead = priceColumns[sqlcgen.Price](true)
	amountColumns       = priceColumns[sqlcgen.PriceHistoryCopyParams](false)
	amountColumnsRead   = priceColumns[sqlcgen.PriceHistory](false)
)

func entryColumns[R any](kind catalog.EntryKind) []column[catalog.Entry] {
	var all []column[catalog.Entry]
	for _, field := range catalog.Fields() {
		if field.In(kind) && field.Column != "" {
			all = append(all, column[catalog.Entry]{field.At, indexOf[R](field.Column), field.Column})
		}
	}
	return all
}

func priceColumns[R any](identity bool) []column[catalog.Price] {
	var all []column[catalog.Price]
	for _, field := range catalog.PriceFields() {
		if field.Identity == identity {
			all = append(all, column[catalog.Price]{field.At, indexOf[R](field.Name), field.Name})
		}
	}
	return all
}

// indexOf finds a column among the fields of a generated row, whose names are the
// column's without underscores. A field that no query writes or reads is a fault
// of the program that no run could survive.
func indexOf[R any](column string) int {
	row, name := reflect.TypeFor[R](), strings.ReplaceAll(column, "_", "")
	for i := range row.NumField() {
		if strings.EqualFold(row.Field(i).Name, name) {
			return i
		}
	}
	panic(fmt.Sprintf("history: %s has no field for column %s: add it to the query and generate", row.Name(), column))
}

// fill writes the tracked fields of an entry or price into a row.
func fill[T, R any](columns []column[T], row *R, from *T) {
	fields := reflect.ValueOf(row).Elem()
	for i := range columns {
		put(fields.Field(columns[i].index).Addr().Interface(), columns[i].at(from))
	}
}

// put writes a field's value into a column.
func put(column, field any) {
	switch value := field.(type) {
	case *string:
		if nullable, is := column.(**string); is {
			*nullable = value
			return
		}
		*column.(*string) = *value
	case **string:
		*column.(**string) = *value
	case *decimal.Decimal:
		*column.(*decimal.Decimal) = *value
	case **decimal.Decimal:
		*column.(**decimal.Decimal) = *value
	case **time.Time:
		*column.(**time.Time) = *value
	case *catalog.Attributes:
		*column.(*json.RawMessage) = json.RawMessage("{}")
		if *value != nil {
			*column.(*json.RawMessage) = json.RawMessage(*value)
		}
	case *[]catalog.ZoneStatus:
		*column.(*json.RawMessage) = zonesJSON(*value)
	default:
		panic(fmt.Sprintf("history: a field is a %T, for which there is no column", field))
	}
}

// read reads the tracked fields of an entry or price back from a row.
func read[T, R any](columns []column[T], row *R, into *T) error {
	fields := reflect.ValueOf(row).Elem()
	for i := range columns {
		if err := get(columns[i].at(into), fields.Field(columns[i].index).Addr().Interface()); err != nil {
			return fmt.Errorf("%s: %w", columns[i].name, err)
		}
	}
	return nil
}

// get reads a field's value from a column. Attributes are taken as Postgres
// writes them, which is not their canonical text.
func get(field, column any) error {
	switch value := field.(type) {
	case *string:
		switch text := column.(type) {
		case *string:
			*value = *text
		case **string:
			if *text != nil {
				*value = **text
			}
		}
	case **string:
		*value = *column.(**string)
	case *decimal.Decimal:
		*value = *column.(*decimal.Decimal)
	case **decimal.Decimal:
		*value = *column.(**decimal.Decimal)
	case **time.Time:
		*value = *column.(**time.Time)
	case *catalog.Attributes:
		*value = catalog.Attributes(*column.(*json.RawMessage))
	case *[]catalog.ZoneStatus:
		zones, err := zonesIn(*column.(*json.RawMessage))
		*value = zones
		return err
	default:
		panic(fmt.Sprintf("history: a field is a %T, for which there is no column", field))
	}
	return nil
}

// zonesJSON writes {"kr-1": "soldout"}.
func zonesJSON(zones []catalog.ZoneStatus) json.RawMessage {
	words := make(map[string]string, len(zones))
	for _, zone := range zones {
		words[zone.Zone] = zone.Status
	}
	text, err := json.Marshal(words)
	if err != nil {
		panic(err) // texts can always be written
	}
	return text
}

// zonesIn reads what zonesJSON wrote, in the order of zones.
func zonesIn(text json.RawMessage) ([]catalog.ZoneStatus, error) {
	var words map[string]string
	err := json.Unmarshal(text, &words)
	if err == nil && words == nil {
		err = errors.New("want an object")
	}
	if err != nil {
		return nil, err
	}
	zones := make([]catalog.ZoneStatus, 0, len(words))
	for zone, status := range words {
		zones = append(zones, catalog.ZoneStatus{Zone: zone, Status: status})
	}
	slices.SortFunc(zones, func(a, b catalog.ZoneStatus) int { return strings.Compare(a.Zone, b.Zone) })
	return zones, nil
}

// The fields that hold texts, which have to be made storable.
var (
	productTexts  = entryTexts(catalog.Products)
	contractTexts = entryTexts(catalog.Contracts)
	priceTexts    = textsOf(new(catalog.Price), catalog.PriceFields(), func(f catalog.PriceField) func(*catalog.Price) any { return f.At })
)

func entryTexts(kind catalog.EntryKind) []func(*catalog.Entry) any {
	fields := slices.DeleteFunc(slices.Clone(catalog.Fields()), func(f catalog.Field) bool { return !f.In(kind) })
	return textsOf(&catalog.Entry{Contract: &catalog.Contract{}}, fields, func(f catalog.Field) func(*catalog.Entry) any { return f.At })
}

func textsOf[T, F any](sample *T, fields []F, at func(F) func(*T) any) []func(*T) any {
	var all []func(*T) any
	for _, field := range fields {
		switch at(field)(sample).(type) {
		case *string, **string, *[]catalog.ZoneStatus:
			all = append(all, at(field))
		}
	}
	return all
}

// storable is an entry as the tables can hold it: its texts are StoredText, its
// prices and usage stand elsewhere.
func storable(entry *catalog.Entry) catalog.Entry {
	kept, texts := *entry, productTexts
	kept.Prices, kept.Usage = nil, nil
	if entry.Contract != nil {
		contract := *entry.Contract
		kept.Contract, texts = &contract, contractTexts
	}
	for _, at := range texts {
		clean(at(&kept))
	}
	return kept
}

// storablePrice is a price as the tables can hold it.
func storablePrice(price *catalog.Price) catalog.Price {
	kept := *price
	for _, at := range priceTexts {
		clean(at(&kept))
	}
	return kept
}

// clean makes a text one that Postgres can hold, without changing what the entry
// it was copied from points at.
func clean(field any) {
	switch value := field.(type) {
	case *string:
		*value = catalog.StoredText(*value)
	case **string:
		if *value != nil && strings.ContainsRune(**value, 0) {
			*value = new(catalog.StoredText(**value))
		}
	case *[]catalog.ZoneStatus:
		*value = slices.Clone(*value)
		for i, zone := range *value {
			(*value)[i] = catalog.ZoneStatus{Zone: catalog.StoredText(zone.Zone), Status: catalog.StoredText(zone.Status)}
		}
	}
}

// Content is what a version shows, apart from when.
type Content struct {
	Entry  catalog.Entry // without key and prices
	Digest catalog.Digest
	Prices map[int64]catalog.Digest // of the same span: price id to amount
}

func (c *Content) status() timeline.Status {
	zones := make(map[string]string, len(c.Entry.ZoneStatuses))
	for _, zone := range c.Entry.ZoneStatuses {
		zones[zone.Zone] = zone.Status
	}
	return timeline.Status{Status: c.Entry.Status, Lifecycle: c.Entry.Lifecycle, Zones: zones}
}

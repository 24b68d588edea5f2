package zstack

import (
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// instanceOffering reads an InstanceOfferingInventory. Sizes are bytes.
func instanceOffering(f *fetcher, document *web.Document, row web.Object) catalog.Entry {
	entry, attributes := f.common(document, row)
	entry.VCPU = row.Get("cpuNum").OptionalNumber()
	entry.MemoryMiB = mebibytes(row.Get("memorySize").OptionalAmount())
	keepNumber(attributes, "cpu_speed", row.Get("cpuSpeed"))
	keepNumber(attributes, "reserved_memory_size", row.Get("reservedMemorySize"))
	entry.Attributes = row.Attributes(attributes)
	return entry
}

// diskOffering reads a DiskOfferingInventory. Sizes are bytes.
func diskOffering(f *fetcher, document *web.Document, row web.Object) catalog.Entry {
	entry, attributes := f.common(document, row)
	if size := mebibytes(row.Get("diskSize").OptionalAmount()); size != nil {
		gibibytes := exact1024th(*size)
		entry.DiskGiB = &gibibytes
	}
	entry.Attributes = row.Attributes(attributes)
	return entry
}

// common reads what both inventories hold. lastOpDate stays out: it moves when
// nothing that is published does, and every such move would be a version.
func (f *fetcher) common(document *web.Document, row web.Object) (catalog.Entry, map[string]any) {
	entry := catalog.Entry{Key: row.Get("uuid").Key()}
	document.About(entry.Key)
	if name := row.Get("name").OptionalText(); name != nil {
		entry.Name = *name
	}
	entry.Status = row.Get("state").Word("Enabled", "Disabled")
	attributes := map[string]any{}
	keepText(attributes, "description", row.Get("description").OptionalText())
	keepText(attributes, "type", row.Get("type").OptionalText())
	keepText(attributes, "allocator_strategy", row.Get("allocatorStrategy").OptionalText())
	keepNumber(attributes, "sort_key", row.Get("sortKey"))
	keepText(attributes, "create_date", f.moment(row.Get("createDate")))
	row.Ignore("lastOpDate")
	return entry, attributes
}

// moment is the date in RFC 3339 and UTC.
func (f *fetcher) moment(value web.Value) *string {
	text := value.OptionalText()
	if text == nil {
		return nil
	}
	moment, err := parseDate(*text, f.source.Location)
	if err != nil {
		value.Fail("%v", err)
		return nil
	}
	shown := moment.UTC().Format(time.RFC3339)
	return &shown
}

func keepText(attributes map[string]any, name string, text *string) {
	if text != nil {
		attributes[name] = *text
	}
}

// keepNumber keeps 1, 1.0 and "1" as the same.
func keepNumber(attributes map[string]any, name string, value web.Value) {
	if number := value.OptionalNumber(); number != nil {
		attributes[name] = *number
	}
}

func mebibytes(bytes *decimal.Decimal) *decimal.Decimal {
	if bytes == nil {
		return nil
	}
	mebibytes := exact1024th(exact1024th(*bytes))
	return &mebibytes
}

// exact1024th divides by 1024 without rounding: 1/1024 is 0.0009765625.
func exact1024th(value decimal.Decimal) decimal.Decimal {
	return value.Mul(decimal.New(9765625, -10))
}

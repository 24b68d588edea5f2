package zstack

import (
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// instanceOffering reads an InstanceOfferingInventory.
func instanceOffering(f *fetcher, row web.Object, entry *catalog.Entry) {
	entry.Attributes = row.Attributes(f.machine(row, entry))
}

// virtualRouterOffering reads a VirtualRouterOfferingInventory, which is an
// instance offering with the networks and the image of a router.
func virtualRouterOffering(f *fetcher, row web.Object, entry *catalog.Entry) {
	attributes := f.machine(row, entry)
	for _, kept := range []struct{ name, field string }{
		{"management_network_uuid", "managementNetworkUuid"}, {"public_network_uuid", "publicNetworkUuid"},
		{"zone_uuid", "zoneUuid"}, {"image_uuid", "imageUuid"},
	} {
		keepText(attributes, kept.name, row.Get(kept.field).OptionalText())
	}
	if standard := row.Get("isDefault").Flag(); standard != nil {
		attributes["is_default"] = *standard
	}
	entry.Attributes = row.Attributes(attributes)
}

// machine reads the sizes of an instance offering, which are bytes.
func (f *fetcher) machine(row web.Object, entry *catalog.Entry) map[string]any {
	attributes := f.common(row, entry)
	entry.VCPU = row.Get("cpuNum").OptionalNumber()
	entry.MemoryMiB = mebibytes(row.Get("memorySize").OptionalAmount())
	keepNumber(attributes, "cpu_speed", row.Get("cpuSpeed"))
	keepNumber(attributes, "reserved_memory_size", row.Get("reservedMemorySize"))
	return attributes
}

// diskOffering reads a DiskOfferingInventory. Sizes are bytes.
func diskOffering(f *fetcher, row web.Object, entry *catalog.Entry) {
	attributes := f.common(row, entry)
	if size := mebibytes(row.Get("diskSize").OptionalAmount()); size != nil {
		gibibytes := exact1024th(*size)
		entry.DiskGiB = &gibibytes
	}
	entry.Attributes = row.Attributes(attributes)
}

// common reads what all inventories of offerings hold. lastOpDate stays out: it moves when
// nothing that is published does, and every such move would be a version.
func (f *fetcher) common(row web.Object, entry *catalog.Entry) map[string]any {
	if name := row.Get("name").OptionalText(); name != nil {
		entry.Name = *name
	}
	entry.Status = row.Get("state").Word("Enabled", "Disabled")
	attributes := map[string]any{}
	keepText(attributes, "description", row.Get("description").OptionalText())
	keepText(attributes, "type", row.Get("type").OptionalText())
	keepText(attributes, "allocator_strategy", row.Get("allocatorStrategy").OptionalText())
	keepNumber(attributes, "sort_key", row.Get("sortKey"))
	web.Keep(attributes, "create_date", f.moment(row.Get("createDate")))
	row.Ignore("lastOpDate")
	return attributes
}

// moment is the date in RFC 3339 and UTC. No history rests on it: what is no known
// date stays as sent, with a warning.
func (f *fetcher) moment(value web.Value) any {
	if _, isText := value.Raw().(string); value.Given() && !isText {
		value.Warn("want a date, got %.60v", value.Raw())
		return value.Raw()
	}
	text := value.OptionalText()
	if text == nil {
		return nil
	}
	moment, err := parseDate(*text, f.source.Location)
	if err != nil {
		value.Warn("%v", err)
		return *text
	}
	return moment.UTC().Format(time.RFC3339)
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

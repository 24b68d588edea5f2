package huawei

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// normal is on sale. It is also what a product means that states no status.
const normal = "normal"

// statusWords are those of cond:operation:status (page ListProduct).
func statusWords() []string {
	return []string{normal, "abandon", "sellout", "obt", "obt_sellout", "promotion"}
}

// product reads a ProductDetailInfo. Every field may be absent; numbers are
// documented as texts. memory is MB and a power of two (8192), so it is taken
// as MiB. The unit of system_disk_size is not stated: it is an attribute. How
// many GPUs there are is in no field.
func product(row web.Object, entry *catalog.Entry) {
	if name := row.Get("descriptions").OptionalText(); name != nil {
		entry.Name = *name
	}
	attributes := map[string]any{}
	entry.Status = status(row.Get("status"))
	entry.ZoneStatuses = zoneStatuses(row.Get("cond_operation_az"))
	entry.VCPU = size(attributes, "cpu", row.Get("cpu"))
	entry.MemoryMiB = size(attributes, "memory", row.Get("memory"))
	words(attributes, row)
	for _, name := range []string{"system_disk_size", "sessions"} {
		if number := size(attributes, name, row.Get(name)); number != nil {
			attributes[name] = *number
		}
	}
	row.Keep(attributes, "is_gpu", "contain_data_disk")
	web.Keep(attributes, "domain_ids", set(row.Get("domain_ids")))
	web.Keep(attributes, "sub_product_list", set(row.Get("sub_product_list")))
	web.Keep(attributes, "expire_time", moment(row.Get("expire_time")))
	entry.Attributes = row.Attributes(attributes)
}

// status is the provider's word. Absent, null and empty are normal, so that a
// product whose status is dropped or spelt out has not changed.
func status(value web.Value) *string {
	if !value.Given() || value.Raw() == "" {
		word := normal
		return &word
	}
	return value.Word(statusWords()...)
}

// words keeps the texts. charge_mode is 1 for yearly or monthly and 0 for
// on-demand here; the desktop API documents the inverse.
func words(attributes map[string]any, row web.Object) {
	for _, name := range []string{"flavor_id", "cpu_desc", "system_disk_type", "gpu_desc", "series_type", "support_gpu_type"} {
		keepText(attributes, name, row.Get(name).OptionalText())
	}
	for _, enum := range [][]string{
		{"type", "BASE", "ADVANCED"},
		{"architecture", "x86", "arm"},
		{"charge_mode", onDemand, yearlyMonthly},
		{"package_type", "general", "dedicated"},
		{"resource_type", "hws.resource.type.workspace.volume", "hws.resource.type.workspace.desktop",
			"hws.resource.type.workspace.appstream", "hws.resource.type.workspace.appstreamsession"},
		{"cloud_service_type", "hws.service.type.vdi", "hws.service.type.marketplace"},
		{"volume_product_type", "workspace"},
	} {
		keepText(attributes, enum[0], row.Get(enum[0]).Word(enum[1:]...))
	}
}

func keepText(attributes map[string]any, name string, text *string) {
	if text != nil {
		attributes[name] = *text
	}
}

// size is a number of at least 0, as a number or as a text; nil for none. A
// text that is no number is reported as unknown, and kept as an attribute.
func size(attributes map[string]any, name string, value web.Value) *decimal.Decimal {
	if !value.Given() || value.Raw() == "" {
		return nil
	}
	shown := text(value.Raw())
	switch value.Raw().(type) {
	case string, json.Number:
	default:
		value.Fail("want a number, got %.60s", shown)
		return nil
	}
	number, err := catalog.ParseAmount(shown)
	if err != nil {
		value.UnknownWord(shown)
		attributes[name] = shown
		return nil
	}
	return &number
}

// set is a list whose order means nothing; nil for an empty one, which the
// provider also leaves out. The vendor's SDK warns of sub_product_list as a
// bare text: that is kept as sent.
func set(value web.Value) any {
	if bare, isText := value.Raw().(string); isText {
		if bare == "" {
			return nil
		}
		return bare
	}
	texts, isList := value.SortedTexts().([]string)
	if !isList || len(texts) == 0 {
		return nil
	}
	return slices.Compact(texts)
}

// moment is a date in RFC 3339 and UTC. A date without a zone is UTC, as the
// vendor's SDK reads it; what is no date is reported as unknown, and kept as
// sent.
func moment(value web.Value) any {
	if !value.Given() || value.Raw() == "" {
		return nil
	}
	if _, isText := value.Raw().(string); !isText {
		value.UnknownWord(text(value.Raw()))
		return value.Raw()
	}
	shown := value.Text()
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700"} {
		if moment, err := time.Parse(layout, shown); err == nil {
			return moment.UTC().Format(time.RFC3339Nano)
		}
	}
	value.UnknownWord(shown)
	return shown
}

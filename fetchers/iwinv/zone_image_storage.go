package iwinv

import (
	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// zone reads one row of the Zone List page. No document lists the words of
// status, nor names content, which live rows have.
func zone(row web.Object, entry *catalog.Entry) {
	entry.Name = name(row.Get("zone_name"))
	entry.Status = row.Get("status").OptionalText()
	attributes := map[string]any{}
	web.Keep(attributes, "content", content(row.Get("content")))
	entry.Attributes = row.Attributes(attributes)
}

// content is what nobody describes: a list of texts, in an order that means
// nothing, or whatever else is sent. An empty one says nothing.
func content(value web.Value) any {
	list, isList := value.Raw().([]any)
	if !isList {
		return value.Raw()
	}
	if len(list) == 0 {
		return nil
	}
	for _, item := range list {
		if _, isText := item.(string); !isText {
			return list
		}
	}
	return value.SortedTexts()
}

// image reads one row of the Image List page; public and private images differ
// in their fields, so all but the key may be absent. The words of status are
// those that third parties have seen.
func image(row web.Object, entry *catalog.Entry) {
	entry.Name = name(row.Get("name"))
	entry.Status = row.Get("status").Word("active", "available", "pending", "queued", "error", "deleted")
	attributes := map[string]any{}
	row.Keep(attributes, "visibility", "image_type", "protected", "description",
		"min_disk", "min_ram", "file_size", "created_at", "updated_at")
	web.Keep(attributes, "zone", row.Get("zone").SortedTexts())
	web.Keep(attributes, "tags", row.Get("tags").SortedTexts())
	web.Keep(attributes, "os", operatingSystem(row.Get("os")))
	entry.Attributes = row.Attributes(attributes)
}

// operatingSystem keeps the known fields of an image's os; where it is a bare
// text, that.
func operatingSystem(value web.Value) any {
	if !isMap(value) {
		return textOf(value.OptionalText())
	}
	kept := map[string]any{}
	object := value.Map()
	object.Keep(kept, "type", "name", "status", "content", "os_type", "version", "oid")
	object.Done()
	return kept
}

// blockStorageType reads one row of the Block Storage Types page; min and max
// are GB, zones may be null.
func blockStorageType(row web.Object, entry *catalog.Entry) {
	entry.Name = entry.Key
	attributes := map[string]any{}
	web.Keep(attributes, "zones", row.Get("zones").SortedTexts())
	web.Keep(attributes, "min", number(row.Get("min")))
	web.Keep(attributes, "max", number(row.Get("max")))
	entry.Attributes = row.Attributes(attributes)
}

// number is the number as attributes keep it: 10 and "10" are the same.
func number(value web.Value) any {
	if number := value.OptionalNumber(); number != nil {
		return *number
	}
	return nil
}

package iwinv

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// flavor reads one row of the Flavor List page. memory is documented in MB and
// disk in GB; the values are powers of two (1024, 2048), so MB is taken as MiB
// and GB as GiB.
func flavor(row web.Object, entry *catalog.Entry) {
	entry.Name = name(row.Get("name"))
	entry.Status = row.Get("status").Word("available")
	attributes := map[string]any{}
	web.Keep(attributes, "provide", textOf(row.Get("provide").Word("shared", "dedicated")))
	web.Keep(attributes, "supporting_images", row.Get("supporting_images").SortedTexts())
	web.Keep(attributes, "zone", row.Get("zone").SortedTexts())
	spec := row.Get("spec").Map()
	entry.VCPU = spec.Get("vcpu").OptionalNumber()
	entry.MemoryMiB = spec.Get("memory").OptionalNumber()
	entry.DiskGiB = spec.Get("disk").OptionalNumber()
	entry.GPUCount = gpus(attributes, spec.Get("gpu"))
	flavorType := spec.Get("type").Word("SINGLE", "SINGLE_X4", "MAXIO", "GENERAL", "HIGH", "STORAGE", "STABILITY", "GPU")
	web.Keep(attributes, "type", textOf(flavorType))
	spec.Keep(attributes, "network") // Gbps
	spec.Done()
	entry.Attributes = row.Attributes(attributes)
}

// gpus reads gpu, of which the documents print null alone: a number, a text and an
// object occur. What it is stays as sent (gpu); a text, or the member name of an
// object, is the card (gpu_name); a number, also as a text, or the member count of
// an object, is how many there are. A card alone does not say how many.
func gpus(attributes map[string]any, gpu web.Value) *decimal.Decimal {
	if !gpu.Given() || isMap(gpu) && len(gpu.Map().Names()) == 0 {
		return nil
	}
	attributes["gpu"] = gpu.Raw()
	switch card := gpu.Raw().(type) {
	case json.Number:
		return gpu.OptionalNumber()
	case string:
		if number, err := catalog.ParseAmount(card); err == nil {
			return &number
		}
		attributes["gpu_name"] = card
	case map[string]any:
		object := gpu.Object()
		web.Keep(attributes, "gpu_name", textOf(object.Get("name").OptionalText()))
		count := object.Get("count").OptionalAmount()
		object.Done()
		return count
	}
	return nil
}

// name is a name, or nothing: only keys have to be there.
func name(value web.Value) string {
	if text := value.OptionalText(); text != nil {
		return *text
	}
	return ""
}

// textOf is the text as attributes keep it.
func textOf(text *string) any {
	if text == nil {
		return nil
	}
	return *text
}

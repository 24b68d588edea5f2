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
func flavor(document *web.Document, row web.Object) catalog.Entry {
	entry := catalog.Entry{Key: row.Get("flavor_id").Key()}
	document.About(entry.Key)
	entry.Name = name(row.Get("name"))
	entry.Status = row.Get("status").Word("available")
	attributes := map[string]any{}
	web.Keep(attributes, "provide", textOf(row.Get("provide").Word("shared", "dedicated")))
	web.Keep(attributes, "supporting_images", row.Get("supporting_images").SortedTexts())
	web.Keep(attributes, "zone", row.Get("zone").SortedTexts())
	spec := row.Get("spec").Object()
	entry.VCPU = spec.Get("vcpu").OptionalNumber()
	entry.MemoryMiB = spec.Get("memory").OptionalNumber()
	entry.DiskGiB = spec.Get("disk").OptionalNumber()
	entry.GPUCount = gpuCount(spec.Get("gpu"))
	flavorType := spec.Get("type").Word("SINGLE", "SINGLE_X4", "MAXIO", "GENERAL", "HIGH", "STORAGE", "STABILITY", "GPU")
	web.Keep(attributes, "type", textOf(flavorType))
	spec.Keep(attributes, "network", "gpu") // network: Gbps
	spec.Done()
	entry.Attributes = row.Attributes(attributes)
	entry.Prices = prices(document, entry.Key, row.Get("price"))
	return entry
}

// gpuCount reads gpu where it is a number; texts and objects, which occur,
// are attributes only.
func gpuCount(gpu web.Value) *decimal.Decimal {
	if _, isNumber := gpu.Raw().(json.Number); !isNumber {
		return nil
	}
	return gpu.OptionalNumber()
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

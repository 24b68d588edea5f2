package ncp

import (
	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// productPrice reads a ProductPrice of the price list: a product and all its
// prices in one region. memorySize and baseBlockStorageSize are bytes.
func productPrice(at place, row *row, into *web.Row) {
	into.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
		product := row.get("productCode").Key()
		entry.Name, entry.RegionID = name(row.get("productName")), at.regionID()
		entry.VCPU = size(row.get("cpuCount"))
		entry.MemoryMiB = mebibytes(size(row.get("memorySize")))
		entry.DiskGiB = gibibytes(size(row.get("baseBlockStorageSize")))
		entry.GPUCount = size(row.get("gpuCount"))
		attributes := map[string]any{"product_code": product}
		keepText(attributes, "description", text(row.get("productDescription")))
		keepText(attributes, "os_information", text(row.get("osInfomation"))) // the provider's spelling
		keepText(attributes, "generation_code", text(row.get("generationCode")))
		for _, kept := range []struct{ name, field string }{
			{"product_item_kind", "productItemKind"}, {"product_item_kind_detail", "productItemKindDetail"},
			{"software_type", "softwareType"}, {"product_category", "productCategory"},
			{"product_type", "productType"}, {"product_type_detail", "productTypeDetail"},
			{"db_kind", "dbKind"}, {"platform_type", "platformType"}, {"os_type", "osType"},
			{"platform_category_code", "platformCategoryCode"},
			{"disk_type", "diskType"}, {"disk_detail_type", "diskDetailType"},
		} {
			keepText(attributes, kept.name, code(row.get(kept.field)))
		}
		keepRows(attributes, "price_list", planTerms(at, row))
		entry.Attributes = row.line.Attributes(attributes)
	})
	into.Read(catalog.PricesPart, func(entry *catalog.Entry) { entry.Prices = prices(at, row, entry.Key) })
}

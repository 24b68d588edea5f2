package ncp

import (
	"syncer/catalog"
)

// productPrice reads a ProductPrice of the price list: a product and all its
// prices in one region. The same code stands for a product in every region, so
// the key is both. memorySize and baseBlockStorageSize are bytes.
func productPrice(at place, row row) catalog.Entry {
	product := row.get("productCode").Key()
	entry := catalog.Entry{Key: at.key(row.get("productCode")), RegionID: at.regionID()}
	row.document.About(entry.Key)
	entry.Name = name(row.get("productName"))
	entry.VCPU = number(row.get("cpuCount"))
	entry.MemoryMiB = mebibytes(number(row.get("memorySize")))
	entry.DiskGiB = gibibytes(number(row.get("baseBlockStorageSize")))
	entry.GPUCount = number(row.get("gpuCount"))
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
	entry.Prices = prices(at, row, entry.Key, attributes)
	entry.Attributes = row.line.Attributes(attributes)
	return entry
}

package ncp

import (
	"slices"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// imageNumber is the identifier of a server image.
const imageNumber = "serverImageNo"

// region reads a Region; those of the billing service have a number too.
func region(_ place, row *row, into *web.Row) {
	into.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
		code := entry.Key
		entry.Name, entry.RegionID = name(row.get("regionName")), &code
		entry.Attributes = row.line.Attributes(nil)
	})
}

// serverImage reads a ServerImage of getServerImageList and
// getServerImageDetail. Its status is that of the image, its lifecycle that of
// the offer: an image that is fading out is still CREAT.
func serverImage(at place, row *row, into *web.Row) {
	into.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
		entry.Name, entry.RegionID = name(row.get("serverImageName")), at.regionID()
		entry.Status = code(row.get("serverImageStatus"), "INIT", "CREAT", "CREFL")
		entry.Lifecycle = code(row.get("serverImageLifeCyclePhase"), "IN_SERVICE", "FADE_OUT", "RETIRED")
		attributes := map[string]any{}
		keepText(attributes, "description", text(row.get("serverImageDescription")))
		keepText(attributes, "type", code(row.get("serverImageType"), "SELF", "NCP"))
		keepMachine(attributes, row)
		keepText(attributes, "os_category_type", code(row.get("osCategoryType"), "LINUX", "WINDOWS"))
		keepText(attributes, "os_type", code(row.get("osType"), "CENTOS", "UBUNTU", "WINDOWS", "ROCKY", "NAVIX"))
		keepText(attributes, "product_code", text(row.either("serverImageProductCode", "productCode")))
		keepText(attributes, "platform_category_code", code(row.get("platformCategoryCode")))
		keepText(attributes, "operation", code(row.get("serverImageOperation")))
		keepText(attributes, "status_name", text(row.get("serverImageStatusName")))
		keepText(attributes, "share_status", code(row.get("shareStatus")))
		web.Keep(attributes, "create_date", moment(row.document, row.get("createDate"), at.zone))
		row.ignore("sharedLoginIdList") // names persons, and is redacted
		entry.DiskGiB = keepVolumes(attributes, row.get("blockStorageMappingList"))
		entry.Attributes = row.line.Attributes(attributes)
	})
}

func keepMachine(attributes map[string]any, row *row) {
	keepText(attributes, "hypervisor_type", code(row.get("hypervisorType"), "XEN", "KVM", "RHV"))
	keepText(attributes, "cpu_architecture_type", code(row.get("cpuArchitectureType"), "X86_64"))
}

// volume is one BlockStorageMapping.
type volume struct {
	order      decimal.Decimal
	size       *decimal.Decimal // bytes
	attributes map[string]any
}

// keepVolumes keeps the volumes of an image by their order and returns the
// size of the only one: what the disk of an image with several is, nobody
// states.
func keepVolumes(attributes map[string]any, list web.Value) *decimal.Decimal {
	var volumes []volume
	for _, row := range rowsOf(list) {
		volumes = append(volumes, newVolume(row.Object()))
	}
	slices.SortStableFunc(volumes, func(a, b volume) int { return a.order.Cmp(b.order) })
	kept := make([]any, len(volumes))
	for i, volume := range volumes {
		kept[i] = volume.attributes
	}
	if len(volumes) > 0 {
		attributes["block_storage_mapping_list"] = kept
	}
	if len(volumes) != 1 {
		return nil
	}
	return gibibytes(volumes[0].size)
}

// newVolume reads sizes in bytes and throughput in bytes a second, as stated.
func newVolume(object web.Object) volume {
	volume := volume{size: size(object.Get("blockStorageSize")), attributes: map[string]any{}}
	if order := number(object.Get("order")); order != nil {
		volume.order = *order
	}
	keepNumber(volume.attributes, "order", object.Get("order"))
	keepNumber(volume.attributes, "size", object.Get("blockStorageSize"))
	keepText(volume.attributes, "name", text(object.Get("blockStorageName")))
	keepText(volume.attributes, "volume_type", code(object.Get("blockStorageVolumeType"), "SSD", "HDD", "CB1", "FB1", "CB2", "FB2"))
	keepNumber(volume.attributes, "snapshot_instance_no", object.Get("blockStorageSnapshotInstanceNo"))
	keepText(volume.attributes, "snapshot_name", text(object.Get("blockStorageSnapshotName")))
	keepNumber(volume.attributes, "iops", object.Get("iops"))
	keepNumber(volume.attributes, "throughput", object.Get("throughput"))
	keepFlag(volume.attributes, "is_encrypted_volume", object.Get("isEncryptedVolume"))
	object.Done()
	return volume
}

// serverSpec reads a ServerSpec. The same code stands for a spec in every
// region, so the key is both. memorySize is bytes; throughput and network
// performance are kept as stated, for samples and answers disagree on their
// units (81 or 84934656).
func serverSpec(at place, row *row, into *web.Row) {
	into.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
		entry.Name, entry.RegionID = row.get("serverSpecCode").Key(), at.regionID()
		entry.VCPU = size(row.get("cpuCount"))
		entry.MemoryMiB = mebibytes(size(row.get("memorySize")))
		entry.GPUCount = size(row.get("gpuCount"))
		attributes := map[string]any{"server_spec_code": entry.Name}
		keepNumber(attributes, "server_spec_no", row.get("serverSpecNo"))
		keepText(attributes, "description", text(row.get("serverSpecDescription")))
		keepText(attributes, "generation_code", text(row.get("generationCode")))
		keepMachine(attributes, row)
		keepText(attributes, "product_code", text(row.either("serverProductCode", "productCode")))
		keepNumber(attributes, "block_storage_max_count", row.get("blockStorageMaxCount"))
		keepNumber(attributes, "block_storage_max_iops", row.get("blockStorageMaxIops"))
		keepNumber(attributes, "block_storage_max_throughput", row.get("blockStorageMaxThroughput"))
		keepNumber(attributes, "network_performance", row.get("networkPerformance"))
		keepNumber(attributes, "network_interface_max_count", row.get("networkInterfaceMaxCount"))
		entry.Attributes = row.line.Attributes(attributes)
	})
}

// name is a name, or nothing: only keys have to be there.
func name(value web.Value) string {
	if text := text(value); text != nil {
		return *text
	}
	return ""
}

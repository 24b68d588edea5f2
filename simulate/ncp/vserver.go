package ncp

import (
	"slices"

	"syncer/simulate/fault"
)

// regionRow is a Region.
type regionRow struct{ code, name string }

// image is a ServerImage of one region.
type image struct {
	region                   string
	no, name, description    string
	product                  string
	hypervisor, os, category string
	platform                 string // platformCategoryCode; "" is not printed
	phase                    string // IN_SERVICE, FADE_OUT, RETIRED; "" is not printed
	status, statusName       string // CREAT created
	created                  string
	volume                   volume
	undetailed               bool // its detail is refused
}

// volume is the one BlockStorageMapping of an image. What is 0 is not printed.
type volume struct {
	kind, kindName string
	size           int64 // bytes
	snapshot, iops int64
	throughput     int64 // bytes a second
}

// row prints the members in the order of the documents' sample.
func (i image) row() object {
	row := object{
		{"serverImageNo", i.no}, {"serverImageName", i.name}, {"serverImageDescription", i.description},
		{"serverImageType", common("NCP", "NCP Server Image")},
	}
	if i.phase != "" {
		row = append(row, member{"serverImageLifeCyclePhase", common(i.phase, phaseName(i.phase))})
	}
	row = append(row,
		member{"hypervisorType", common(i.hypervisor, i.hypervisor)}, member{"cpuArchitectureType", common("X86_64", "x86 64bit")},
		member{"osCategoryType", common(i.category, i.category)}, member{"osType", common(i.os, i.os)},
		member{"serverImageProductCode", i.product}, member{"serverImageStatus", common(i.status, statusName(i.status))},
		member{"serverImageOperation", common("NULL", "NULL OP")}, member{"serverImageStatusName", i.statusName},
		member{"createDate", i.created}, member{"blockStorageMappingList", []object{i.volume.row()}},
		member{"shareStatus", common("NULL", "NSI Share NULL State")}, member{"sharedLoginIdList", []string{}},
	)
	if i.platform != "" {
		row = append(row, member{"platformCategoryCode", i.platform})
	}
	return row
}

func phaseName(phase string) string {
	return map[string]string{"IN_SERVICE": "In Service", "FADE_OUT": "Fade Out", "RETIRED": "Retired"}[phase]
}

func statusName(status string) string {
	return map[string]string{"INIT": "Server initial state", "CREAT": "Server created state", "CREFL": "Server create failed state"}[status]
}

func (v volume) row() object {
	row := object{{"order", 0}}
	if v.snapshot != 0 {
		row = append(row, member{"blockStorageSnapshotInstanceNo", v.snapshot})
	}
	row = append(row, member{"blockStorageSize", v.size}, member{"blockStorageVolumeType", common(v.kind, v.kindName)})
	if v.iops != 0 {
		row = append(row, member{"iops", v.iops}, member{"throughput", v.throughput})
	}
	return append(row, member{"isEncryptedVolume", false})
}

// spec is a ServerSpec of one region.
type spec struct {
	region, code, description, product string
	hypervisor, generation             string
	cpus, memory                       int64 // memory in bytes
	storages, iops, throughput         int64
	network, interfaces                int64
}

func (s spec) row() object {
	return object{
		{"serverSpecCode", s.code}, {"hypervisorType", common(s.hypervisor, s.hypervisor)},
		{"cpuArchitectureType", common("X86_64", "x86 64bit")}, {"generationCode", s.generation},
		{"cpuCount", s.cpus}, {"memorySize", s.memory}, {"blockStorageMaxCount", s.storages},
		{"blockStorageMaxIops", s.iops}, {"blockStorageMaxThroughput", s.throughput},
		{"networkPerformance", s.network}, {"networkInterfaceMaxCount", s.interfaces},
		{"serverSpecDescription", s.description}, {"serverProductCode", s.product},
	}
}

func regions(c call) fault.Answer {
	var rows []object
	for _, region := range c.catalog.regions {
		rows = append(rows, object{{"regionCode", region.code}, {"regionName", region.name}})
	}
	return serve(c, "getRegionList", "regionList", unpaged, rows, fault.Shape{ID: "regionCode", Name: "regionName"})
}

func zones(c call) fault.Answer {
	region, known := c.region()
	if !known {
		return unknown(c, "Region")
	}
	row := object{{"zoneName", region + "-1"}, {"zoneCode", region + "-1"}, {"zoneDescription", "zone"}, {"regionCode", region}}
	return serve(c, "getZoneList", "zoneList", unpaged, []object{row}, fault.Shape{ID: "zoneCode", Name: "zoneName"})
}

// region is the region asked for; the first one unless another is.
func (c call) region() (code string, known bool) {
	code = c.params.Get("regionCode")
	if code == "" {
		return c.catalog.regions[0].code, true
	}
	return code, slices.ContainsFunc(c.catalog.regions, func(r regionRow) bool { return r.code == code })
}

func serverImages(c call) fault.Answer {
	region, known := c.region()
	if !known {
		return unknown(c, "Region")
	}
	var rows []object
	for _, image := range c.catalog.images {
		if image.region == region && image.meets(c.params) {
			rows = append(rows, image.row())
		}
	}
	return serve(c, "getServerImageList", "serverImageList", conditional, rows, fault.Shape{ID: "serverImageNo", Name: "serverImageName"})
}

// meets looks at every filter of getServerImageList. All images are NCP's own.
func (i image) meets(p params) bool {
	return within(p.list("serverImageNoList"), i.no) && holds(i.name, p.Get("serverImageName")) &&
		(p.Get("serverImageStatusCode") == "" || p.Get("serverImageStatusCode") == i.status) &&
		within(p.list("serverImageTypeCodeList"), "NCP") && within(p.list("hypervisorTypeCodeList"), i.hypervisor) &&
		within(p.list("osTypeCodeList"), i.os) && within(p.list("platformCategoryCodeList"), i.platform)
}

func serverImage(c call) fault.Answer {
	region, known := c.region()
	no := c.params.Get("serverImageNo")
	switch {
	case no == "":
		return endpointError(c)
	case !known:
		return unknown(c, "Region")
	}
	at := slices.IndexFunc(c.catalog.images, func(i image) bool { return i.region == region && i.no == no })
	if at < 0 || c.catalog.images[at].undetailed {
		return unknown(c, "Server image")
	}
	return serveRow(c, "getServerImageDetail", "serverImageList", c.catalog.images[at].row())
}

func serverSpecs(c call) fault.Answer {
	region, known := c.region()
	if !known {
		return unknown(c, "Region")
	}
	var rows []object
	for _, spec := range c.catalog.specs {
		if spec.region == region && within(c.params.list("serverSpecCodeList"), spec.code) &&
			within(c.params.list("hypervisorTypeCodeList"), spec.hypervisor) && c.fits(spec) {
			rows = append(rows, spec.row())
		}
	}
	return serve(c, "getServerSpecList", "serverSpecList", unpaged, rows, fault.Shape{ID: "serverSpecCode", Name: "serverSpecDescription"})
}

// fits reports whether a spec carries the image that was asked for, if one was.
func (c call) fits(spec spec) bool {
	no := c.params.Get("serverImageNo")
	return no == "" || slices.ContainsFunc(c.catalog.images, func(i image) bool { return i.no == no && i.hypervisor == spec.hypervisor })
}

func serverSpec(c call) fault.Answer {
	region, known := c.region()
	code := c.params.Get("serverSpecCode")
	at := slices.IndexFunc(c.catalog.specs, func(s spec) bool { return s.region == region && s.code == code })
	switch {
	case code == "":
		return endpointError(c)
	case !known:
		return unknown(c, "Region")
	case at < 0:
		return unknown(c, "Server spec")
	}
	return serveRow(c, "getServerSpecDetail", "serverSpecList", c.catalog.specs[at].row())
}

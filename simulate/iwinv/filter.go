package iwinv

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// flavorFilter is the query of the flavor list: comma lists, and limits that
// include their ends.
type flavorFilter struct {
	zones, types, images     []string
	vcpu, memory, disk, gpus limits
}

type limits struct{ from, to int }

const unlimited = int(^uint(0) >> 1)

func (l limits) hold(n int) bool { return l.from <= n && n <= l.to }

// newFlavorFilter reads the query. max_gpu is 1 when absent, as the provider's
// OpenAPI document says, so that larger GPU flavors show only when asked for.
func newFlavorFilter(query url.Values, catalog *catalog) (flavorFilter, *code) {
	filter := flavorFilter{
		zones:  commas(query.Get("zone_id")),
		types:  commas(query.Get("type")),
		images: commas(query.Get("image_type")),
	}
	flavorTypes := []string{"SINGLE", "SINGLE_X4", "MAXIO", "GENERAL", "HIGH", "STORAGE", "STABILITY", "GPU"}
	imageTypes := []string{"os_linux", "os_windows", "vdi_linux", "vdi_windows", "gpu_linux", "gpu_windows", "solution_linux"}
	if !within(filter.types, flavorTypes) || !within(filter.images, imageTypes) {
		return filter, new(checkParamEnum)
	}
	if ids := commas(query.Get("image_id")); len(ids) > 0 {
		filter.images = append(filter.images, catalog.imageTypesOf(ids)...)
	}
	bad := false
	filter.vcpu = readLimits(query, "vcpu", unlimited, &bad)
	filter.memory = readLimits(query, "memory", unlimited, &bad)
	filter.disk = readLimits(query, "disk", unlimited, &bad)
	filter.gpus = readLimits(query, "gpu", 1, &bad)
	readNumber(query, "fields", 0, &bad)
	if bad {
		return filter, new(checkParam)
	}
	return filter, nil
}

func (f flavorFilter) keeps(row flavorRow) bool {
	return meets(f.zones, row.Zone) && meets(f.types, []string{row.Spec.Type}) && meets(f.images, row.SupportingImages) &&
		f.vcpu.hold(row.Spec.VCPU) && f.memory.hold(row.Spec.Memory) && f.disk.hold(row.Spec.Disk) && f.gpus.hold(row.Spec.gpus)
}

// meets reports whether a row has one of the wanted words, or none are wanted.
func meets(wanted, have []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(have, func(word string) bool { return slices.Contains(wanted, word) })
}

func within(words, allowed []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(allowed, word) })
}

func commas(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

func readLimits(query url.Values, name string, highest int, bad *bool) limits {
	return limits{from: readNumber(query, "min_"+name, 0, bad), to: readNumber(query, "max_"+name, highest, bad)}
}

func readNumber(query url.Values, name string, otherwise int, bad *bool) int {
	text := query.Get(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	*bad = *bad || err != nil || n < 0
	return n
}

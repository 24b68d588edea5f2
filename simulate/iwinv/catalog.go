package iwinv

import (
	"encoding/json"
	"slices"

	"syncer/simulate/world"
)

// catalog is everything the provider lists at one moment.
type catalog struct {
	flavors []flavorRow
	zones   []zoneRow
	images  []imageRow
	storage []storageRow

	withdrawn []flavorRow // not listed now, kept to be listed again
}

func newWorld(config Config) *world.World[catalog] {
	first := func() catalog {
		catalog := documented()
		catalog.flavors = append(catalog.flavors, generated(config.Seed, config.Products)...)
		return catalog
	}
	changes := append(script(), weekly(config.Seed, config.Products)...)
	if !config.Calm {
		changes = append(changes, slips()...)
	}
	return world.New(first, changes)
}

// documented is the sample of the Flavor List page, row for row, and the
// other lists in their documented shapes.
func documented() catalog {
	linux := []string{"os_linux", "vdi_linux", "solution_linux"}
	both := []string{"os_linux", "vdi_linux", "os_windows", "solution_linux"}
	all := []string{"os_linux", "vdi_linux", "os_windows", "vdi_windows", "solution_linux"}
	return catalog{
		flavors: []flavorRow{
			newFlavor("vgna_1_n", "shared", machine("GENERAL", 1, 1024, 25, "2.5"), []string{"os_linux", "solution_linux"}, amounts(5600, 210)),
			newFlavor("vgna_2_n", "shared", machine("GENERAL", 2, 2048, 50, "2.5"), both, amounts(13100, 490)),
			newFlavor("gna_1.2_n", "dedicated", machine("GENERAL", 1, 2048, 50, "2.5"), linux, amounts(14600, 550)),
			newFlavor("gna_2.4_n", "dedicated", machine("GENERAL", 2, 4096, 50, "2.5"), both, amounts(27800, 1030)),
			newFlavor("hpa_1.2_n", "dedicated", machine("HIGH", 1, 2048, 50, "10"), linux, amounts(17500, 650)),
			newFlavor("hpa_2.4_n", "dedicated", machine("HIGH", 2, 4096, 50, "10"), both, amounts(34900, 1300)),
			newFlavor("soi_2.8_s", "dedicated", machine("STORAGE", 2, 8192, 200, "10"), all, amounts(45100, 1670)),
		},
		zones:   []zoneRow{newZone("kr2-z01", "KR2 Zone 01")},
		images:  documentedImages(),
		storage: []storageRow{{"ssd", 10, 2000, nil}, {"sata", 10, 20000, []string{"kr2-z01"}}},
	}
}

func newZone(id, name string) zoneRow {
	return zoneRow{Content: []string{"instance", "block_storage"}, Status: "available", ZoneID: id, ZoneName: name}
}

func newFlavor(id, provide string, spec spec, images []string, price prices) flavorRow {
	return flavorRow{
		FlavorID: id, Name: id, Provide: provide, Status: "available", Spec: spec,
		SupportingImages: images, Zone: []string{"kr2-z01"}, Price: price,
	}
}

func machine(kind string, vcpu, memory, disk int, network json.Number) spec {
	return spec{Type: kind, VCPU: vcpu, Memory: memory, Disk: disk, Network: network}
}

func documentedImages() []imageRow {
	return []imageRow{
		newImage("img-ubuntu-2204", "Ubuntu 22.04", "ubuntu", "22.04", "os_linux"),
		newImage("img-ubuntu-2404", "Ubuntu 24.04", "ubuntu", "24.04", "os_linux"),
		newImage("img-rocky-8", "Rocky Linux 8", "rocky", "8", "os_linux"),
		newImage("img-rocky-9", "Rocky Linux 9", "rocky", "9", "os_linux"),
		newImage("img-debian-12", "Debian 12", "debian", "12", "os_linux"),
		newImage("img-alma-9", "AlmaLinux 9", "alma", "9", "os_linux"),
		newImage("img-oracle-9", "Oracle Linux 9", "oracle", "9", "os_linux"),
		newImage("img-fedora-40", "Fedora 40", "fedora", "40", "os_linux"),
		newImage("img-freebsd-14", "FreeBSD 14", "freebsd", "14", "os_linux"),
		newImage("img-opensuse-15", "openSUSE 15", "opensuse", "15", "os_linux"),
		newImage("img-windows-2019", "Windows Server 2019", "windows", "2019", "os_windows"),
		newImage("img-windows-2022", "Windows Server 2022", "windows", "2022", "os_windows"),
	}
}

func newImage(id, name, os, version, kind string) imageRow {
	return imageRow{
		Name: name, ImageID: id, Visibility: "public",
		OS:        system{Type: "os", Name: name, Status: "active", Content: []string{}, OSType: os, Version: version, OID: id + "-os"},
		ImageType: kind, Zone: []string{"kr2-z01"}, Tags: []string{}, Status: "active", Protected: true,
		Description: name + " 64 bit", MinDisk: 25, MinRAM: 1024, FileSize: 2361393152,
		CreatedAt: "2024-11-19 00:20:54", UpdatedAt: "2024-11-19 00:20:54",
	}
}

// imageTypesOf is what a flavor must support to carry one of the images.
func (c *catalog) imageTypesOf(ids []string) []string {
	types := []string{"unknown"} // an unknown image is carried by no flavor
	for _, image := range c.images {
		if slices.Contains(ids, image.ImageID) {
			types = append(types, image.ImageType)
		}
	}
	return types
}

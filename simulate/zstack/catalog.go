package zstack

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"syncer/simulate/world"
)

// catalog is everything the installation lists at one moment.
type catalog struct {
	instances, disks []offering
	routers          []routerOffering
	withdrawn        []offering // not listed now, kept to be listed again
	tables           []priceTable
	prices           []priceRow
	tags             []tagRow
	location         *time.Location
}

// The documents' own rows: the sample replies of QueryInstanceOffering and
// CreateInstanceOffering. Both lack memorySize.
const (
	querySample  = "4f7e7eff5bb04f7cacc33a18006a0c72"
	createSample = "d04e02a97d6c4ad0b0acee2a2f6c7084"
)

const gibibyte = 1 << 30

func newWorld(config Config) *world.World[catalog] {
	first := func() catalog {
		catalog := documented(config.Location)
		catalog.instances = append(catalog.instances, generated(config)...)
		if config.Billing {
			catalog.openBilling()
		}
		return catalog
	}
	changes := append(script(), weekly(config)...)
	if config.Billing {
		changes = append(changes, billingScript()...)
	}
	return world.New(first, changes)
}

func documented(location *time.Location) catalog {
	return catalog{
		location: location,
		instances: []offering{
			sample(querySample, time.Date(2017, time.June, 7, 21, 20, 13, 0, location)),
			sample(createSample, time.Date(2017, time.June, 7, 21, 20, 40, 0, location)),
		},
		disks:   []offering{diskOffering("8c4a1b5f0c1d4d2c9a6d0b3f4e5a6b71", "diskOffering1", 20, time.Date(2017, time.June, 7, 21, 20, 13, 0, location), location)},
		routers: []routerOffering{newRouterOffering(standardRouter, "vrouter", 2, 1, true, time.Date(2017, time.June, 7, 21, 20, 13, 0, location), location)},
	}
}

func sample(uuid string, created time.Time) offering {
	return offering{
		UUID: uuid, Name: "instanceOffering1", CPUNum: 2, CPUSpeed: 1, Type: "UserVm", Allocator: "Mevoco",
		CreateDate: stamp{created, created.Location()}, LastOpDate: stamp{created, created.Location()}, State: "Enabled",
	}
}

func instanceOffering(uuid, name string, cpus, gibibytes int64, created time.Time, location *time.Location) offering {
	offering := sample(uuid, created.In(location))
	offering.Name, offering.CPUNum, offering.MemorySize = name, number(cpus), number(gibibytes*gibibyte)
	offering.Description = fmt.Sprintf("%d CPU, %d GB", cpus, gibibytes)
	offering.Allocator, offering.SortKey = "LeastVmPreferredHostAllocatorStrategy", new(number)
	return offering
}

func diskOffering(uuid, name string, gibibytes int64, created time.Time, location *time.Location) offering {
	return offering{
		UUID: uuid, Name: name, DiskSize: number(gibibytes * gibibyte), Type: "zstack", Allocator: "DefaultPrimaryStorageAllocationStrategy",
		SortKey: new(number), CreateDate: stamp{created, location}, LastOpDate: stamp{created, location}, State: "Enabled",
	}
}

// standardRouter is the offering of virtual routers that an installation has from
// its first day.
const standardRouter = "9d5b2c6a1d2e4e3daa7b1c4a5f6b7c82"

func newRouterOffering(uuid, name string, cpus, gibibytes int64, standard bool, created time.Time, location *time.Location) routerOffering {
	router := routerOffering{
		offering:          instanceOffering(uuid, name, cpus, gibibytes, created, location),
		ManagementNetwork: "a1e6c3d4f5b64c7d8e9fa0b1c2d3e4f5", PublicNetwork: "b2f7d4e5a6c75d8e9fa0b1c2d3e4f5a6",
		Zone: "0d26522305c34d07b5661ccda62053c0", Image: "c3a8e5f6b7d86e9fa0b1c2d3e4f5a6b7", IsDefault: standard,
	}
	router.Type, router.Allocator = "VirtualRouter", "DefaultHostAllocatorStrategy"
	return router
}

// generated is more instance offerings, created a day apart before the start.
func generated(config Config) []offering {
	random := rand.New(rand.NewPCG(uint64(config.Seed), 3))
	rows := make([]offering, 0, config.Products)
	for i := range config.Products {
		cpus := int64(1) << random.IntN(6)
		memory := cpus << random.IntN(4)
		created := world.Start().Add(-world.Day * time.Duration(1+i%1000))
		rows = append(rows, instanceOffering(newUUID(random), fmt.Sprintf("vm-%dc%dg-%d", cpus, memory, i+1), cpus, memory, created, config.Location))
	}
	return rows
}

// weekly disables or enables one in fifty of the generated offerings.
func weekly(config Config) []change {
	if config.Products == 0 {
		return nil
	}
	var changes []change
	for week := 1; week < world.Weeks; week++ {
		changes = append(changes, change{
			After: days(7 * week), List: "instance-offerings", Key: "generated offerings",
			Text: fmt.Sprintf("about %d generated offerings are disabled or enabled", max(1, config.Products/50)),
			Apply: func(c *catalog, at time.Time) {
				random := rand.New(rand.NewPCG(uint64(config.Seed), uint64(3+week)))
				for range max(1, config.Products/50) {
					c.instances[c.generatedFrom()+random.IntN(config.Products)].toggle(at)
				}
			},
		})
	}
	return changes
}

// generatedFrom is where the generated offerings begin: scripted ones leave
// from before them and join after them.
func (c *catalog) generatedFrom() int {
	return slices.IndexFunc(c.instances, func(o offering) bool { return len(o.Name) > 3 && o.Name[:3] == "vm-" })
}

package iwinv

import (
	"fmt"
	"slices"
	"time"

	"syncer/simulate/world"
)

func days(n int) time.Duration { return time.Duration(n) * world.Day }

// onFlavor is a change of one flavor that is there.
func onFlavor(day int, id, text string, apply func(*flavorRow)) change {
	return change{After: days(day), List: "flavors", Key: id, Text: text, Apply: func(c *catalog, _ time.Time) {
		if at := c.flavor(id); at >= 0 {
			apply(&c.flavors[at])
		}
	}}
}

func (c *catalog) flavor(id string) int {
	return slices.IndexFunc(c.flavors, func(row flavorRow) bool { return row.FlavorID == id })
}

func reprice(day int, id string, month, daily int) change {
	text := fmt.Sprintf("%s now costs %d won a month", id, month)
	return onFlavor(day, id, text, func(row *flavorRow) { row.Price = amounts(month, daily) })
}

func state(day int, id, status string) change {
	return onFlavor(day, id, fmt.Sprintf("%s is %s", id, status), func(row *flavorRow) { row.Status = status })
}

func rename(day int, id, name string) change {
	return onFlavor(day, id, fmt.Sprintf("%s is renamed %s", id, name), func(row *flavorRow) { row.Name = name })
}

func extend(day int, id, zone string) change {
	return onFlavor(day, id, fmt.Sprintf("%s is sold in %s too", id, zone), func(row *flavorRow) {
		row.Zone = append(slices.Clone(row.Zone), zone)
	})
}

func appear(day int, row flavorRow) change {
	return change{After: days(day), List: "flavors", Key: row.FlavorID, Text: row.FlavorID + " is new", Apply: func(c *catalog, _ time.Time) {
		c.flavors = append(c.flavors, row)
	}}
}

func gpuFlavor(id string, gpu any, count int, price prices) flavorRow {
	spec := machine("GPU", 8, 32768, 100, "10")
	spec.GPU, spec.gpus = gpu, count
	return newFlavor(id, "dedicated", spec, []string{"gpu_linux", "gpu_windows"}, price)
}

// vanish takes a flavor out of the list but keeps it for relist.
func vanish(day int, id, text string) change {
	return change{After: days(day), List: "flavors", Key: id, Text: id + " " + text, Apply: func(c *catalog, _ time.Time) {
		if at := c.flavor(id); at >= 0 {
			c.withdrawn = append(c.withdrawn, c.flavors[at])
			c.flavors = slices.Delete(c.flavors, at, at+1)
		}
	}}
}

// relist lists a withdrawn flavor again, at the end, as it was.
func relist(day int, id, text string) change {
	return change{After: days(day), List: "flavors", Key: id, Text: id + " " + text, Apply: func(c *catalog, _ time.Time) {
		at := slices.IndexFunc(c.withdrawn, func(row flavorRow) bool { return row.FlavorID == id })
		if at >= 0 {
			c.flavors = append(c.flavors, c.withdrawn[at])
			c.withdrawn = slices.Delete(c.withdrawn, at, at+1)
		}
	}}
}

func openZone(day int, id, name string) change {
	return change{After: days(day), List: "zones", Key: id, Text: "zone " + id + " opens", Apply: func(c *catalog, _ time.Time) {
		c.zones = append(c.zones, newZone(id, name))
	}}
}

func enlarge(day int, kind string, gigabytes int) change {
	text := fmt.Sprintf("%s volumes may have %d GB", kind, gigabytes)
	return change{After: days(day), List: "block-storage-types", Key: kind, Text: text, Apply: func(c *catalog, _ time.Time) {
		for i := range c.storage {
			if c.storage[i].Type == kind {
				c.storage[i].Max = gigabytes
			}
		}
	}}
}

func imageState(day int, id, status string) change {
	text := fmt.Sprintf("image %s is %s", id, status)
	return change{After: days(day), List: "images", Key: id, Text: text, Apply: func(c *catalog, at time.Time) {
		for i := range c.images {
			if c.images[i].ImageID == id {
				c.images[i].Status, c.images[i].UpdatedAt = status, at.Format(time.DateTime)
			}
		}
	}}
}

func appearImage(day int, row imageRow) change {
	return change{After: days(day), List: "images", Key: row.ImageID, Text: "image " + row.ImageID + " is new", Apply: func(c *catalog, at time.Time) {
		row := row
		row.CreatedAt, row.UpdatedAt = at.Format(time.DateTime), at.Format(time.DateTime)
		c.images = append(c.images, row)
	}}
}

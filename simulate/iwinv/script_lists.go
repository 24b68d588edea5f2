package iwinv

import (
	"fmt"
	"slices"
	"time"
)

// withdraw takes a flavor out of the list but remembers it for restore.
func (c *catalog) withdraw(id string) {
	if at := c.flavor(id); at >= 0 {
		c.withdrawn = append(c.withdrawn, c.flavors[at])
		c.flavors = slices.Delete(c.flavors, at, at+1)
	}
}

// restore lists a withdrawn flavor again, at the end, as it was.
func (c *catalog) restore(id string) {
	at := slices.IndexFunc(c.withdrawn, func(row flavorRow) bool { return row.FlavorID == id })
	if at >= 0 {
		c.flavors = append(c.flavors, c.withdrawn[at])
		c.withdrawn = slices.Delete(c.withdrawn, at, at+1)
	}
}

func openZone(day int, id, name string) change {
	return change{After: days(day), List: "zones", Key: id, Text: "zone " + id + " opens", Apply: func(c *catalog, _ time.Time) {
		c.zones = append(c.zones, zoneRow{id, name, "available"})
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

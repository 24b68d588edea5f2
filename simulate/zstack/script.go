package zstack

import (
	"slices"
	"time"

	"syncer/simulate/world"
)

type change = world.Change[catalog]

// script is what happens at the installation in the twelve weeks.
func script() []change {
	const (
		small  = "0f1a6c1e7b8d4a1f8a53a1e2d3c4b501"
		medium = "1b2c7d2f8c9e4b2a9b64b2f3e4d5c602"
		large  = "2c3d8e3a9daf4c3bac75c3a4f5e6d703"
		huge   = "3d4e9f4baeb04d4cbd86d4b5a6f7e804"
	)
	return []change{
		create(2, small, "small", 1, 2),
		create(2, medium, "medium", 2, 4),
		create(4, large, "large", 4, 16),
		setState(8, querySample, "Disabled"),
		create(11, huge, "huge", 16, 64),
		setState(15, querySample, "Enabled"),
		vanish(20, small, "small is gone for one day"),
		relist(21, small, "small is back after one day"),
		vanish(26, medium, "medium is gone for three weeks"),
		createDisk(29, "4e5fa05cbfc14e5dce97e5c6b7a8f905", "disk-100", 100),
		vanish(33, large, "large is deleted"),
		rename(39, createSample, "instanceOffering1-2017"),
		relist(47, medium, "medium is back, restored from a backup"),
		setState(61, huge, "Disabled"),
		setState(75, huge, "Enabled"),
	}
}

func days(n int) time.Duration { return time.Duration(n) * world.Day }

func instances(day int, uuid, text string, apply func(c *catalog, at time.Time)) change {
	return change{After: days(day), List: "instance-offerings", Key: uuid, Text: text, Apply: apply}
}

// onOffering is a change of one offering that is there; it dates the last
// operation.
func onOffering(day int, uuid, text string, apply func(*offering)) change {
	return instances(day, uuid, text, func(c *catalog, at time.Time) {
		if i := index(c.instances, uuid); i >= 0 {
			apply(&c.instances[i])
			c.instances[i].LastOpDate.moment = at
		}
	})
}

func index(rows []offering, uuid string) int {
	return slices.IndexFunc(rows, func(o offering) bool { return o.UUID == uuid })
}

func (o *offering) toggle(at time.Time) {
	if o.LastOpDate.moment = at; o.State == "Enabled" {
		o.State = "Disabled"
		return
	}
	o.State = "Enabled"
}

func create(day int, uuid, name string, cpus, gibibytes int64) change {
	return instances(day, uuid, name+" is new", func(c *catalog, at time.Time) {
		c.instances = append(c.instances, instanceOffering(uuid, name, cpus, gibibytes, at, c.location))
	})
}

func createDisk(day int, uuid, name string, gibibytes int64) change {
	return change{After: days(day), List: "disk-offerings", Key: uuid, Text: name + " is new", Apply: func(c *catalog, at time.Time) {
		c.disks = append(c.disks, diskOffering(uuid, name, gibibytes, at, c.location))
	}}
}

func setState(day int, uuid, state string) change {
	return onOffering(day, uuid, uuid+" is "+state, func(o *offering) { o.State = state })
}

func rename(day int, uuid, name string) change {
	return onOffering(day, uuid, uuid+" is renamed "+name, func(o *offering) { o.Name = name })
}

func vanish(day int, uuid, text string) change {
	return instances(day, uuid, text, func(c *catalog, _ time.Time) {
		if i := index(c.instances, uuid); i >= 0 {
			c.withdrawn = append(c.withdrawn, c.instances[i])
			c.instances = slices.Delete(c.instances, i, i+1)
		}
	})
}

func relist(day int, uuid, text string) change {
	return instances(day, uuid, text, func(c *catalog, _ time.Time) {
		if i := index(c.withdrawn, uuid); i >= 0 {
			c.instances = append(c.instances, c.withdrawn[i])
			c.withdrawn = slices.Delete(c.withdrawn, i, i+1)
		}
	})
}

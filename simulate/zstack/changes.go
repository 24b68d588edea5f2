package zstack

import (
	"slices"
	"time"

	"syncer/simulate/world"
)

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

// onRouters is a change of the virtual routers' offerings.
func onRouters(day int, uuid, text string, apply func(c *catalog, at time.Time)) change {
	return change{After: days(day), List: "virtual-router-offerings", Key: uuid, Text: text, Apply: apply}
}

func createRouter(day int, uuid, name string, cpus, gibibytes int64) change {
	return onRouters(day, uuid, name+" is new", func(c *catalog, at time.Time) {
		c.routers = append(c.routers, newRouterOffering(uuid, name, cpus, gibibytes, false, at, c.location))
	})
}

func makeDefaultRouter(day int, uuid string) change {
	return onRouters(day, uuid, uuid+" is the default of virtual routers", func(c *catalog, at time.Time) {
		for i := range c.routers {
			c.routers[i].IsDefault, c.routers[i].LastOpDate.moment = c.routers[i].UUID == uuid, at
		}
	})
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

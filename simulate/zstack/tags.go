package zstack

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"syncer/simulate/fault"
)

// tagRow is a SystemTagInventory.
type tagRow struct {
	UUID         string `json:"uuid"`
	Inherent     bool   `json:"inherent"`
	ResourceUUID string `json:"resourceUuid"`
	ResourceType string `json:"resourceType"`
	Tag          string `json:"tag"`
	Type         string `json:"type"`
	CreateDate   stamp  `json:"createDate"`
	LastOpDate   stamp  `json:"lastOpDate"`
}

// field is what q and sort may name.
func (t tagRow) field(name string) (value, bool) {
	texts := map[string]string{
		"uuid": t.UUID, "inherent": strconv.FormatBool(t.Inherent), "resourceUuid": t.ResourceUUID,
		"resourceType": t.ResourceType, "tag": t.Tag, "type": t.Type,
	}
	if text, ok := texts[name]; ok {
		return value{text: text}, true
	}
	switch name {
	case "createDate":
		return numeric(t.CreateDate.moment.Unix()), true
	case "lastOpDate":
		return numeric(t.LastOpDate.moment.Unix()), true
	}
	return value{}, false
}

func (a *API) tags(c call) fault.Answer {
	return serveList(a, c, a.world.At(a.config.At()).tags, "org.zstack.header.tag.SystemTagInventory")
}

// tagPrice tags a price as being of the volumes whose disk offering has the key.
func (c *catalog) tagPrice(price, key string, at time.Time) {
	config, err := json.Marshal(map[string]any{"priceUserConfig": map[string]string{"priceKeyName": key}})
	if err != nil {
		panic(err) // a map of texts
	}
	now := stamp{at, c.location}
	c.tags = append(c.tags, tagRow{
		UUID: fmt.Sprintf("%s%08x", "93a4f5ba04b68da2b3dcd0fb", len(c.tags)+1), ResourceUUID: price, ResourceType: "PriceVO",
		Tag: "priceUserConfig::" + string(config), Type: "System", CreateDate: now, LastOpDate: now,
	})
}

// priceByKey prices root volumes of disk offerings with a key, and ends the price
// that they had before.
func (c *catalog) priceByKey(table, key string, amount json.Number, at time.Time) {
	for _, tag := range c.tags {
		for i := range c.prices {
			if c.prices[i].UUID == tag.ResourceUUID && c.prices[i].EndDateInLong == 0 {
				c.prices[i].EndDateInLong, c.prices[i].LastOpDate.moment = at.UnixMilli(), at
			}
		}
	}
	c.addPrice(table, "rootVolume", "1G", amount, at)
	c.tagPrice(c.prices[len(c.prices)-1].UUID, key, at)
}

// announce enters a price for a later day: the price before ends then.
func (c *catalog) announce(table, resource string, amount json.Number, at, from time.Time) {
	c.reprice(table, resource, amount, from)
	for i := range c.prices {
		if row := &c.prices[i]; row.DateInLong == from.UnixMilli() || row.EndDateInLong == from.UnixMilli() {
			row.LastOpDate.moment = at
			if row.DateInLong == from.UnixMilli() {
				row.CreateDate.moment = at
			}
		}
	}
}

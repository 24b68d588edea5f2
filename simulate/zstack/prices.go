package zstack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

// priceTable is a PriceTableInventory.
type priceTable struct {
	UUID        string `json:"uuid"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	CreateDate  stamp  `json:"createDate"`
	LastOpDate  stamp  `json:"lastOpDate"`
}

// priceRow is a PriceInventory: price is for a unit of the resource and of
// time, the dates in long are milliseconds.
type priceRow struct {
	UUID          string      `json:"uuid"`
	ResourceName  string      `json:"resourceName"`
	ResourceUnit  string      `json:"resourceUnit"`
	TimeUnit      string      `json:"timeUnit"`
	Price         json.Number `json:"price"`
	DateInLong    int64       `json:"dateInLong"`
	EndDateInLong int64       `json:"endDateInLong,omitempty"`
	TableUUID     string      `json:"tableUuid"`
	Offerings     []priceRef  `json:"pciDeviceOfferings"`
	CreateDate    stamp       `json:"createDate"`
	LastOpDate    stamp       `json:"lastOpDate"`
}

// priceRef is a PricePciDeviceOfferingRefInventory.
type priceRef struct {
	PriceUUID    string `json:"priceUuid"`
	OfferingUUID string `json:"pciDeviceOfferingUuid"`
	CreateDate   stamp  `json:"createDate"`
	LastOpDate   stamp  `json:"lastOpDate"`
}

// field is what q and sort may name.
func (t priceTable) field(name string) (value, bool) {
	switch name {
	case "uuid":
		return value{text: t.UUID}, true
	case "name":
		return value{text: t.Name}, true
	case "description":
		return value{text: t.Description}, true
	case "createDate":
		return numeric(t.CreateDate.moment.Unix()), true
	case "lastOpDate":
		return numeric(t.LastOpDate.moment.Unix()), true
	}
	return value{}, false
}

// field is what q and sort may name.
func (p priceRow) field(name string) (value, bool) {
	texts := map[string]string{
		"uuid": p.UUID, "resourceName": p.ResourceName, "resourceUnit": p.ResourceUnit, "timeUnit": p.TimeUnit, "tableUuid": p.TableUUID,
	}
	if text, ok := texts[name]; ok {
		return value{text: text}, true
	}
	switch name {
	case "price":
		amount, err := p.Price.Float64()
		return value{text: p.Price.String(), number: amount}, err == nil
	case "dateInLong":
		return numeric(p.DateInLong), true
	case "endDateInLong":
		return numeric(p.EndDateInLong), true
	case "createDate":
		return numeric(p.CreateDate.moment.Unix()), true
	case "lastOpDate":
		return numeric(p.LastOpDate.moment.Unix()), true
	}
	return value{}, false
}

func (a *API) priceTables(c call) fault.Answer {
	return serveList(a, c, a.world.At(a.config.At()).tables, "org.zstack.billing.table.PriceTableInventory")
}

func (a *API) prices(c call) fault.Answer {
	return serveList(a, c, a.world.At(a.config.At()).prices, "org.zstack.billing.PriceInventory")
}

// validSession answers for a session without having one, as the server does.
func (a *API) validSession(c call) fault.Answer {
	body := fmt.Appendf(nil, `{"valid":%t}`, a.sessions.valid(c.id))
	return fault.Answer{Status: http.StatusOK, Type: jsonType, Body: body}
}

// The tables of an installation with the billing module, and the devices that
// its price for GPUs is for.
const (
	standardTable = "5f60b16dc0d24f6edf08f6d7c8b90a06"
	partnerTable  = "6071c27ed1e35a7fe0a9a7e8d9ca1b07"
	deviceT4      = "7182d38fe2f46b80f1bab8f9eadb2c08"
)

// openBilling fills the catalog as a billing administrator does on the first
// day; amounts are for a second.
func (c *catalog) openBilling() {
	opened := time.Date(2025, time.July, 1, 0, 0, 0, 0, c.location)
	c.addTable(standardTable, "Standard", "Prices for everybody", opened)
	for _, price := range []struct {
		resource, unit string
		amount         json.Number
		devices        []string
	}{
		{"cpu", "1", "0.0000125", nil}, {"memory", "1G", "0.00000625", nil},
		{"rootVolume", "1G", "1.5E-7", nil}, {"dataVolume", "1G", "1.2E-7", nil}, {"snapShot", "1G", "8.0E-8", nil},
		{"gpu", "1", "0.00115", []string{deviceT4}}, {"pubIpVmNicBandwidthOut", "1M", "0.00002", nil},
	} {
		c.addPrice(standardTable, price.resource, price.unit, price.amount, opened, price.devices...)
	}
}

func (c *catalog) addTable(uuid, name, description string, at time.Time) {
	c.tables = append(c.tables, priceTable{
		UUID: uuid, Name: name, Description: description, CreateDate: stamp{at, c.location}, LastOpDate: stamp{at, c.location},
	})
}

func (c *catalog) addPrice(table, resource, unit string, amount json.Number, at time.Time, devices ...string) {
	now := stamp{at, c.location}
	row := priceRow{
		UUID: fmt.Sprintf("%s%08x", table[:24], len(c.prices)+1), ResourceName: resource, ResourceUnit: unit, TimeUnit: "s", Price: amount,
		DateInLong: at.UnixMilli(), TableUUID: table, Offerings: []priceRef{}, CreateDate: now, LastOpDate: now,
	}
	for _, device := range devices {
		row.Offerings = append(row.Offerings, priceRef{PriceUUID: row.UUID, OfferingUUID: device, CreateDate: now, LastOpDate: now})
	}
	c.prices = append(c.prices, row)
}

// reprice ends the price in force and begins another, as UpdateResourcePrice
// and CreateResourcePrice do.
func (c *catalog) reprice(table, resource string, amount json.Number, at time.Time) {
	for i := range c.prices {
		row := &c.prices[i]
		if row.TableUUID != table || row.ResourceName != resource || row.EndDateInLong != 0 {
			continue
		}
		row.EndDateInLong, row.LastOpDate.moment = at.UnixMilli(), at
		var devices []string
		for _, ref := range row.Offerings {
			devices = append(devices, ref.OfferingUUID)
		}
		c.addPrice(table, resource, row.ResourceUnit, amount, at, devices...)
		return
	}
}

// billingScript is what happens to the price tables in the twelve weeks.
func billingScript() []change {
	return []change{
		repriced(10, "cpu", "0.000012", "cpu becomes cheaper"),
		billing(18, partnerTable, "the table Partner is new, without a price", func(c *catalog, at time.Time) {
			c.addTable(partnerTable, "Partner", "", at)
		}),
		billing(19, partnerTable, "the table Partner gets a price for cpu", func(c *catalog, at time.Time) {
			c.addPrice(partnerTable, "cpu", "1", "0.00001", at)
		}),
		billing(24, standardTable, "root volumes on fast disks get a price of their own", func(c *catalog, at time.Time) {
			c.priceByKey(standardTable, "highSpeedDisk", "3.0E-7", at)
		}),
		repriced(31, "gpu", "0.00125", "gpu becomes dearer"),
		repriced(45, "memory", "0.0000065", "memory becomes dearer"),
		billing(52, standardTable, "the price of snapShot ends", func(c *catalog, at time.Time) {
			i := slices.IndexFunc(c.prices, func(row priceRow) bool { return row.ResourceName == "snapShot" })
			c.prices[i].EndDateInLong, c.prices[i].LastOpDate.moment = at.UnixMilli(), at
		}),
		billing(54, standardTable, "root volumes on fast disks become dearer", func(c *catalog, at time.Time) {
			c.priceByKey(standardTable, "highSpeedDisk", "3.2E-7", at)
		}),
		billing(59, standardTable, "a higher price of dataVolume is entered for two weeks later", func(c *catalog, at time.Time) {
			c.announce(standardTable, "dataVolume", "1.3E-7", at, at.Add(14*world.Day))
		}),
		repriced(66, "cpu", "0.0000128", "cpu becomes dearer"),
		billing(80, partnerTable, "the table Partner is deleted", func(c *catalog, _ time.Time) {
			c.tables = slices.DeleteFunc(c.tables, func(table priceTable) bool { return table.UUID == partnerTable })
			c.prices = slices.DeleteFunc(c.prices, func(row priceRow) bool { return row.TableUUID == partnerTable })
		}),
	}
}

func billing(day int, table, text string, apply func(*catalog, time.Time)) change {
	return change{After: time.Duration(day) * world.Day, List: "price-tables", Key: table, Text: text, Apply: apply}
}

func repriced(day int, resource string, amount json.Number, text string) change {
	return billing(day, standardTable, text, func(c *catalog, at time.Time) { c.reprice(standardTable, resource, amount, at) })
}

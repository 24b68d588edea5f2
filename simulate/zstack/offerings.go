package zstack

import (
	"strconv"
	"time"

	"syncer/simulate/fault"
)

// number prints whole numbers as the documents' samples do: 2 as 2.0.
type number int64

// MarshalJSON is the number with one decimal.
func (n number) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(n), 'f', 1, 64), nil
}

// stamp is a moment that prints as the server's local time.
type stamp struct {
	moment   time.Time
	location *time.Location
}

// MarshalJSON is the date in quotes.
func (s stamp) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, dateText(s.moment, s.location)), nil
}

// offering is what both kinds have; members that are null are not printed.
type offering struct {
	UUID        string  `json:"uuid"`
	Name        string  `json:"name"`
	Description string  `json:"description,omitempty"`
	CPUNum      number  `json:"cpuNum,omitempty"`
	CPUSpeed    number  `json:"cpuSpeed,omitempty"`
	MemorySize  number  `json:"memorySize,omitempty"` // bytes
	DiskSize    number  `json:"diskSize,omitempty"`   // bytes
	Type        string  `json:"type"`
	Allocator   string  `json:"allocatorStrategy"`
	SortKey     *number `json:"sortKey,omitempty"`
	CreateDate  stamp   `json:"createDate"`
	LastOpDate  stamp   `json:"lastOpDate"`
	State       string  `json:"state"`
}

func (o offering) field(name string) (value, bool) {
	switch name {
	case "uuid":
		return value{text: o.UUID}, true
	case "name":
		return value{text: o.Name}, true
	case "description":
		return value{text: o.Description}, true
	case "type":
		return value{text: o.Type}, true
	case "allocatorStrategy":
		return value{text: o.Allocator}, true
	case "state":
		return value{text: o.State}, true
	case "createDate":
		return numeric(o.CreateDate.moment.Unix()), true
	case "lastOpDate":
		return numeric(o.LastOpDate.moment.Unix()), true
	}
	return o.measure(name)
}

func (o offering) measure(name string) (value, bool) {
	switch name {
	case "cpuNum":
		return numeric(int64(o.CPUNum)), true
	case "cpuSpeed":
		return numeric(int64(o.CPUSpeed)), true
	case "memorySize":
		return numeric(int64(o.MemorySize)), true
	case "diskSize":
		return numeric(int64(o.DiskSize)), true
	case "sortKey":
		if o.SortKey == nil {
			return value{}, true
		}
		return numeric(int64(*o.SortKey)), true
	}
	return value{}, false
}

func numeric(n int64) value { return value{text: strconv.FormatInt(n, 10), number: float64(n)} }

func (a *API) instanceOfferings(c call) fault.Answer {
	return serveList(a, c, a.world.At(a.config.At()).instances, "org.zstack.header.configuration.InstanceOfferingInventory")
}

// routerOffering is a VirtualRouterOfferingInventory.
type routerOffering struct {
	offering
	ManagementNetwork string `json:"managementNetworkUuid"`
	PublicNetwork     string `json:"publicNetworkUuid"`
	Zone              string `json:"zoneUuid"`
	IsDefault         bool   `json:"isDefault"`
	Image             string `json:"imageUuid"`
}

func (r routerOffering) field(name string) (value, bool) {
	texts := map[string]string{
		"managementNetworkUuid": r.ManagementNetwork, "publicNetworkUuid": r.PublicNetwork, "zoneUuid": r.Zone,
		"imageUuid": r.Image, "isDefault": strconv.FormatBool(r.IsDefault),
	}
	if text, ok := texts[name]; ok {
		return value{text: text}, true
	}
	return r.offering.field(name)
}

func (a *API) routerOfferings(c call) fault.Answer {
	return serveList(a, c, a.world.At(a.config.At()).routers, "org.zstack.network.service.virtualrouter.VirtualRouterOfferingInventory")
}

func (a *API) diskOfferings(c call) fault.Answer {
	return serveList(a, c, a.world.At(a.config.At()).disks, "org.zstack.header.configuration.DiskOfferingInventory")
}
